//! How answers are read as classes: which outputs answer one question, and by what rule.

use network::{Activation, Network, NodeId};
use project::{Loss, LossTerm, Objective, OutputGroup};

use crate::compile::Place;
use crate::data::Data;
use crate::loss::{ChunkLoss, LossPlan};

/// How answers are read as classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ClassRule {
    /// They are no classes.
    None,
    /// The largest of all outputs names the class: softmax over all of them.
    Largest,
    /// Each output says yes above this number: 0.5 for sigmoids and steps with targets
    /// 0 and 1; 0 for tanhs with targets −1 and 1, and under the hinge loss.
    Above(f32),
}

/// Outputs that are asked one thing together: the group a loss looks at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    /// The outputs.
    pub(crate) nodes: Vec<NodeId>,
    /// Their elements among those of all outputs, ascending.
    pub(crate) elements: Vec<usize>,
    /// What each element is called.
    pub(crate) names: Vec<String>,
    pub(crate) rule: ClassRule,
}

/// All that outputs are asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Questions {
    pub(crate) list: Vec<Question>,
    /// Whether it is one question to all outputs.
    is_one: bool,
}

impl Questions {
    pub(crate) fn new(
        network: &Network,
        outputs: &[Place],
        objective: &Objective,
        plan: &LossPlan,
        data: &Data,
    ) -> Self {
        let Objective::Supervised { terms } = objective;
        let mut list: Vec<Question> = Vec::new();
        for term in terms {
            let mut question = Question::of(network, outputs, &term.outputs);
            let is_known = list.iter().any(|known| known.nodes == question.nodes);
            if !is_known && !question.elements.is_empty() {
                let mut losses = terms
                    .iter()
                    .filter(|other| looks_at(other, &question.nodes));
                let is_hinge = losses.all(|other| other.loss == Loss::Hinge);
                question.rule = question.rule_for(network, is_hinge, plan, data);
                list.push(question);
            }
        }
        let is_one = matches!(list.as_slice(), [one] if one.elements.len() == plan.elements.len());
        Self { list, is_one }
    }

    /// The one question to all outputs, if there is but one.
    pub(crate) fn single(&self) -> Option<&Question> {
        self.list.first().filter(|_| self.is_one)
    }

    /// How a row as a whole is right or wrong.
    pub(crate) fn rule(&self) -> ClassRule {
        self.single()
            .map_or(ClassRule::None, |question| question.rule)
    }

    /// How many rows of a chunk are right.
    pub(crate) fn count_right(&self, loss: &ChunkLoss, targets: &[f32], rows: usize) -> u32 {
        let rule = self.rule();
        if rule == ClassRule::None {
            return 0;
        }
        let stride = crate::model::stride(rows).max(1);
        let is_right = |&row: &usize| {
            let answers = loss.answers.iter().skip(row).step_by(stride);
            let targets = targets.iter().skip(row).step_by(stride);
            rule.is_right(answers.copied(), targets.copied()) == Some(true)
        };
        (0..rows).filter(is_right).count() as u32
    }
}

/// Whether a term looks at any of these outputs.
fn looks_at(term: &LossTerm, nodes: &[NodeId]) -> bool {
    match &term.outputs {
        OutputGroup::All => true,
        OutputGroup::Nodes(group) => group.iter().any(|node| nodes.contains(node)),
    }
}

impl Question {
    /// The elements of a group, without a rule yet.
    fn of(network: &Network, outputs: &[Place], group: &OutputGroup) -> Self {
        let mut question = Self {
            nodes: Vec::new(),
            elements: Vec::new(),
            names: Vec::new(),
            rule: ClassRule::None,
        };
        let mut first = 0;
        for place in outputs {
            let is_in = match group {
                OutputGroup::All => true,
                OutputGroup::Nodes(nodes) => nodes.contains(&place.node),
            };
            if is_in {
                question.nodes.push(place.node);
                question.elements.extend(first..first + place.size);
                let name = network.name(place.node);
                question.names.extend((1..=place.size).map(|number| {
                    if place.size == 1 {
                        name.clone()
                    } else {
                        format!("{name} {number}")
                    }
                }));
            }
            first += place.size;
        }
        question
    }

    fn rule_for(
        &self,
        network: &Network,
        is_hinge: bool,
        plan: &LossPlan,
        data: &Data,
    ) -> ClassRule {
        let are = |low, high| data.targets_are(&self.elements, low, high);
        if is_hinge && are(-1.0, 1.0) {
            return ClassRule::Above(0.0);
        }
        let mut activations = self
            .nodes
            .iter()
            .filter_map(|&id| network.node(id))
            .map(|node| node.activation);
        let Some(first) = activations.next() else {
            return ClassRule::None;
        };
        match first {
            _ if activations.any(|other| other != first) => ClassRule::None,
            Activation::Softmax if plan.is_softmax_group(&self.elements) => ClassRule::Largest,
            Activation::Sigmoid | Activation::Step if are(0.0, 1.0) => ClassRule::Above(0.5),
            Activation::Tanh | Activation::HardTanh if are(-1.0, 1.0) => ClassRule::Above(0.0),
            _ => ClassRule::None,
        }
    }

    /// What the classes are called: the outputs, or no and yes of the only one.
    pub(crate) fn class_names(&self) -> Vec<String> {
        let no_and_yes = |no: &str| vec![no.to_owned(), "1".to_owned()];
        match (self.rule, self.elements.as_slice()) {
            (ClassRule::None, _) => Vec::new(),
            (ClassRule::Above(middle), [_]) if middle > 0.0 => no_and_yes("0"),
            (ClassRule::Above(_), [_]) => no_and_yes("−1"),
            _ => self.names.clone(),
        }
    }
}

impl ClassRule {
    /// Whether a row of answers names the classes of its targets.
    pub(crate) fn is_right(
        self,
        answers: impl Iterator<Item = f32>,
        targets: impl Iterator<Item = f32>,
    ) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Largest => Some(largest(answers) == largest(targets)),
            Self::Above(middle) => Some(
                answers
                    .zip(targets)
                    .all(|(answer, target)| (answer > middle) == (target > middle)),
            ),
        }
    }
}

/// The index of the largest number, the first of equals.
pub(crate) fn largest(numbers: impl Iterator<Item = f32>) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (index, number) in numbers.enumerate() {
        if best.is_none_or(|(_, largest)| number > largest) {
            best = Some((index, number));
        }
    }
    best.map(|(index, _)| index)
}
