//! The live numbers of a model: read, set, changed by a step, and put back.

use std::sync::Arc;

use dfdx::tensor::{CpuError, Storage, TensorFrom};

use super::{Buffer, Model, Parameters, PassError};
use crate::blocks::{LANES, new_key};

/// Places in the engine's order that do not simply take an optimiser's step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// They never change: frozen and pruned numbers, and fillers of matrices.
    pub(crate) still: Vec<u32>,
    /// They go this many times as far.
    pub(crate) scaled: Vec<(u32, f32)>,
}

impl Held {
    fn is_empty(&self) -> bool {
        self.still.is_empty() && self.scaled.is_empty()
    }

    /// Corrects a step.
    fn hold(&self, before: &[f32], after: &mut [f32]) {
        for &place in &self.still {
            after[place as usize] = before[place as usize];
        }
        for &(place, factor) in &self.scaled {
            let before = before[place as usize];
            let after = &mut after[place as usize];
            *after = before + factor * (*after - before);
        }
    }
}

/// Why a step could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepError {
    /// There is not enough memory.
    Memory,
    /// The number at this place would have left the range of `f32`.
    NotFinite(usize),
}

impl From<CpuError> for StepError {
    fn from(_: CpuError) -> Self {
        Self::Memory
    }
}

/// The first number that is infinite or not a number.
fn first_not_finite(numbers: &[f32]) -> Option<usize> {
    // x · 0 is 0 for what is finite and NaN for all else; in lanes, so that it
    // is a fraction of the work of a batch.
    let mut lanes = [0.0_f32; LANES];
    let chunks = numbers.chunks_exact(LANES);
    let is_rest_finite = chunks.remainder().iter().all(|number| number.is_finite());
    for chunk in chunks {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += number * 0.0;
        }
    }
    if is_rest_finite && lanes.iter().all(|&lane| lane == 0.0) {
        return None;
    }
    numbers.iter().position(|number| !number.is_finite())
}

impl Model {
    /// The learnable numbers in the canonical order.
    pub(crate) fn values(&self) -> Vec<f32> {
        self.canonical(&self.weights.numbers)
    }

    /// The gradient of the last whole batch in the canonical order.
    pub(crate) fn gradients(&self) -> Vec<f32> {
        self.canonical(if self.is_batch_under_way {
            &self.previous
        } else {
            &self.gradient
        })
    }

    /// A list in the engine's order, brought into the canonical one.
    pub(crate) fn canonical(&self, numbers: &[f32]) -> Vec<f32> {
        let slots = self.program.slots.iter();
        slots.map(|&slot| numbers[slot as usize]).collect()
    }

    /// Replaces learnable numbers, from the first on. A new tensor has a new identity, so that
    /// identities that wrap around (they are 32-bit on wasm) never meet an old one.
    pub(crate) fn set_values(&mut self, values: &[f32]) -> Result<(), PassError> {
        let numbers = Arc::make_mut(&mut self.weights.numbers);
        for (&slot, &value) in self.program.slots.iter().zip(values) {
            numbers[slot as usize] = value;
        }
        self.parameters = self
            .device
            .try_tensor((numbers.clone(), (numbers.len(),)))?;
        self.weights.key = new_key(&self.device)?;
        Ok(())
    }

    /// Gives the tensor of parameters a new identity, see [`Self::set_values`].
    pub(crate) fn renew(&mut self) -> Result<(), PassError> {
        self.set_values(&[])
    }

    /// Changes one learnable number, by its canonical place.
    pub(crate) fn set_value(&mut self, canonical: usize, value: f32) {
        if let Some(&slot) = self.program.slots.get(canonical) {
            let numbers = Arc::make_mut(&mut self.weights.numbers);
            numbers[slot as usize] = value;
            self.parameters.copy_from(numbers);
        }
    }

    /// One step of an optimiser, which changes the parameters by the gradient; it is
    /// given the numbers before. Places that are still keep their value bit for bit.
    /// When a number would leave the range of `f32`, all stay as they were.
    pub(crate) fn update(
        &mut self,
        held: &Held,
        step: impl FnOnce(&[f32], &mut Parameters, &mut Buffer) -> Result<(), CpuError>,
    ) -> Result<(), StepError> {
        for &place in &held.still {
            self.gradient[place as usize] = 0.0;
        }
        let before = &self.weights.numbers;
        step(before, &mut self.parameters, &mut self.gradient)?;
        self.is_batch_under_way = false;
        let after = Arc::make_mut(&mut self.spare);
        after.resize(before.len(), 0.0);
        self.parameters.copy_into(after);
        if !held.is_empty() {
            held.hold(before, after);
            self.parameters.copy_from(after);
        }
        if let Some(place) = first_not_finite(after) {
            self.parameters.copy_from(before);
            return Err(StepError::NotFinite(place));
        }
        std::mem::swap(&mut self.weights.numbers, &mut self.spare);
        Ok(())
    }

    /// What a step of an optimiser would add to each parameter, in the engine's
    /// order, from this gradient; nothing changes. See [`Self::update`].
    pub(crate) fn preview(
        &self,
        held: &Held,
        gradient: &[f32],
        step: impl FnOnce(&[f32], &mut Parameters, &mut Buffer) -> Result<(), CpuError>,
    ) -> Result<Vec<f32>, CpuError> {
        let before = &self.weights.numbers;
        let mut parameters = self.device.try_tensor((before.to_vec(), (before.len(),)))?;
        let mut buffer: Buffer = self.device.try_alloc_len(0)?;
        *buffer = gradient.to_vec();
        for &place in &held.still {
            buffer[place as usize] = 0.0;
        }
        step(before, &mut parameters, &mut buffer)?;
        let mut added = vec![0.0; before.len()];
        parameters.copy_into(&mut added);
        held.hold(before, &mut added);
        for (added, before) in added.iter_mut().zip(before.iter()) {
            *added -= before;
        }
        Ok(added)
    }

    /// The first element of the gradient that is not finite, and its place.
    pub(crate) fn first_wrong_gradient(&self) -> Option<(usize, f32)> {
        let place = first_not_finite(&self.gradient)?;
        Some((place, self.gradient[place]))
    }
}
