//! The blocks of a compiled network: what one entry on dfdx's tape computes.

pub(crate) mod ahead;
pub(crate) mod dense;
pub(crate) mod kinds;
pub(crate) mod level;
pub(crate) mod region;
pub(crate) mod sparse;

use std::sync::Arc;

use dfdx::tensor::{Cpu, CpuError, Gradients, Tensor, ZerosTensor};

/// Rows of a chunk are padded to a multiple of this, so that inner loops have no
/// remainder.
pub(crate) const LANES: usize = 8;

/// Under which a gradient is filed on the tape: an empty tensor, of which only the
/// identity counts. The gradient's own length is the value's.
pub(crate) type Key = Tensor<(usize,), f32, Cpu>;

pub(crate) fn new_key(device: &Cpu) -> Result<Key, CpuError> {
    device.try_zeros_like(&(0,))
}

/// Numbers on their way through the network, neuron-first: `[row][stride]`, where
/// stride is the padded number of data rows.
#[derive(Clone)]
pub(crate) struct Flow {
    pub(crate) numbers: Arc<Vec<f32>>,
    pub(crate) key: Key,
}

impl Flow {
    pub(crate) fn new(device: &Cpu, numbers: Vec<f32>) -> Result<Self, CpuError> {
        Ok(Self {
            numbers: Arc::new(numbers),
            key: new_key(device)?,
        })
    }

    /// The room this value took, for another one; empty while somebody still reads it.
    pub(crate) fn into_room(self) -> Vec<f32> {
        Arc::into_inner(self.numbers).unwrap_or_default()
    }

    /// The gradient of this value, taken off the tape.
    pub(crate) fn take_gradient(
        &self,
        gradients: &mut Gradients<f32, Cpu>,
    ) -> Result<Vec<f32>, CpuError> {
        take_gradient(gradients, &self.key, self.numbers.len())
    }

    /// Adds to the gradient of one row of this value.
    pub(crate) fn add_to_row(
        &self,
        gradients: &mut Gradients<f32, Cpu>,
        row: usize,
        added: &[f32],
    ) -> Result<(), CpuError> {
        let slot = gradients.get_or_alloc_mut(&self.key)?;
        slot.resize(self.numbers.len(), 0.0);
        let stride = added.len();
        let target = &mut slot[row * stride..(row + 1) * stride];
        for (target, added) in target.iter_mut().zip(added) {
            *target += added;
        }
        Ok(())
    }
}

/// The learnable numbers of a pass, in the engine's own order.
#[derive(Clone)]
pub(crate) struct Weights {
    pub(crate) numbers: Arc<Vec<f32>>,
    pub(crate) key: Key,
}

pub(crate) fn take_gradient(
    gradients: &mut Gradients<f32, Cpu>,
    key: &Key,
    len: usize,
) -> Result<Vec<f32>, CpuError> {
    let mut taken = std::mem::take(&mut **gradients.get_or_alloc_mut(key)?);
    taken.resize(len, 0.0);
    Ok(taken)
}

pub(crate) fn put_gradient(
    gradients: &mut Gradients<f32, Cpu>,
    key: &Key,
    gradient: Vec<f32>,
) -> Result<(), CpuError> {
    **gradients.get_or_alloc_mut(key)? = gradient;
    Ok(())
}
