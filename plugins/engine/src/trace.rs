//! One row by itself: followed forward, to the loss and back, or learned from.

use dfdx::tensor::{Cpu, Gradients};

use crate::blocks::Flow;
use crate::checkpoint::Tally;
use crate::instruments::NodeRows;
use crate::model::{Outward, PassError, StepError};
use crate::session::{Compiled, Session, sentence};
use crate::{NodeTrace, Trace, TraceRequest, TraceRow};

/// Why nothing was learned from a row: the sentence for the person.
pub(crate) enum Unlearned {
    /// Everything is as it was.
    Refused(String),
    /// The numbers from before were put back, the optimiser forgets.
    Diverged(String),
}

impl Session {
    /// Follows a row; nothing is learned. Gives the work along with it.
    pub(crate) fn trace(&mut self, request: &TraceRequest) -> Result<(Trace, u64), String> {
        let epochs = self.progress.epochs;
        let (compiled, prepared) = self.ready()?;
        let Compiled {
            model,
            plan,
            stepper,
            ..
        } = compiled;
        let chunk = prepared.data.single(&request.row)?;
        let mut trace = Trace {
            id: request.id,
            epochs,
            ..Trace::default()
        };
        if chunk.targets.is_empty() {
            let values = model.pass(&chunk).map_err(|error| sentence(&error))?;
            trace.nodes = nodes(compiled, &values, None).map_err(|error| sentence(&error))?;
        } else {
            let outward = model.outward(&chunk, plan, 1.0);
            let Outward {
                values,
                loss,
                way_back,
            } = outward.map_err(|error| sentence(&error))?;
            trace.loss = Some(loss.sum() as f32);
            let so_far = vec![0.0; model.program.parameters];
            let (gradient, mut by_value) = model
                .back(way_back, so_far)
                .map_err(|error| sentence(&error))?;
            trace.nodes =
                nodes(compiled, &values, Some(&mut by_value)).map_err(|error| sentence(&error))?;
            if request.with_gradients {
                trace.gradients = model.canonical(&gradient);
            }
            if request.with_update {
                let added = stepper.preview(model, &gradient);
                let added = added.map_err(|error| sentence(&PassError::from(error)))?;
                trace.updates = model.canonical(&added);
            }
        }
        if !is_finite(&trace) {
            return Err(
                "This row cannot be followed: it leads out of the range of numbers.".to_owned(),
            );
        }
        // Forward, back, and the sums once more.
        Ok((trace, 4 * model.program.work.max(1)))
    }

    /// Makes one step of training on a batch of this one row. It belongs to no
    /// epoch; what is under way of the batch or the validation begins again.
    pub(crate) fn learn_row(&mut self, row: &TraceRow) -> Result<(), Unlearned> {
        self.found_history();
        let (_, prepared) = self.ready().map_err(Unlearned::Refused)?;
        let chunk = prepared.data.single(row).map_err(Unlearned::Refused)?;
        if chunk.targets.is_empty() {
            let why = "Nothing can be learned from a row without a target.";
            return Err(Unlearned::Refused(why.to_owned()));
        }
        let rate = self.rate();
        let compiled = self.compiled.as_mut();
        let Compiled {
            model,
            plan,
            stepper,
            ..
        } = compiled.map_err(|why| Unlearned::Refused(why.clone()))?;
        self.batch = Tally::default();
        self.validation = Tally::default();
        self.health.give_up();
        model.begin_batch();
        let refused = |error: PassError| Unlearned::Refused(sentence(&error));
        let trained = model.train_chunk(&chunk, plan, 1.0).map_err(refused)?;
        let loss = trained.loss.sum() as f32;
        let is_learned = loss.is_finite()
            && match stepper.step(model) {
                Ok(()) => true,
                Err(StepError::NotFinite(_)) => false,
                Err(StepError::Memory) => return Err(refused(PassError::Memory)),
            };
        if !is_learned {
            self.forget_step();
            return Err(Unlearned::Diverged(format!(
                "Learning this row left the range of numbers: the learning rate {} is probably too large. The weights are those from before it.",
                rate as f32
            )));
        }
        self.batch_loss = Some(loss);
        self.has_gradient = true;
        self.version += 1;
        self.history.step_aside();
        Ok(())
    }
}

/// What the row does in every node.
fn nodes(
    compiled: &Compiled,
    values: &[Flow],
    by_value: Option<&mut Gradients<f32, Cpu>>,
) -> Result<Vec<NodeTrace>, PassError> {
    let first = |rows: &[f32]| rows.first().copied();
    let rows = NodeRows::new(compiled, values, 1, by_value)?;
    let traces = rows.all().map(|row| NodeTrace {
        node: row.node,
        input: row.inputs.and_then(first),
        output: first(row.outputs).unwrap_or_default(),
        delta: row.deltas.and_then(first),
    });
    Ok(traces.collect())
}

fn is_finite(trace: &Trace) -> bool {
    let of_node = |node: &NodeTrace| {
        [node.input, Some(node.output), node.delta]
            .into_iter()
            .flatten()
            .all(f32::is_finite)
    };
    trace.nodes.iter().all(of_node)
        && trace.loss.is_none_or(f32::is_finite)
        && trace.gradients.iter().all(|number| number.is_finite())
        && trace.updates.iter().all(|number| number.is_finite())
}
