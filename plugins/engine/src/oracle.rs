//! The oracle of the tests: losses and gradients of a network in f64, a number at a time.

use std::collections::BTreeMap;

use network::{
    Activation, Network, Node, NodeId, Ops, ParameterId, ParameterLayout, Role, Value,
    computation_order,
};
use project::{Loss, LossTerm, Objective, OutputGroup};

/// A network with f64 numbers, and rows to measure it on.
pub(crate) struct Oracle<'a> {
    pub(crate) network: &'a Network,
    pub(crate) outputs: Vec<NodeId>,
    pub(crate) objective: &'a Objective,
    /// For each row the first elements of the inputs, and the targets.
    pub(crate) rows: Vec<(BTreeMap<NodeId, f64>, Vec<f64>)>,
    /// For each row what dropout multiplies the elements of these nodes with.
    pub(crate) dropped: Vec<BTreeMap<NodeId, Vec<f64>>>,
}

/// `Ops` on lists of one row; parameters are lists too.
struct Rows(Vec<Vec<f64>>);

impl Rows {
    fn push(&mut self, row: Vec<f64>) -> Value {
        self.0.push(row);
        Value(self.0.len() - 1)
    }
}

impl Ops for Rows {
    fn matmul(&mut self, value: Value, matrix: Value, columns: usize) -> Value {
        let (row, matrix) = (&self.0[value.0], &self.0[matrix.0]);
        let product = (0..columns)
            .map(|column| {
                let of_column = matrix.iter().skip(column).step_by(columns);
                row.iter().zip(of_column).map(|(a, b)| a * b).sum()
            })
            .collect();
        self.push(product)
    }

    fn add_bias(&mut self, value: Value, bias: Value) -> Value {
        let pairs = self.0[value.0].iter().zip(&self.0[bias.0]);
        let sum = pairs.map(|(a, b)| a + b).collect();
        self.push(sum)
    }

    fn concat(&mut self, values: &[Value]) -> Value {
        let joined = values.iter().flat_map(|v| self.0[v.0].clone()).collect();
        self.push(joined)
    }

    fn activate(&mut self, value: Value, activation: Activation) -> Value {
        let answers = self.0[value.0].iter().map(|&z| activation.value(z));
        let answers = answers.collect();
        self.push(answers)
    }
}

impl Oracle<'_> {
    fn role(&self, node: &Node) -> Role {
        self.network.role(node)
    }

    /// The values of all nodes for one row, each by what its kind says.
    fn forward(&self, row: usize, parameters: &[f64]) -> BTreeMap<NodeId, Vec<f64>> {
        let layout = ParameterLayout::of(self.network);
        let mut values: BTreeMap<NodeId, Vec<f64>> = BTreeMap::new();
        for id in computation_order(self.network) {
            let node = self.network.node(id).unwrap();
            let kind = self.network.kind(node).unwrap();
            if self.role(node) == Role::Input {
                values.insert(id, vec![self.rows[row].0[&id]]);
                continue;
            }
            let mut ops = Rows(Vec::new());
            let mut inputs: Vec<Vec<f64>> = kind
                .inputs(node)
                .iter()
                .map(|port| vec![0.0; network::shape_size(&port.shape)])
                .collect();
            for &edge in self.network.incoming(id) {
                let edge = self.network.edge(edge).unwrap();
                let first = layout.offset(ParameterId::Edge(edge.id)).unwrap();
                let source = &values[&edge.from.node()];
                let port = usize::from(edge.to.port().0);
                let is_dot = kind.inputs(node)[port].shape.is_empty();
                for (element, &value) in source.iter().enumerate() {
                    if is_dot {
                        inputs[port][0] += parameters[first + element] * value;
                    } else {
                        inputs[port][element] += parameters[first] * value;
                    }
                }
            }
            let inputs: Vec<Value> = inputs.into_iter().map(|row| ops.push(row)).collect();
            let own: Vec<Value> = (0..)
                .zip(&node.parameters)
                .map(|(index, parameter)| {
                    let first = layout.offset(ParameterId::Node(id, index)).unwrap();
                    let size = parameter.elements().len();
                    ops.push(parameters[first..first + size].to_vec())
                })
                .collect();
            let answer = kind.forward(node, &inputs, &own, &mut ops);
            let mut answer = ops.0.swap_remove(answer.0);
            for (element, value) in answer.iter_mut().enumerate() {
                *value *= self.kept(row, id, element);
            }
            values.insert(id, answer);
        }
        values
    }

    /// What dropout multiplies an element of a node with.
    fn kept(&self, row: usize, id: NodeId, element: usize) -> f64 {
        let of_row = self.dropped.get(row).and_then(|of_row| of_row.get(&id));
        of_row.map_or(1.0, |factors| factors[element])
    }

    /// The softmax group of an output: the first term that names it, or that of all
    /// others; `None` without softmax.
    fn group(&self, id: NodeId) -> Option<usize> {
        let Objective::Supervised { terms } = self.objective;
        let names = |term: &LossTerm| match &term.outputs {
            OutputGroup::All => false,
            OutputGroup::Nodes(nodes) => nodes.contains(&id),
        };
        let is_softmax = self.network.node(id).unwrap().activation == Activation::Softmax;
        is_softmax.then(|| terms.iter().position(names).unwrap_or(usize::MAX))
    }

    /// The answers of one row with softmax taken, element by element.
    fn answers(&self, values: &BTreeMap<NodeId, Vec<f64>>) -> Vec<(NodeId, f64)> {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for id in &self.outputs {
            if let Some(group) = self.group(*id) {
                let sum: f64 = values[id].iter().map(|z| z.exp()).sum();
                *sums.entry(group).or_default() += sum;
            }
        }
        let answer = |id: NodeId, value: f64| match self.group(id) {
            Some(group) => value.exp() / sums[&group],
            None => value,
        };
        self.outputs
            .iter()
            .flat_map(|&id| values[&id].iter().map(move |&value| (id, value)))
            .map(|(id, value)| (id, answer(id, value)))
            .collect()
    }

    /// The loss of one row and its derivatives by the answers.
    fn loss_of_row(&self, answers: &[(NodeId, f64)], targets: &[f64]) -> (f64, Vec<f64>) {
        let Objective::Supervised { terms } = self.objective;
        let mut total = 0.0;
        let mut derivatives = vec![0.0; answers.len()];
        for term in terms {
            let members: Vec<usize> = (0..answers.len())
                .filter(|&index| match &term.outputs {
                    OutputGroup::All => true,
                    OutputGroup::Nodes(nodes) => nodes.contains(&answers[index].0),
                })
                .collect();
            let weight = f64::from(term.weight);
            let share = weight / members.len() as f64;
            for index in members {
                let (y, t) = (answers[index].1, targets[index]);
                let class_weight = term.class_weights.get(&answers[index].0);
                let class_weight = f64::from(class_weight.copied().unwrap_or(1.0));
                let (loss, slope) = match term.loss {
                    Loss::MeanSquaredError => (share * (y - t).powi(2), share * 2.0 * (y - t)),
                    Loss::MeanAbsoluteError => (share * (y - t).abs(), share * (y - t).signum()),
                    Loss::Huber { delta } if (y - t).abs() <= f64::from(delta) => {
                        (share * 0.5 * (y - t).powi(2), share * (y - t))
                    }
                    Loss::Huber { delta } => {
                        let delta = f64::from(delta);
                        let loss = delta * ((y - t).abs() - 0.5 * delta);
                        (share * loss, share * delta * (y - t).signum())
                    }
                    Loss::Hinge => {
                        let share = share * if t > 0.0 { class_weight } else { 1.0 };
                        let short = (1.0 - t * y).max(0.0);
                        (share * short, if short > 0.0 { -share * t } else { 0.0 })
                    }
                    Loss::BinaryCrossEntropy => (
                        -share * (class_weight * t * y.ln() + (1.0 - t) * (1.0 - y).ln()),
                        share * ((1.0 - t) / (1.0 - y) - class_weight * t / y),
                    ),
                    Loss::CategoricalCrossEntropy => {
                        let weight = weight * class_weight;
                        (-weight * t * y.ln(), -weight * t / y)
                    }
                };
                total += loss;
                derivatives[index] += slope;
            }
        }
        (total, derivatives)
    }

    /// The mean loss over all rows.
    pub(crate) fn loss(&self, parameters: &[f64]) -> f64 {
        let of_row = |row: usize| {
            let answers = self.answers(&self.forward(row, parameters));
            self.loss_of_row(&answers, &self.rows[row].1).0
        };
        let count = self.rows.len();
        (0..count).map(of_row).sum::<f64>() / count as f64
    }

    /// The gradient by central differences: for any kinds, and away from kinks.
    pub(crate) fn differences(&self, parameters: &[f64]) -> Vec<f64> {
        const STEP: f64 = 1e-5;
        (0..parameters.len())
            .map(|index| {
                let at = |step: f64| {
                    let mut moved = parameters.to_vec();
                    moved[index] += step;
                    self.loss(&moved)
                };
                (at(STEP) - at(-STEP)) / (2.0 * STEP)
            })
            .collect()
    }

    /// The gradient by backpropagation, for networks of plain neurons.
    pub(crate) fn backpropagation(&self, parameters: &[f64]) -> Vec<f64> {
        let layout = ParameterLayout::of(self.network);
        let weight = |edge| layout.offset(ParameterId::Edge(edge)).unwrap();
        let bias = |node| layout.offset(ParameterId::Node(node, 0)).unwrap();
        let mut gradient = vec![0.0; parameters.len()];
        let order = computation_order(self.network);
        for row in 0..self.rows.len() {
            let values = self.forward(row, parameters);
            let answers = self.answers(&values);
            let (_, slopes) = self.loss_of_row(&answers, &self.rows[row].1);
            let mut by_value: BTreeMap<NodeId, f64> = BTreeMap::new();
            let mut of_groups: BTreeMap<usize, f64> = BTreeMap::new();
            for (&(id, p), slope) in answers.iter().zip(&slopes) {
                if let Some(group) = self.group(id) {
                    *of_groups.entry(group).or_default() += p * slope;
                }
            }
            for (&(id, p), &slope) in answers.iter().zip(&slopes) {
                let slope = match self.group(id) {
                    Some(group) => p * (slope - of_groups[&group]),
                    None => slope,
                };
                by_value.insert(id, slope);
            }
            for &id in order.iter().rev() {
                let node = self.network.node(id).unwrap();
                if self.role(node) == Role::Input {
                    continue;
                }
                let edges = || {
                    self.network
                        .incoming(id)
                        .iter()
                        .map(|&edge| self.network.edge(edge).unwrap())
                };
                let sum: f64 = parameters[bias(id)]
                    + edges()
                        .map(|edge| parameters[weight(edge.id)] * values[&edge.from.node()][0])
                        .sum::<f64>();
                let slope = by_value.get(&id).copied().unwrap_or_default()
                    * node.activation.slope(sum)
                    * self.kept(row, id, 0)
                    / self.rows.len() as f64;
                gradient[bias(id)] += slope;
                for edge in edges() {
                    let source = edge.from.node();
                    gradient[weight(edge.id)] += slope * values[&source][0];
                    // Slopes above are per row and not yet divided.
                    *by_value.entry(source).or_default() +=
                        slope * parameters[weight(edge.id)] * self.rows.len() as f64;
                }
            }
        }
        gradient
    }
}
