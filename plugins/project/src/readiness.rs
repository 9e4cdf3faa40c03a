//! Whether a project is ready to be trained, and what may make it disappointing.

use std::collections::BTreeMap;

use network::{Activation, Element, Network, Node, NodeId, ParameterId, Role};

use crate::{InputScaling, Loss, LossTerm, Objective, OutputGroup, Project, column_of};

/// Why a project cannot be trained as it is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainingProblem {
    /// There is nothing to feed.
    #[error("There is no input neuron yet: drag one onto the canvas.")]
    NoInput,
    /// There is nothing to compare.
    #[error("There is no output neuron yet: drag one onto the canvas.")]
    NoOutput,
    /// There are no rows to learn from.
    #[error(
        "There are no training rows: add rows to the data, or give the training part more than 0 %."
    )]
    NoTrainingRows,
    /// Binary cross-entropy wants probabilities.
    #[error(
        "Binary cross-entropy needs answers between 0 and 1: give “{0}” the activation sigmoid, or choose another loss."
    )]
    NeedsSigmoid(
        /// The output.
        String,
    ),
    /// Categorical cross-entropy wants a distribution.
    #[error(
        "Categorical cross-entropy needs probabilities that add up to 1: give “{0}” the activation softmax, or choose another loss."
    )]
    NeedsSoftmax(
        /// The output.
        String,
    ),
    /// A softmax over a single output is always 1.
    #[error(
        "Softmax over the single output “{0}” is always 1: add an output, or give it the activation sigmoid."
    )]
    SingleSoftmax(
        /// The output.
        String,
    ),
    /// A cross-entropy target outside its range.
    #[error("Row {row} has the target {found} in column “{column}”; {loss} needs targets from 0 to 1.", loss = .loss.name())]
    TargetOutOfRange {
        /// From 1.
        row: usize,
        /// The column.
        column: String,
        /// The number found.
        found: f32,
        /// The loss that needs it.
        loss: Loss,
    },
    /// Class targets that are no distribution.
    #[error(
        "The targets of row {row} add up to {found}; categorical cross-entropy needs 1 in all."
    )]
    TargetsNotDistribution {
        /// From 1.
        row: usize,
        /// Their sum.
        found: f32,
    },
    /// Hinge wants −1 and 1.
    #[error(
        "Row {row} has the target {found} in column “{column}”; the hinge loss needs targets −1 and 1."
    )]
    NoHingeTarget {
        /// From 1.
        row: usize,
        /// The column.
        column: String,
        /// The number found.
        found: f32,
    },
    /// Early stopping watches the validation loss.
    #[error(
        "Early stopping needs validation rows to watch: give the validation part more of the data, or switch it off."
    )]
    NothingToWatch,
    /// A loss on something that is no output.
    #[error("A loss looks at neuron number {}, which is no output.", .0.0)]
    NoSuchOutput(
        /// The number.
        NodeId,
    ),
    /// No loss at all.
    #[error("There is no loss: choose one.")]
    NoLoss,
    /// Nothing may change.
    #[error(
        "There is nothing to learn: every weight and bias is frozen, pruned or held still. Thaw one."
    )]
    NothingToLearn,
    /// Loops in time are not trained yet.
    #[error(
        "The connection from “{from}” to “{to}” takes a step of time; networks with a delay are not trained yet."
    )]
    Delay {
        /// Source.
        from: String,
        /// Target.
        to: String,
    },
    /// More than fits.
    #[error(
        "The network has {found} weights and biases; at most {most} can be trained.",
        found = .0,
        most = Project::MOST_TRAINED
    )]
    TooLarge(
        /// How many it has.
        usize,
    ),
}

/// Inputs beyond this drown the others, and make steps too large.
const LARGE_INPUT: f32 = 100.0;

/// What may make training disappointing, though it can begin.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainingRemark {
    /// There is nothing to generalise from.
    #[error("There is a single row: the network can only learn it by heart.")]
    SingleRow,
    /// It tells nothing.
    #[error("“{0}” is {1} in every row: nothing can be learned from it.")]
    ConstantInput(
        /// The column.
        String,
        /// Its number.
        f32,
    ),
    /// It is too easy.
    #[error("“{0}” is {1} in every row: the network will learn to always say so.")]
    ConstantTarget(
        /// The column.
        String,
        /// Its number.
        f32,
    ),
    /// Inputs of very different size.
    #[error("“{0}” reaches {1}: standardise inputs, so that steps do not get too large.")]
    LargeInput(
        /// The column.
        String,
        /// Its largest size.
        f32,
    ),
}

impl Project {
    /// The most numbers that are trained: what Adam needs for them fits into the 2 GB
    /// a browser gives.
    pub const MOST_TRAINED: usize = 4_000_000;

    /// Whether the network is one that can be trained. Looks at edges only where one has a
    /// delay.
    ///
    /// # Errors
    /// The first reason why it is not: the engine refuses it with the same sentence.
    pub fn check_network(network: &Network) -> Result<(), TrainingProblem> {
        let numbers = network.parameter_count();
        if numbers > Self::MOST_TRAINED {
            return Err(TrainingProblem::TooLarge(numbers));
        }
        if !network.has_delays() {
            return Ok(());
        }
        match network.edges().find(|edge| edge.delay > 0) {
            None => Ok(()),
            Some(edge) => Err(TrainingProblem::Delay {
                from: network.name(edge.from.node()),
                to: network.name(edge.to.node()),
            }),
        }
    }

    /// Whether training can begin. Costs O(rows) for cross-entropy and
    /// hinge, else O(outputs), and looks at numbers until it has found one that may change.
    ///
    /// # Errors
    /// The first reason why it cannot, as a sentence that says what to do.
    pub fn check_training(&self) -> Result<(), TrainingProblem> {
        let network = self.network();
        if network.nodes_of(Role::Input).next().is_none() {
            return Err(TrainingProblem::NoInput);
        }
        let outputs: Vec<&Node> = network.nodes_of(Role::Output).collect();
        if outputs.is_empty() {
            return Err(TrainingProblem::NoOutput);
        }
        let [train, validation, _] = self.split().counts(self.table().rows());
        if train == 0 {
            return Err(TrainingProblem::NoTrainingRows);
        }
        Self::check_network(network)?;
        if !self.can_learn() {
            return Err(TrainingProblem::NothingToLearn);
        }
        if self.training().early_stopping.is_some() && validation == 0 {
            return Err(TrainingProblem::NothingToWatch);
        }
        let Objective::Supervised { terms } = &self.training().objective;
        if terms.is_empty() {
            return Err(TrainingProblem::NoLoss);
        }
        if let Some(single) = self.single_softmax(&outputs, terms) {
            return Err(TrainingProblem::SingleSoftmax(single.name.clone()));
        }
        for term in terms {
            let group = match &term.outputs {
                OutputGroup::All => outputs.clone(),
                OutputGroup::Nodes(ids) => ids
                    .iter()
                    .map(|&id| {
                        outputs
                            .iter()
                            .find(|node| node.id == id)
                            .copied()
                            .ok_or(TrainingProblem::NoSuchOutput(id))
                    })
                    .collect::<Result<_, _>>()?,
            };
            self.check_term(term.loss, &group)?;
        }
        Ok(())
    }

    /// An output over which alone a softmax is taken. It is taken over the softmax outputs
    /// that a term names, and over all others together.
    fn single_softmax<'a>(&self, outputs: &[&'a Node], terms: &[LossTerm]) -> Option<&'a Node> {
        let names = |term: &LossTerm, id| match &term.outputs {
            OutputGroup::All => false,
            OutputGroup::Nodes(ids) => ids.contains(&id),
        };
        let mut groups: BTreeMap<Option<usize>, Vec<&Node>> = BTreeMap::new();
        for node in outputs {
            if node.activation == Activation::Softmax {
                let group = terms.iter().position(|term| names(term, node.id));
                groups.entry(group).or_default().push(node);
            }
        }
        let is_scalar = |node: &Node| {
            let kind = self.network().kind(node);
            let ports = kind.map(|kind| kind.outputs(node)).unwrap_or_default();
            let sizes = ports.iter().map(|port| network::shape_size(&port.shape));
            sizes.sum::<usize>() == 1
        };
        groups.into_values().find_map(|group| match group[..] {
            [single] if is_scalar(single) => Some(single),
            _ => None,
        })
    }

    /// Whether any number may change.
    fn can_learn(&self) -> bool {
        let network = self.network();
        let is_moving =
            |node: Option<&Node>| node.is_some_and(|node| node.learning.rate_factor > 0.0);
        network.parameters().any(|(id, parameter)| {
            let node = match id {
                ParameterId::Node(node, _) => network.node(node),
                ParameterId::Edge(edge) => network
                    .edge(edge)
                    .and_then(|edge| network.node(edge.to.node())),
            };
            is_moving(node) && parameter.elements().iter().any(Element::is_learnable)
        })
    }

    /// What may make training disappointing, though it can begin. Costs O(rows).
    #[must_use]
    pub fn training_remarks(&self) -> Vec<TrainingRemark> {
        let rows = self.table().rows();
        let mut remarks = Vec::new();
        if rows == 1 {
            remarks.push(TrainingRemark::SingleRow);
        }
        if rows < 2 {
            return remarks;
        }
        for column in self.table().columns() {
            let first = column.values.first().copied().unwrap_or_default();
            if column.shape.is_empty() && column.values.iter().all(|&value| value == first) {
                let name = column.name.clone();
                remarks.push(match column.role {
                    datasets::Role::Input => TrainingRemark::ConstantInput(name, first),
                    datasets::Role::Target => TrainingRemark::ConstantTarget(name, first),
                });
            }
        }
        let settings = self.training();
        let scaled = settings.input_scaling == InputScaling::Standardise;
        if !scaled
            && let Some((name, largest)) = self.largest_input()
            && largest > LARGE_INPUT
        {
            remarks.push(TrainingRemark::LargeInput(name, largest));
        }
        remarks
    }

    fn largest_input(&self) -> Option<(String, f32)> {
        let inputs = self.table().columns().iter();
        let inputs = inputs.filter(|column| column.role == datasets::Role::Input);
        let largest = inputs.map(|column| {
            let most = column
                .values
                .iter()
                .fold(0.0, |most: f32, x| most.max(x.abs()));
            (&column.name, most)
        });
        let (name, most) = largest.max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((name.clone(), most))
    }

    fn check_term(&self, loss: Loss, group: &[&Node]) -> Result<(), TrainingProblem> {
        let differs = |activation| {
            group
                .iter()
                .find(|node| node.activation != activation)
                .map(|node| node.name.clone())
        };
        match loss {
            Loss::MeanSquaredError | Loss::MeanAbsoluteError | Loss::Huber { .. } => return Ok(()),
            Loss::Hinge => return self.check_hinge_targets(group),
            Loss::BinaryCrossEntropy => {
                if let Some(name) = differs(Activation::Sigmoid) {
                    return Err(TrainingProblem::NeedsSigmoid(name));
                }
            }
            Loss::CategoricalCrossEntropy => {
                if let Some(name) = differs(Activation::Softmax) {
                    return Err(TrainingProblem::NeedsSoftmax(name));
                }
            }
        }
        let columns = self.columns_of(group);
        for row in 0..self.table().rows() {
            let mut sum = 0.0;
            for column in &columns {
                let size = network::shape_size(&column.shape);
                for &found in &column.values[row * size..(row + 1) * size] {
                    if !(0.0..=1.0).contains(&found) {
                        return Err(TrainingProblem::TargetOutOfRange {
                            row: row + 1,
                            column: column.name.clone(),
                            found,
                            loss,
                        });
                    }
                    sum += found;
                }
            }
            if loss == Loss::CategoricalCrossEntropy && (sum - 1.0).abs() > 1e-4 {
                return Err(TrainingProblem::TargetsNotDistribution {
                    row: row + 1,
                    found: sum,
                });
            }
        }
        Ok(())
    }

    fn columns_of(&self, group: &[&Node]) -> Vec<&datasets::Column> {
        group
            .iter()
            .filter_map(|node| self.table().column(column_of(node.id)))
            .collect()
    }

    /// Hinge knows yes and no only.
    fn check_hinge_targets(&self, group: &[&Node]) -> Result<(), TrainingProblem> {
        for column in self.columns_of(group) {
            let size = network::shape_size(&column.shape).max(1);
            let is_wrong = |found: &f32| found.abs() != 1.0;
            if let Some(at) = column.values.iter().position(is_wrong) {
                return Err(TrainingProblem::NoHingeTarget {
                    row: at / size + 1,
                    column: column.name.clone(),
                    found: column.values[at],
                });
            }
        }
        Ok(())
    }
}
