//! Optimisers: one step on all parameters at once, by dfdx's own rules.

use dfdx::tensor::{Cpu, CpuError, Storage};
use dfdx::tensor_ops::{AdamConfig, Momentum, SgdConfig, WeightDecay};
use project::{Clipping, Optimizer, Penalty, TrainingSettings};
use serde::{Deserialize, Serialize};

use crate::model::{Buffer, Held, Model, Parameters, StepError};

/// What an optimiser remembers between steps, in the canonical order.
///
/// SGD (dfdx `Momentum::Classic`) is PyTorch's `SGD(momentum, dampening=0)`:
/// v ← momentum·v + g; w ← w − rate·v. Adam is PyTorch's, up to rounding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimizerState {
    /// Steps taken since the memory was empty.
    pub steps: u32,
    /// The velocity of SGD, Adam's mean of gradients, or what RMSprop and Adagrad know
    /// of squared ones; empty before the first step.
    pub first: Vec<f32>,
    /// Adam's mean of squared gradients; empty otherwise.
    pub second: Vec<f32>,
}

/// What happens to a gradient before the rule, and to the step after it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Circumstances {
    pub(crate) rule: Optimizer,
    pub(crate) weight_decay: f32,
    pub(crate) penalty: Penalty,
    pub(crate) clipping: Clipping,
}

impl Circumstances {
    pub(crate) fn of(settings: &TrainingSettings) -> Self {
        Self {
            rule: settings.optimizer,
            weight_decay: settings.weight_decay,
            penalty: settings.penalty,
            clipping: settings.clipping,
        }
    }
}

/// A rule with its memory, in the engine's order.
#[derive(Clone)]
pub(crate) struct Stepper {
    how: Circumstances,
    rate: f64,
    steps: u32,
    first: Vec<f32>,
    second: Vec<f32>,
    held: Held,
    /// Places of weights that learn: what large weights cost is for them.
    weights: Vec<u32>,
}

impl Stepper {
    pub(crate) fn new(how: Circumstances) -> Self {
        Self {
            how,
            rate: 0.0,
            steps: 0,
            first: Vec::new(),
            second: Vec::new(),
            held: Held::default(),
            weights: Vec::new(),
        }
    }

    /// Changes the rule and what goes with it; another kind of rule starts with an
    /// empty memory.
    pub(crate) fn set_circumstances(&mut self, how: Circumstances) {
        if std::mem::discriminant(&how.rule) != std::mem::discriminant(&self.how.rule) {
            self.forget();
        }
        self.how = how;
    }

    /// The learning rate from now on.
    pub(crate) fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }

    /// Empties the memory.
    pub(crate) fn forget(&mut self) {
        self.steps = 0;
        self.first.clear();
        self.second.clear();
    }

    /// Says which places of the engine's order never change or change otherwise, and
    /// which are weights that learn.
    pub(crate) fn set_places(&mut self, held: Held, weights: Vec<u32>) {
        self.held = held;
        self.weights = weights;
    }

    /// How many numbers it remembers of each parameter.
    pub(crate) fn memories(&self) -> usize {
        usize::from(!self.first.is_empty()) + usize::from(!self.second.is_empty())
    }

    /// The memory in the canonical order.
    pub(crate) fn state(&self, model: &Model) -> OptimizerState {
        let canonical = |numbers: &[f32]| match numbers {
            [] => Vec::new(),
            numbers => model.canonical(numbers),
        };
        OptimizerState {
            steps: self.steps,
            first: canonical(&self.first),
            second: canonical(&self.second),
        }
    }

    /// Takes a memory from the canonical order; lists of another length count as
    /// empty.
    pub(crate) fn set_state(&mut self, state: &OptimizerState, model: &Model) {
        let placed = |numbers: &[f32]| {
            if numbers.len() != model.program.slots.len() {
                return Vec::new();
            }
            let mut placed = vec![0.0; model.program.parameters];
            for (&slot, &number) in model.program.slots.iter().zip(numbers) {
                placed[slot as usize] = number;
            }
            placed
        };
        self.steps = state.steps;
        self.first = placed(&state.first);
        self.second = placed(&state.second);
    }

    /// One step. What is frozen keeps its value and its memory bit for bit. When a
    /// number would leave the range of `f32`, all keep their values; the memory is
    /// then of no use.
    pub(crate) fn step(&mut self, model: &mut Model) -> Result<(), StepError> {
        self.count_step(model.program.parameters);
        let held = std::mem::take(&mut self.held);
        let result = model.update(&held, |before, parameters, gradient| {
            let of = |list: &[f32], place: u32| list.get(place as usize).copied();
            let kept: Vec<_> = held
                .still
                .iter()
                .map(|&place| (of(&self.first, place), of(&self.second, place)))
                .collect();
            self.update(before, parameters, gradient)?;
            for (&place, (first, second)) in held.still.iter().zip(kept) {
                if let (Some(slot), Some(first)) = (self.first.get_mut(place as usize), first) {
                    *slot = first;
                }
                if let (Some(slot), Some(second)) = (self.second.get_mut(place as usize), second) {
                    *slot = second;
                }
            }
            Ok(())
        });
        self.held = held;
        result
    }

    /// What a step from this gradient would add to each parameter, in the engine's
    /// order; nothing changes.
    pub(crate) fn preview(&self, model: &Model, gradient: &[f32]) -> Result<Vec<f32>, CpuError> {
        let mut copy = self.clone();
        copy.count_step(model.program.parameters);
        model.preview(&self.held, gradient, |before, parameters, gradient| {
            copy.update(before, parameters, gradient)
        })
    }

    /// What large weights cost: added to the loss of training.
    pub(crate) fn penalty(&self, model: &Model) -> f64 {
        let Penalty { l1, l2 } = self.how.penalty;
        if l1 == 0.0 && l2 == 0.0 {
            return 0.0;
        }
        let numbers = &model.weights().numbers;
        let of_weight = |&place: &u32| {
            let weight = f64::from(numbers[place as usize]);
            f64::from(l1) * weight.abs() + 0.5 * f64::from(l2) * weight * weight
        };
        self.weights.iter().map(of_weight).sum()
    }

    fn count_step(&mut self, parameters: usize) {
        self.steps = self.steps.saturating_add(1);
        self.first.resize(parameters, 0.0);
        if matches!(
            self.how.rule,
            Optimizer::Adam { .. } | Optimizer::AdamW { .. }
        ) {
            self.second.resize(parameters, 0.0);
        }
    }

    /// Adds the slope of the penalty, and cuts what is too large.
    fn prepare(&self, before: &[f32], gradient: &mut [f32]) {
        let Penalty { l1, l2 } = self.how.penalty;
        if l1 > 0.0 || l2 > 0.0 {
            for &place in &self.weights {
                let weight = before[place as usize];
                let sign = if weight == 0.0 { 0.0 } else { weight.signum() };
                gradient[place as usize] += l1 * sign + l2 * weight;
            }
        }
        match self.how.clipping {
            Clipping::None => {}
            Clipping::Value(most) => gradient
                .iter_mut()
                .for_each(|one| *one = one.clamp(-most, most)),
            Clipping::Norm(most) => {
                let squares = gradient.iter().map(|&one| f64::from(one) * f64::from(one));
                let norm = squares.sum::<f64>().sqrt();
                // PyTorch adds this, so that nothing is divided by zero.
                let factor = f64::from(most) / (norm + 1e-6);
                if factor < 1.0 {
                    gradient.iter_mut().for_each(|one| *one *= factor as f32);
                }
            }
        }
    }

    fn update(
        &mut self,
        before: &[f32],
        parameters: &mut Parameters,
        gradient: &mut Buffer,
    ) -> Result<(), CpuError> {
        self.prepare(before, gradient);
        let lr = self.rate;
        let decay = f64::from(self.how.weight_decay);
        let has_decay = decay > 0.0;
        // dfdx's buffers are lent our lists for the time of the step.
        let mut first = lend(parameters.device(), &mut self.first)?;
        match self.how.rule {
            Optimizer::Sgd { momentum } | Optimizer::Nesterov { momentum } => {
                let share = f64::from(momentum);
                let momentum = match self.how.rule {
                    Optimizer::Nesterov { .. } => Some(Momentum::Nesterov(share)),
                    _ => (share > 0.0).then_some(Momentum::Classic(share)),
                };
                let config = SgdConfig {
                    lr,
                    momentum,
                    weight_decay: has_decay.then_some(WeightDecay::L2(decay)),
                };
                config.try_update(parameters, &mut first, gradient)?;
            }
            Optimizer::Adam {
                beta1,
                beta2,
                epsilon,
            }
            | Optimizer::AdamW {
                beta1,
                beta2,
                epsilon,
            } => {
                let betas = [f64::from(beta1), f64::from(beta2)];
                // dfdx corrects its averages by powers of the betas in f32, which moves a
                // number by up to 10⁻⁴ of its way. So the corrections are made here, in the
                // rate and in epsilon, and its own are left without effect: so high a power
                // of a beta is 0.
                let steps = f64::from(self.steps);
                let [mean, squares] = betas.map(|beta| 1.0 - libm::pow(beta, steps));
                let corrected = lr * squares.sqrt() / mean;
                let weight_decay = match self.how.rule {
                    Optimizer::AdamW { .. } => WeightDecay::Decoupled(decay * lr / corrected),
                    _ => WeightDecay::L2(decay),
                };
                let config = AdamConfig {
                    lr: corrected,
                    betas,
                    eps: f64::from(epsilon) * squares.sqrt(),
                    weight_decay: has_decay.then_some(weight_decay),
                };
                let mut second = lend(parameters.device(), &mut self.second)?;
                config.try_update(i32::MAX, parameters, &mut first, &mut second, gradient)?;
                self.second = std::mem::take(&mut *second);
            }
            // dfdx's RMSprop begins its mean at one and takes epsilon into the root,
            // and it has no Adagrad.
            Optimizer::RmsProp { alpha, epsilon } => {
                let new_share = 1.0 - alpha;
                let grown = |mean: f32, slope: f32| alpha * mean + new_share * slope * slope;
                let scaled = Scaled {
                    rate: lr as f32,
                    decay: self.how.weight_decay,
                    epsilon,
                };
                scaled.step(before, parameters, &mut first, gradient, grown);
            }
            Optimizer::Adagrad { epsilon } => {
                let grown = |sum: f32, slope: f32| sum + slope * slope;
                let scaled = Scaled {
                    rate: lr as f32,
                    decay: self.how.weight_decay,
                    epsilon,
                };
                scaled.step(before, parameters, &mut first, gradient, grown);
            }
        }
        self.first = std::mem::take(&mut *first);
        Ok(())
    }
}

/// A step divided by the root of what slopes were: w ← w − rate·g / (√s + epsilon).
struct Scaled {
    rate: f32,
    decay: f32,
    epsilon: f32,
}

impl Scaled {
    fn step(
        &self,
        before: &[f32],
        parameters: &mut Parameters,
        squares: &mut [f32],
        gradient: &[f32],
        grown: impl Fn(f32, f32) -> f32,
    ) {
        let mut numbers = before.to_vec();
        let slopes = squares.iter_mut().zip(gradient);
        for (number, (square, &slope)) in numbers.iter_mut().zip(slopes) {
            let slope = slope + self.decay * *number;
            *square = grown(*square, slope);
            *number -= self.rate * slope / (square.sqrt() + self.epsilon);
        }
        parameters.copy_from(&numbers);
    }
}

/// A buffer of dfdx's that holds this list.
fn lend(device: &Cpu, list: &mut Vec<f32>) -> Result<Buffer, CpuError> {
    let mut buffer: Buffer = device.try_alloc_len(0)?;
    *buffer = std::mem::take(list);
    Ok(buffer)
}
