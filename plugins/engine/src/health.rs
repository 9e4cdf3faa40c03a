//! The health of neurons: which ones gave no slope over the rows last looked at, and how
//! the gradient was on its way back.

mod backward;

use dfdx::tensor::{Cpu, CpuError, Gradients};
use network::{Activation, Kind, Network};

use crate::activation::sigmoid;
use crate::blocks::region::RowOf;
use crate::blocks::{Flow, LANES};
use crate::compile::{Head, Place};
use crate::loss::LossPlan;
use crate::model::stride;
use crate::{GradientFlow, Health};
use backward::Backward;
pub(crate) use backward::Usual;

/// The most rows a training is looked at at a time.
const MOST_ROWS: u32 = 1_024;

/// A look at every epoch takes 3 to 4 % of a training of single-batch epochs, so
/// without reports in between only one epoch in so many is looked at.
const EPOCHS_PER_LOOK: u32 = 8;

/// With fewer rows nothing is said.
const LEAST_ROWS: u32 = 2;

/// A neuron is saturated when at most one row in this many has a slope: 5 %.
const ROWS_PER_LIVELY: u32 = 20;

/// How a neuron's value shows that it has a slope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Relu,
    Tanh,
    HardTanh,
    Elu,
    Selu,
    Softplus,
    Sigmoid,
    /// The value is the sum; the loss takes the sigmoid of it.
    SumOfSigmoid,
}

impl Sign {
    /// How many of these values have a slope.
    fn lively(self, values: &[f32]) -> u32 {
        let count = |is_lively: fn(f32) -> bool| {
            let lively = values.iter().map(|&value| u32::from(is_lively(value)));
            lively.sum()
        };
        match self {
            Self::Relu => count(|answer| answer > 0.0),
            Self::Tanh => count(|answer| 1.0 - answer * answer >= Health::LEAST_SLOPE),
            Self::HardTanh => count(|answer| answer.abs() < 1.0),
            Self::Elu => count(|answer| answer + 1.0 >= Health::LEAST_SLOPE),
            Self::Selu => count(|answer| {
                // The slope at the negative end is answer + λ·α, the largest there λ·α.
                let most = (Activation::SELU[0] * Activation::SELU[1]) as f32;
                answer + most >= Health::LEAST_SLOPE * most
            }),
            // 1 − e^−a, which is a where a is small.
            Self::Softplus => count(|answer| answer >= Health::LEAST_SLOPE),
            Self::Sigmoid => count(has_sigmoid_slope),
            Self::SumOfSigmoid => count(|sum| has_sigmoid_slope(sigmoid(sum))),
        }
    }

    /// Whether so many lively rows show that a neuron is fine.
    fn is_fine(self, lively: u32, rows: u32) -> bool {
        match self {
            Self::Relu => lively > 0,
            _ => lively.saturating_mul(ROWS_PER_LIVELY) > rows,
        }
    }

    fn illness(self) -> Health {
        match self {
            Self::Relu => Health::Dead,
            _ => Health::Saturated,
        }
    }
}

/// The largest slope of the logistic function is 1/4.
fn has_sigmoid_slope(answer: f32) -> bool {
    4.0 * answer * (1.0 - answer) >= Health::LEAST_SLOPE
}

/// A neuron that can be ill.
#[derive(Clone, Copy, Debug)]
struct Watched {
    /// Its place among all nodes by number.
    index: usize,
    value: RowOf,
    sign: Sign,
}

/// A neuron that has not yet shown that it is fine.
#[derive(Clone, Copy, Debug)]
struct Undecided {
    neuron: Watched,
    lively: u32,
}

/// Looks at rows as they pass. A neuron that has shown a slope often enough is not
/// looked at again until the next look, so a sound network costs next to nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    neurons: Vec<Watched>,
    nodes: usize,
    undecided: Vec<Undecided>,
    /// Rows to look at; 0 when no look is under way.
    planned: u32,
    rows: u32,
    /// Somebody will want to see the next epoch.
    is_due: bool,
    /// Times a look could have begun since the last one did.
    chances: u32,
    /// What the last finished look found; empty before.
    known: Vec<Health>,
    is_news: bool,
    /// How the gradient is on its way back.
    backward: Backward,
    is_flow_news: bool,
}

impl Look {
    /// A look at the plain neurons of a network; places are those of all nodes.
    pub(crate) fn new(network: &Network, places: &[Place], plan: &LossPlan, usual: Usual) -> Self {
        let watched = |(index, place): (usize, &Place)| {
            let node = network.node(place.node)?;
            if !network.kind(node).is_some_and(Kind::is_plain_neuron) {
                return None;
            }
            let sign = match (node.activation, place.head) {
                (Activation::Relu, _) => Sign::Relu,
                // What is left out and made up for tells nothing of the slope.
                _ if node.learning.dropout > 0.0 => return None,
                (Activation::Tanh, _) => Sign::Tanh,
                (Activation::HardTanh, _) => Sign::HardTanh,
                (Activation::Elu, _) => Sign::Elu,
                (Activation::Selu, _) => Sign::Selu,
                (Activation::Softplus, _) => Sign::Softplus,
                (Activation::Sigmoid, Head::Done) => Sign::Sigmoid,
                (Activation::Sigmoid, _) if plan.passes_slope(place.first) => Sign::SumOfSigmoid,
                // A sigmoid under a loss that knows the sum, functions that are flat
                // nowhere, and those whose value does not tell the slope.
                _ => return None,
            };
            Some(Watched {
                index,
                value: place.first,
                sign,
            })
        };
        Self {
            neurons: places.iter().enumerate().filter_map(watched).collect(),
            nodes: places.len(),
            is_due: true,
            backward: Backward::new(network, places, plan, usual),
            ..Self::default()
        }
    }

    /// Forgets how the neurons were, but not what the gradient was like when training
    /// began: nothing has changed that it depends on.
    pub(crate) fn forget(&mut self) {
        self.backward.forget();
        *self = Self {
            neurons: std::mem::take(&mut self.neurons),
            nodes: self.nodes,
            is_due: true,
            backward: std::mem::take(&mut self.backward),
            ..Self::default()
        };
    }

    /// Training begins anew, from numbers that are fresh or were trained before.
    pub(crate) fn begin_anew(&mut self, is_fresh: bool) {
        self.backward.set_usual(Usual::unknown(is_fresh));
    }

    /// Whether rows of training should be looked at: a look is under way, or it is
    /// time to begin one. A look at short epochs begins and ends with them, so that
    /// each row is seen once. The epoch after a report is looked at, and besides one in
    /// eight.
    pub(crate) fn wants_training(&mut self, epoch: u32, is_epochs_first: bool) -> bool {
        if self.planned == 0 && (is_epochs_first || epoch > MOST_ROWS) {
            self.chances += 1;
            if self.is_due || self.chances >= EPOCHS_PER_LOOK {
                self.is_due = false;
                self.chances = 0;
                self.begin(epoch.min(MOST_ROWS));
            }
        }
        self.planned > 0
    }

    /// Begins a look at so many rows.
    pub(crate) fn begin(&mut self, rows: u32) {
        if rows < LEAST_ROWS {
            return;
        }
        self.planned = rows;
        self.rows = 0;
        self.undecided.clear();
        let undecided = |&neuron| Undecided { neuron, lively: 0 };
        self.undecided.extend(self.neurons.iter().map(undecided));
        self.backward.begin();
    }

    /// Gives up the look under way.
    pub(crate) fn give_up(&mut self) {
        self.is_due |= self.planned > 0;
        self.planned = 0;
    }

    /// Looks at what came back from a chunk of rows: the gradients of `scale` times their
    /// losses, whose sum is `loss`. To be called before [`Look::add`] of these rows.
    pub(crate) fn add_gradients(
        &mut self,
        values: &[Flow],
        gradients: &mut Gradients<f32, Cpu>,
        rows: usize,
        (scale, loss): (f64, f64),
    ) -> Result<(), CpuError> {
        if self.planned == 0 || self.backward.has_enough() {
            return Ok(());
        }
        self.backward.add(values, gradients, rows, (scale, loss))
    }

    /// Looks at a chunk of rows; ends the look when they are enough. Without a
    /// look nothing happens.
    pub(crate) fn add(&mut self, values: &[Flow], rows: usize) {
        let (planned, stride) = (self.planned, stride(rows));
        if planned == 0 {
            return;
        }
        self.undecided.retain_mut(|Undecided { neuron, lively }| {
            let numbers = &values[neuron.value.value].numbers;
            let first = neuron.value.row * stride;
            // A few rows show most neurons to be fine.
            for some in numbers[first..first + rows].chunks(LANES) {
                *lively += neuron.sign.lively(some);
                if neuron.sign.is_fine(*lively, planned) {
                    return false;
                }
            }
            true
        });
        self.rows = self.rows.saturating_add(rows as u32);
        if self.rows >= planned {
            self.finish();
        }
    }

    fn finish(&mut self) {
        let rows = self.rows;
        let mut found = vec![Health::Fine; self.nodes];
        for Undecided { neuron, lively } in self.undecided.drain(..) {
            // The last chunk may have brought more rows than were planned.
            if !neuron.sign.is_fine(lively, rows)
                && let Some(health) = found.get_mut(neuron.index)
            {
                *health = neuron.sign.illness();
            }
        }
        self.planned = 0;
        self.is_flow_news |= self.backward.finish();
        self.backward.mark(&mut found);
        self.learn(found);
    }

    /// Takes what was found.
    pub(crate) fn learn(&mut self, found: Vec<Health>) {
        if self.known != found {
            self.known = found;
            self.is_news = true;
        }
    }

    /// What was found; empty before the first look is finished.
    pub(crate) fn known(&self) -> &[Health] {
        &self.known
    }

    /// What was found, if that is new, for a report.
    pub(crate) fn take_news(&mut self) -> Vec<Health> {
        self.is_due = true;
        if std::mem::take(&mut self.is_news) {
            self.known.clone()
        } else {
            Vec::new()
        }
    }

    /// What was found of the gradient by the last look, if there was one since this was
    /// last asked, for a report.
    pub(crate) fn take_flow_news(&mut self) -> Option<Box<GradientFlow>> {
        let is_news = std::mem::take(&mut self.is_flow_news);
        let found = self.backward.found().filter(|_| is_news);
        found.cloned().map(Box::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of so many epochs of four rows are looked at.
    fn epochs_looked_at(look: &mut Look, epochs: u32) -> Vec<u32> {
        let is_seen = |epoch: &u32| {
            let is_seen = look.wants_training(4, true);
            look.add(&[], 4);
            assert_eq!(look.planned, 0, "{epoch}");
            is_seen
        };
        (0..epochs).filter(is_seen).collect()
    }

    #[test]
    fn the_epoch_after_a_report_is_looked_at_and_besides_one_in_eight() {
        let mut look = Look {
            is_due: true,
            ..Look::default()
        };
        assert_eq!(epochs_looked_at(&mut look, 20), [0, 8, 16]);
        look.take_news();
        assert_eq!(epochs_looked_at(&mut look, 9), [0, 8]);
    }

    #[test]
    fn a_look_that_was_given_up_is_made_up_for() {
        let mut look = Look {
            is_due: true,
            ..Look::default()
        };
        assert!(look.wants_training(4, true));
        look.give_up();
        assert_eq!(epochs_looked_at(&mut look, 8), [0]);
    }
}
