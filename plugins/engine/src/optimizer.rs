//! Optimisers: one step on all parameters at once, by dfdx's own rules.

use dfdx::tensor::{Cpu, CpuError, Storage};
use dfdx::tensor_ops::{AdamConfig, Momentum, SgdConfig};
use project::Optimizer;
use serde::{Deserialize, Serialize};

use crate::model::{Buffer, Model, Parameters};

/// What an optimiser remembers between steps, in the canonical order.
///
/// SGD (dfdx `Momentum::Classic`) is PyTorch's `SGD(momentum, dampening=0)`:
/// v ← momentum·v + g; w ← w − rate·v. Adam is PyTorch's, up to rounding: dfdx
/// takes the powers of the betas in f32 where PyTorch takes them in f64, which
/// moves a weight by about 10⁻⁵ of its step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimizerState {
    /// Steps taken since the memory was empty.
    pub steps: u32,
    /// The velocity of SGD, or Adam's mean of gradients; empty before the first step.
    pub first: Vec<f32>,
    /// Adam's mean of squared gradients; empty otherwise.
    pub second: Vec<f32>,
}

/// A rule with its memory, in the engine's order.
#[derive(Clone)]
pub(crate) struct Stepper {
    rule: Optimizer,
    learning_rate: f32,
    steps: u32,
    first: Vec<f32>,
    second: Vec<f32>,
    /// Places that never change: frozen numbers, and fillers of matrices.
    still: Vec<u32>,
}

impl Stepper {
    pub(crate) fn new(rule: Optimizer, learning_rate: f32) -> Self {
        Self {
            rule,
            learning_rate,
            steps: 0,
            first: Vec::new(),
            second: Vec::new(),
            still: Vec::new(),
        }
    }

    /// Changes rule and rate; another kind of rule starts with an empty memory.
    pub(crate) fn set_rule(&mut self, rule: Optimizer, learning_rate: f32) {
        if std::mem::discriminant(&rule) != std::mem::discriminant(&self.rule) {
            self.forget();
        }
        self.rule = rule;
        self.learning_rate = learning_rate;
    }

    /// Empties the memory.
    pub(crate) fn forget(&mut self) {
        self.steps = 0;
        self.first.clear();
        self.second.clear();
    }

    /// Says which places of the engine's order never change.
    pub(crate) fn set_still(&mut self, still: Vec<u32>) {
        self.still = still;
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

    /// One step. What is frozen keeps its value and its memory bit for bit.
    pub(crate) fn step(&mut self, model: &mut Model) -> Result<(), CpuError> {
        self.count_step(model.program.parameters);
        let still = std::mem::take(&mut self.still);
        let result = model.update(&still, |parameters, gradient| {
            let of = |list: &[f32], place: u32| list.get(place as usize).copied();
            let kept: Vec<_> = still
                .iter()
                .map(|&place| (of(&self.first, place), of(&self.second, place)))
                .collect();
            self.update(parameters, gradient)?;
            for (&place, (first, second)) in still.iter().zip(kept) {
                if let (Some(slot), Some(first)) = (self.first.get_mut(place as usize), first) {
                    *slot = first;
                }
                if let (Some(slot), Some(second)) = (self.second.get_mut(place as usize), second) {
                    *slot = second;
                }
            }
            Ok(())
        });
        self.still = still;
        result
    }

    /// What a step from this gradient would add to each parameter, in the engine's
    /// order; nothing changes.
    pub(crate) fn preview(&self, model: &Model, gradient: &[f32]) -> Result<Vec<f32>, CpuError> {
        let mut copy = self.clone();
        copy.count_step(model.program.parameters);
        model.preview(&self.still, gradient, |parameters, gradient| {
            copy.update(parameters, gradient)
        })
    }

    fn count_step(&mut self, parameters: usize) {
        self.steps = self.steps.saturating_add(1);
        self.first.resize(parameters, 0.0);
        if matches!(self.rule, Optimizer::Adam { .. }) {
            self.second.resize(parameters, 0.0);
        }
    }

    fn update(&mut self, parameters: &mut Parameters, gradient: &Buffer) -> Result<(), CpuError> {
        let lr = f64::from(self.learning_rate);
        // dfdx's buffers are lent our lists for the time of the step.
        let mut first = lend(parameters.device(), &mut self.first)?;
        match self.rule {
            Optimizer::Sgd { momentum } => {
                let config = SgdConfig {
                    lr,
                    momentum: (momentum > 0.0).then_some(Momentum::Classic(f64::from(momentum))),
                    weight_decay: None,
                };
                config.try_update(parameters, &mut first, gradient)?;
            }
            Optimizer::Adam {
                beta1,
                beta2,
                epsilon,
            } => {
                let config = AdamConfig {
                    lr,
                    betas: [f64::from(beta1), f64::from(beta2)],
                    eps: f64::from(epsilon),
                    weight_decay: None,
                };
                let mut second = lend(parameters.device(), &mut self.second)?;
                let steps = i32::try_from(self.steps).unwrap_or(i32::MAX);
                config.try_update(steps, parameters, &mut first, &mut second, gradient)?;
                self.second = std::mem::take(&mut *second);
            }
        }
        self.first = std::mem::take(&mut *first);
        Ok(())
    }
}

/// A buffer of dfdx's that holds this list.
fn lend(device: &Cpu, list: &mut Vec<f32>) -> Result<Buffer, CpuError> {
    let mut buffer: Buffer = device.try_alloc_len(0)?;
    *buffer = std::mem::take(list);
    Ok(buffer)
}
