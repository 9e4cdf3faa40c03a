//! The batch that training takes next, followed through its phases; only the last one learns.

use crate::checkpoint::Tally;
use crate::data::CHUNK_ROWS;
use crate::instruments::{NodeRow, NodeRows};
use crate::model::Outward;
use crate::session::{Compiled, Session, TRAINING_FACTOR, sentence};
use crate::{NodeTrace, Phase, SubStep, SubStepRequest};

/// What a chunk of work on a sub-step came to.
pub(crate) enum Followed {
    /// So much was computed, and more is to come.
    Work(u64),
    /// Training has to make its step now, and then to say so.
    Trains,
    /// It is done.
    Done(Box<SubStep>),
}

/// A sub-step under way, chunk by chunk. Until the update it works on copies, by the very
/// operations of training.
pub(crate) struct SubStepJob {
    request: SubStepRequest,
    /// The version of the numbers it is made of; `None` before the first chunk.
    version: Option<u64>,
    answer: SubStep,
    /// Rows followed so far.
    done: usize,
    /// Of each node, added up over rows.
    nodes: Vec<NodeTotal>,
    tally: Tally,
    /// In the engine's order.
    gradient: Vec<f32>,
}

/// A node's numbers added up over rows; `None` where it has none such.
#[derive(Clone, Copy, Debug)]
struct NodeTotal {
    input: Option<f64>,
    output: f64,
    delta: Option<f64>,
}

impl NodeTotal {
    fn of(row: NodeRow<'_>) -> Self {
        let sum = |numbers: &[f32]| numbers.iter().map(|&number| f64::from(number)).sum();
        Self {
            input: row.inputs.map(sum),
            output: sum(row.outputs),
            delta: row.deltas.map(sum),
        }
    }

    fn add(&mut self, other: Self) {
        let add = |one: Option<f64>, other: Option<f64>| Some(one? + other?);
        self.input = add(self.input, other.input);
        self.output += other.output;
        self.delta = add(self.delta, other.delta);
    }
}

impl SubStepJob {
    pub(crate) fn new(request: SubStepRequest) -> Self {
        Self {
            request,
            version: None,
            answer: SubStep::default(),
            done: 0,
            nodes: Vec::new(),
            tally: Tally::default(),
            gradient: Vec::new(),
        }
    }

    pub(crate) fn request(&self) -> SubStepRequest {
        self.request
    }

    /// The next chunk of work. When the numbers have changed it begins again.
    pub(crate) fn advance(&mut self, session: &mut Session) -> Result<Followed, String> {
        if self.version != Some(session.version) {
            self.begin(session)?;
        }
        if self.done < self.answer.rows.len() {
            let work = self.follow(session)?;
            if self.done == self.answer.rows.len() {
                self.settle(session)?;
            }
            return Ok(Followed::Work(work));
        }
        if self.request.until == Phase::Update {
            // What leaves the range of numbers is told by the step itself.
            return Ok(Followed::Trains);
        }
        if !self.is_finite() {
            return Err(
                "This batch cannot be followed: it leads out of the range of numbers.".to_owned(),
            );
        }
        Ok(Followed::Done(Box::new(std::mem::take(&mut self.answer))))
    }

    /// The answer, after training has made its step.
    pub(crate) fn after_step(mut self, session: &Session) -> Box<SubStep> {
        self.answer.after = session.values();
        Box::new(self.answer)
    }

    fn begin(&mut self, session: &mut Session) -> Result<(), String> {
        let rows = session.next_batch()?;
        *self = Self {
            version: Some(session.version),
            answer: SubStep {
                id: self.request.id,
                until: self.request.until,
                epoch: session.progress.epochs.saturating_add(1),
                batch: session.progress.batch.saturating_add(1),
                rows,
                rate: session.rate() as f32,
                ..SubStep::default()
            },
            ..Self::new(self.request)
        };
        Ok(())
    }

    /// Follows the next chunk of rows; gives the work.
    fn follow(&mut self, session: &Session) -> Result<u64, String> {
        let until = self.request.until;
        let rows = &self.answer.rows;
        let end = rows.len().min(self.done + CHUNK_ROWS);
        let chunk = session.training_chunk(&rows[self.done..end], self.done)?;
        let compiled = session.compiled()?;
        let Compiled { model, plan, .. } = compiled;
        let (values, loss, mut by_value) = if until < Phase::Backward {
            let values = model.pass(&chunk).map_err(|error| sentence(&error))?;
            let size = (chunk.rows, chunk.stride());
            let loss = plan.measure(&values, &chunk.targets, size.0, size.1);
            (values, loss, None)
        } else {
            let scale = 1.0 / rows.len().max(1) as f64;
            let outward = model.outward(&chunk, plan, scale);
            let Outward {
                values,
                loss,
                way_back,
            } = outward.map_err(|error| sentence(&error))?;
            let mut so_far = std::mem::take(&mut self.gradient);
            so_far.resize(model.program.parameters, 0.0);
            let back = model.back(way_back, so_far);
            let (gradient, by_value) = back.map_err(|error| sentence(&error))?;
            self.gradient = gradient;
            (values, loss, Some(by_value))
        };
        let nodes = NodeRows::new(compiled, &values, chunk.rows, by_value.as_mut());
        let nodes = nodes.map_err(|error| sentence(&error))?;
        let totals = nodes.all().map(NodeTotal::of);
        if self.nodes.is_empty() {
            self.nodes = totals.collect();
        } else {
            let so_far = self.nodes.iter_mut().zip(totals);
            so_far.for_each(|(so_far, total)| so_far.add(total));
        }
        let of_rows = loss.rows.iter().map(|&loss| loss as f32);
        self.answer.row_losses.extend(of_rows);
        self.tally.add(Tally {
            loss: loss.sum(),
            rows: chunk.rows as u32,
            right: 0,
        });
        self.done = end;
        let factor = match by_value {
            Some(_) => TRAINING_FACTOR,
            None => 1,
        };
        Ok(chunk.rows as u64 * model.program.work.max(1) * factor)
    }

    /// Makes the answer of what was added up, as far as its phase goes.
    fn settle(&mut self, session: &Session) -> Result<(), String> {
        let compiled = session.compiled()?;
        let until = self.request.until;
        let rows = self.answer.rows.len().max(1) as f64;
        let places = compiled.model.program.places.iter();
        let nodes = places.zip(&self.nodes).map(|(place, total)| NodeTrace {
            node: place.node,
            input: total.input.map(|sum| (sum / rows) as f32),
            output: (total.output / rows) as f32,
            // Gradients are those of the mean already.
            delta: total.delta.map(|sum| sum as f32),
        });
        self.answer.nodes = nodes.collect();
        if until < Phase::Loss {
            self.answer.row_losses.clear();
        } else {
            self.answer.loss = self.tally.mean();
            self.answer.penalty = Some(compiled.penalty());
        }
        if until >= Phase::Backward {
            self.answer.gradients = compiled.model.canonical(&self.gradient);
        }
        if until == Phase::Update {
            self.answer.before = session.values();
        }
        Ok(())
    }

    fn is_finite(&self) -> bool {
        let of_node = |node: &NodeTrace| {
            let numbers = [node.input, Some(node.output), node.delta];
            numbers.into_iter().flatten().all(f32::is_finite)
        };
        self.answer.nodes.iter().all(of_node)
            && self.answer.loss.is_none_or(f32::is_finite)
            && self
                .answer
                .gradients
                .iter()
                .all(|number| number.is_finite())
    }
}
