//! A compiled network with its live numbers: passes forward and backward.

mod numbers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use dfdx::shapes::Rank0;
use dfdx::tensor::{
    Cpu, CpuError, Gradients, NoneTape, OwnedTape, PutTape, Storage, Tape, Tensor, TensorFrom,
};
use dfdx::tensor_ops::Backward;

use crate::blocks::kinds::KindError;
use crate::blocks::{Flow, Key, LANES, Weights, new_key, put_gradient, take_gradient};
use crate::compile::{CompileError, Program, Step};
use crate::dropout::Noise;
use crate::loss::{ChunkLoss, LossPlan};

/// Why a pass could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PassError {
    #[error("there is not enough memory")]
    Memory,
    #[error("{0}")]
    Kind(String),
}

impl From<CpuError> for PassError {
    fn from(_: CpuError) -> Self {
        Self::Memory
    }
}

impl From<KindError> for PassError {
    fn from(error: KindError) -> Self {
        match error {
            KindError::Memory => Self::Memory,
            other => Self::Kind(other.to_string()),
        }
    }
}

/// Data rows on their way in, element-first and padded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chunk {
    /// `[input element][stride]`.
    pub(crate) inputs: Vec<f32>,
    /// `[output element][stride]`.
    pub(crate) targets: Vec<f32>,
    pub(crate) rows: usize,
    /// What is left out of it; `None` outside training.
    pub(crate) noise: Option<Noise>,
}

impl Chunk {
    /// Rows with their padding.
    pub(crate) fn stride(&self) -> usize {
        stride(self.rows)
    }
}

/// Rows with the padding they get.
pub(crate) fn stride(rows: usize) -> usize {
    rows.next_multiple_of(LANES)
}

pub(crate) use numbers::{Held, StepError};

/// The numbers of the parameters as a tensor dfdx's optimisers change.
pub(crate) type Parameters = Tensor<(usize,), f32, Cpu>;

/// A buffer as dfdx's optimisers take them.
pub(crate) type Buffer = <Cpu as Storage<f32>>::Vec;

/// A chunk passed forward to its loss, and the way back.
pub(crate) struct Outward {
    /// All values.
    pub(crate) values: Vec<Flow>,
    pub(crate) loss: ChunkLoss,
    pub(crate) way_back: WayBack,
}

/// What training on a chunk came to.
pub(crate) struct Trained {
    pub(crate) loss: ChunkLoss,
    /// The gradient of every value, see [`Model::back`]; `None` when the loss was not
    /// finite.
    pub(crate) by_value: Option<Gradients<f32, Cpu>>,
}

/// What is needed to pass a loss backward.
pub(crate) struct WayBack {
    loss: Tensor<Rank0, f32, Cpu>,
    tape: OwnedTape<f32, Cpu>,
    /// Empty lists with room for the gradients of values.
    room: Vec<(Key, Vec<f32>)>,
}

/// A program and its live numbers.
pub(crate) struct Model {
    pub(crate) program: Program,
    device: Cpu,
    parameters: Parameters,
    /// A copy that the passes read: dfdx lends no slice of a tensor.
    weights: Weights,
    /// The numbers before the last step, or room for those after the next.
    spare: Arc<Vec<f32>>,
    gradient: Buffer,
    /// The gradient of the batch before, shown while the next one is under way.
    previous: Buffer,
    is_batch_under_way: bool,
    /// All values of the last chunk trained on, and its rows.
    last: Vec<Flow>,
    last_rows: usize,
    /// Empty lists with room for the gradients of those values, see [`Self::keep_room`].
    /// Like the values themselves they are never larger than the largest chunk needs.
    room: Vec<Vec<f32>>,
}

impl Model {
    /// A program with these numbers in the canonical order; missing ones are 0.
    pub(crate) fn new(program: Program, values: &[f32]) -> Result<Self, PassError> {
        let device = Cpu::default();
        let mut numbers = vec![0.0; program.parameters];
        for (&slot, &value) in program.slots.iter().zip(values) {
            numbers[slot as usize] = value;
        }
        Ok(Self {
            parameters: device.try_tensor((numbers.clone(), (numbers.len(),)))?,
            gradient: device.try_alloc_len(numbers.len())?,
            previous: device.try_alloc_len(numbers.len())?,
            is_batch_under_way: false,
            spare: Arc::default(),
            weights: Weights {
                numbers: Arc::new(numbers),
                key: new_key(&device)?,
            },
            device,
            program,
            last: Vec::new(),
            last_rows: 0,
            room: Vec::new(),
        })
    }

    /// Runs every step once on a row of zeros, so that a kind that computes other
    /// sizes than it says is told by name before training.
    pub(crate) fn check_kinds(&self) -> Result<(), CompileError> {
        let failed = |name: &str, error: PassError| CompileError::Kind {
            name: name.to_owned(),
            cause: error.to_string(),
        };
        let stride = stride(1);
        let inputs = vec![0.0; self.program.input_size * stride];
        let data = Flow::new(&self.device, inputs);
        let mut values = vec![data.map_err(|error| failed("the data", error.into()))?];
        for step in &self.program.steps {
            let name = match step {
                Step::Region(_) | Step::Level(_) => "the network",
                Step::Kind(node) => node.node.name.as_str(),
            };
            let size = (1, stride, None);
            let to = (Vec::new(), &mut NoneTape);
            let value = self.step(step, &self.weights, &values, size, to);
            values.push(value.map_err(|error| failed(name, error))?);
        }
        Ok(())
    }

    /// Begins a batch: the gradient is zero, the one of the last whole batch is kept.
    pub(crate) fn begin_batch(&mut self) {
        if !self.is_batch_under_way {
            std::mem::swap(&mut self.gradient, &mut self.previous);
        }
        self.gradient.fill(0.0);
        self.is_batch_under_way = true;
    }

    /// The numbers as they are now, whatever is learned later.
    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Passes a chunk forward without gradients.
    pub(crate) fn pass(&self, chunk: &Chunk) -> Result<Vec<Flow>, PassError> {
        self.forward(chunk, &self.weights, Vec::new(), &mut NoneTape)
    }

    /// Passes a chunk forward with the numbers of another time.
    pub(crate) fn pass_with(
        &self,
        weights: &Weights,
        chunk: &Chunk,
    ) -> Result<Vec<Flow>, PassError> {
        self.forward(chunk, weights, Vec::new(), &mut NoneTape)
    }

    /// Passes a chunk forward and backward; the gradient of `scale` times the loss
    /// is added to the one at hand. A loss that is not finite is not passed back.
    ///
    /// Values and gradients lie where those of the chunk before lay. Allocators give lists
    /// of megabytes back to the system, which hands them out again page by page and each
    /// filled with zeros: with mimalloc that was a sixth of a step at 10⁶ connections.
    pub(crate) fn train_chunk(
        &mut self,
        chunk: &Chunk,
        plan: &LossPlan,
        scale: f64,
    ) -> Result<Trained, PassError> {
        self.last_rows = 0;
        let last = std::mem::take(&mut self.last).into_iter();
        let Outward {
            values,
            loss,
            mut way_back,
        } = self.outward_into(last.map(Flow::into_room).collect(), chunk, plan, scale)?;
        let keys = values.iter().map(|flow| flow.key.clone());
        way_back.room = keys.zip(std::mem::take(&mut self.room)).collect();
        self.last = values;
        self.last_rows = chunk.rows;
        let mut by_value = None;
        if loss.sum().is_finite() {
            let so_far = std::mem::take(&mut *self.gradient);
            let (gradient, of_values) = self.back(way_back, so_far)?;
            *self.gradient = gradient;
            by_value = Some(of_values);
        }
        Ok(Trained { loss, by_value })
    }

    /// Takes the gradients of the values of the chunk just trained on, when nobody asks for
    /// them any more: the next chunk needs as much room.
    pub(crate) fn keep_room(&mut self, mut by_value: Gradients<f32, Cpu>) -> Result<(), CpuError> {
        let values = self.last.iter();
        let taken = values.map(|value| take_gradient(&mut by_value, &value.key, 0));
        self.room = taken.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Passes a chunk forward to `scale` times its loss; nothing changes.
    pub(crate) fn outward(
        &self,
        chunk: &Chunk,
        plan: &LossPlan,
        scale: f64,
    ) -> Result<Outward, PassError> {
        self.outward_into(Vec::new(), chunk, plan, scale)
    }

    fn outward_into(
        &self,
        room: Vec<Vec<f32>>,
        chunk: &Chunk,
        plan: &LossPlan,
        scale: f64,
    ) -> Result<Outward, PassError> {
        let mut tape = OwnedTape::default();
        let values = self.forward(chunk, &self.weights, room, &mut tape)?;
        let size = (chunk.rows, chunk.stride());
        let (on_tape, loss) = plan.forward(
            &self.device,
            &values,
            &chunk.targets,
            size,
            scale,
            &mut tape,
        )?;
        Ok(Outward {
            values,
            loss,
            way_back: WayBack {
                loss: on_tape,
                tape,
                room: Vec::new(),
            },
        })
    }

    /// The way back: the gradient of the parameters, added to the one so far, and
    /// beside it that of every value: of plain neurons by their sums, of other nodes
    /// by their answers.
    pub(crate) fn back(
        &self,
        way_back: WayBack,
        so_far: Vec<f32>,
    ) -> Result<(Vec<f32>, Gradients<f32, Cpu>), PassError> {
        let WayBack {
            loss,
            mut tape,
            room,
        } = way_back;
        let key = self.weights.key.clone();
        // Runs before all other operations in the backward pass, because it was
        // recorded last.
        tape.add_backward_op(move |gradients| {
            for (key, room) in room {
                put_gradient(gradients, &key, room)?;
            }
            put_gradient(gradients, &key, so_far)
        });
        let mut gradients: Gradients<f32, Cpu> = loss.put_tape(tape).try_backward()?;
        let learned = take_gradient(&mut gradients, &self.weights.key, self.program.parameters)?;
        Ok((learned, gradients))
    }

    fn forward<T: Tape<f32, Cpu> + 'static>(
        &self,
        chunk: &Chunk,
        weights: &Weights,
        room: Vec<Vec<f32>>,
        tape: &mut T,
    ) -> Result<Vec<Flow>, PassError> {
        let mut room = room.into_iter();
        let mut values = Vec::with_capacity(self.program.steps.len() + 1);
        let mut inputs = room.next().unwrap_or_default();
        inputs.clone_from(&chunk.inputs);
        inputs.resize(self.program.input_size * chunk.stride(), 0.0);
        values.push(Flow::new(&self.device, inputs)?);
        let size = (chunk.rows, chunk.stride(), chunk.noise);
        for step in &self.program.steps {
            let to = (room.next().unwrap_or_default(), &mut *tape);
            let value = self.step(step, weights, &values, size, to)?;
            values.push(value);
        }
        Ok(values)
    }

    fn step<T: Tape<f32, Cpu> + 'static>(
        &self,
        step: &Step,
        weights: &Weights,
        values: &[Flow],
        (rows, stride, noise): (usize, usize, Option<Noise>),
        (room, tape): (Vec<f32>, &mut T),
    ) -> Result<Flow, PassError> {
        Ok(match step {
            Step::Region(region) => {
                let to = (room, tape);
                region.forward(&self.device, weights, values, (stride, noise), to)?
            }
            Step::Level(level) => {
                let size = (rows, stride, noise);
                level.forward(&self.device, weights, values, size, tape)?
            }
            Step::Kind(node) => {
                let size = (rows, stride, noise);
                node.forward(&self.device, weights, values, size, tape)?
            }
        })
    }

    /// The values of the last chunk trained on, and its rows.
    pub(crate) fn last_pass(&self) -> (&[Flow], usize) {
        (&self.last, self.last_rows)
    }
}
