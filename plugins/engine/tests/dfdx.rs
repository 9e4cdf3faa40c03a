//! What dfdx 0.13 does otherwise than one would think, pinned: a test that fails here says that a way around it can go.

use std::panic::catch_unwind;

use dfdx::optim::{Optimizer, RMSprop};
use dfdx::shapes::{Axis, Rank0, Rank1};
use dfdx::tensor::{AsArray, Cpu, Tensor, TensorFrom, Trace};
use dfdx::tensor_ops::{Backward, MaxTo, RMSpropConfig, SumTo, accurate_gelu};

type List<const N: usize> = Tensor<Rank1<N>, f32, Cpu>;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "it shows why `slice` is disallowed, and that it is"
)]
fn the_gradient_of_a_slice_overwrites_what_was_there() {
    let device = Cpu::default();
    let x: List<3> = device.tensor([1.0, 2.0, 3.0]);
    // x₀ + x₁ + Σ 10·x, whose gradient is [11, 11, 10].
    let part = x.leaky_trace().slice((0..2,)).sum::<Rank0, Axis<0>>();
    let whole = (x.leaky_trace() * 10.0).sum::<Rank0, Axis<0>>();
    let gradients = (part + whole).backward();
    assert_eq!(gradients.get(&x).array(), [1.0, 1.0, 10.0]);
}

#[test]
fn a_value_times_itself_panics_on_the_way_back() {
    let passed = catch_unwind(|| {
        let device = Cpu::default();
        let x: List<2> = device.tensor([1.0, 2.0]);
        let square = (x.leaky_trace() * x.clone()).sum::<Rank0, Axis<0>>();
        square.backward().get(&x).array()
    });
    assert!(passed.is_err(), "{passed:?}");
}

#[test]
fn a_value_added_to_itself_panics_on_the_way_back() {
    let passed = catch_unwind(|| {
        let device = Cpu::default();
        let x: List<2> = device.tensor([1.0, 2.0]);
        let double = (x.leaky_trace() + x.clone()).sum::<Rank0, Axis<0>>();
        double.backward().get(&x).array()
    });
    assert!(passed.is_err(), "{passed:?}");
}

#[test]
fn each_of_the_largest_takes_the_whole_gradient_of_a_maximum() {
    let device = Cpu::default();
    let x: List<3> = device.tensor([2.0, 1.0, 2.0]);
    let gradients = x.leaky_trace().max::<Rank0, Axis<0>>().backward();
    // A subgradient has the sum 1.
    assert_eq!(gradients.get(&x).array(), [1.0, 0.0, 1.0]);
}

#[test]
fn rmsprop_begins_its_mean_at_one_and_takes_epsilon_into_the_root() {
    let device = Cpu::default();
    let config = RMSpropConfig {
        lr: 1.0,
        alpha: 0.75,
        eps: 0.5,
        ..RMSpropConfig::default()
    };
    let mut x: List<1> = device.tensor([0.0]);
    let mut optimizer = RMSprop::new(&x, config);
    let gradients = (x.leaky_trace() * 3.0).sum::<Rank0, Axis<0>>().backward();
    optimizer.update(&mut x, &gradients).expect("x is used");
    let mean = |begin: f32| 0.75 * begin + 0.25 * 9.0;
    let found = x.array()[0];
    let theirs = -3.0 / (mean(1.0) + 0.5).sqrt();
    let of_pytorch = -3.0 / (mean(0.0).sqrt() + 0.5);
    assert!((found - theirs).abs() < 1e-6, "{found} {theirs}");
    assert!((found - of_pytorch).abs() > 0.1, "{found} {of_pytorch}");
}

#[test]
fn the_slope_of_the_exact_gelu_takes_a_density_that_is_too_large() {
    let device = Cpu::default();
    let x: List<1> = device.tensor([1.0]);
    let gradients = accurate_gelu(x.leaky_trace())
        .sum::<Rank0, Axis<0>>()
        .backward();
    let found = gradients.get(&x).array()[0];
    // Φ(1), and e^(−½), of which φ(1) is 1/√(2π).
    let (below, bell) = (0.841_344_8, (-0.5_f32).exp());
    let theirs = below + bell / std::f32::consts::PI.sqrt();
    let right = below + bell / (2.0 * std::f32::consts::PI).sqrt();
    assert!((found - theirs).abs() < 1e-5, "{found} {theirs}");
    assert!((found - right).abs() > 0.1, "{found} {right}");
}
