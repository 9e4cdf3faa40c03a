//! What the pointer rests on, in words: its name, its formula with live numbers, its gradient.

use graph::{Thing, Values};
use network::{Activation, Edge, EdgeId, ElementId, Network, Node, NodeId, Role};
use project::{GroupId, Project};
use training::{Health, TraceState};

use crate::caption::brief;

/// So many terms of a sum are written out: the largest weights.
const MOST_TERMS: usize = 4;

/// A few lines about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// What it is called.
    pub title: String,
    /// What there is to say, line by line.
    pub lines: Vec<String>,
}

/// What a tip is made of.
#[derive(Clone, Copy)]
pub struct TipView<'a> {
    /// The project.
    pub project: &'a Project,
    /// The newest numbers.
    pub values: &'a Values,
    /// What the shown row does.
    pub trace: &'a TraceState,
}

/// What is known of the weights of a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BundleFacts {
    /// How many wires it has.
    pub wires: usize,
    /// The smallest, the mean and the largest weight.
    pub weights: [f32; 3],
    /// The mean size of a weight.
    pub mean_size: f32,
    /// How many weights are positive, and how many negative.
    pub signs: [usize; 2],
}

impl TipView<'_> {
    fn network(&self) -> &Network {
        self.project.network()
    }

    /// A learnable number as it is now.
    fn value(&self, id: ElementId) -> Option<f32> {
        let kept = || Some(self.network().element(id)?.value);
        self.values.value(id).or_else(kept)
    }

    /// Its gradient, as the canvas shows it: by the shown row, or by the last batch.
    fn gradient(&self, id: ElementId) -> String {
        let of_row = || {
            let gradients = &self.trace.trace.as_ref()?.gradients;
            let layout = self.values.layout();
            let place = layout.position(id)?;
            (gradients.len() == layout.len()).then(|| gradients.get(place).copied())?
        };
        match (of_row(), self.values.gradient(id)) {
            (Some(gradient), _) => format!("{} for {}", brief(gradient), self.row_word()),
            (None, Some(gradient)) => format!("{} in the last batch", brief(gradient)),
            (None, None) => "not known yet".to_owned(),
        }
    }

    fn row_word(&self) -> String {
        self.trace.table_row().map_or_else(
            || "your values".to_owned(),
            |row| format!("row {}", u64::from(row) + 1),
        )
    }

    /// What the shown row makes of a neuron.
    fn output(&self, id: NodeId) -> Option<f32> {
        Some(self.trace.node(id)?.output)
    }

    /// What is special about a weight or a bias.
    fn state(&self, id: ElementId) -> &'static str {
        match self.network().element(id) {
            Some(element) if element.is_pruned => ", pruned",
            Some(element) if element.is_frozen => ", frozen",
            _ => "",
        }
    }
}

/// What there is to say of a neuron; `None` where there is none of this number.
#[must_use]
pub fn of_neuron(view: &TipView, id: NodeId, health: Health) -> Option<Tip> {
    let network = view.network();
    let node = network.node(id)?;
    let mut lines = Vec::new();
    let at = view.trace.node(id);
    let equals =
        |value: Option<f32>| value.map_or_else(String::new, |value| format!(" = {}", brief(value)));
    let output = at.map(|at| at.output);
    if network.role(node) == Role::Input {
        lines.push(match output {
            Some(output) => format!("a = {} in {}", brief(output), view.row_word()),
            None => "Brings one column of the data into the network.".to_owned(),
        });
    } else {
        lines.push(format!("a = {}{}", bent(node), equals(output)));
        let sum = at.and_then(|at| at.input);
        lines.push(format!("z = {}{}", sum_of(view, id), equals(sum)));
        let bias = ElementId::bias(id);
        if let Some(value) = view.value(bias) {
            lines.push(format!("bias b = {}{}", brief(value), view.state(bias)));
            lines.push(format!("∂L/∂b = {}", view.gradient(bias)));
        }
    }
    match health {
        Health::Fine => {}
        Health::Dead => lines.push("Dead: it gives 0 for every row.".to_owned()),
        Health::Saturated => {
            lines.push("Saturated: hardly any slope comes back through it.".to_owned());
        }
        Health::Vanishing => {
            lines.push("Vanishing: hardly any gradient comes back to its level.".to_owned());
        }
        Health::Exploding => {
            lines.push("Exploding: the gradient in its level is far too large.".to_owned());
        }
    }
    Some(Tip {
        title: format!("{} · {}", node.name, role_word(network.role(node))),
        lines,
    })
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Input => "input",
        Role::Hidden => "hidden neuron",
        Role::Output => "output",
    }
}

/// What the activation function is, by its name.
fn bent(node: &Node) -> String {
    match node.activation {
        Activation::Linear => "z".to_owned(),
        function => format!("{}(z)", function.name()),
    }
}

/// The sum that enters a neuron: its largest terms, and its bias.
fn sum_of(view: &TipView, id: NodeId) -> String {
    let network = view.network();
    let mut terms: Vec<(EdgeId, String, f32)> = network
        .incoming(id)
        .iter()
        .filter_map(|&edge| {
            let source = network.edge(edge)?.from.node();
            let weight = view.value(ElementId::weight(edge))?;
            Some((edge, network.name(source), weight))
        })
        .collect();
    let more = terms.len().saturating_sub(MOST_TERMS);
    if more > 0 {
        terms.sort_by(|one, other| other.2.abs().total_cmp(&one.2.abs()));
        terms.truncate(MOST_TERMS);
        terms.sort_by_key(|(edge, ..)| *edge);
    }
    let mut text = String::new();
    for (_, source, weight) in terms {
        add(&mut text, weight, &format!("·{source}"));
    }
    if more > 0 {
        text.push_str(&format!(" + {more} more"));
    }
    match view.value(ElementId::bias(id)) {
        Some(bias) => add(&mut text, bias, ""),
        None if text.is_empty() => text.push('0'),
        None => {}
    }
    text
}

/// Adds one more term to a sum, with its sign in front.
fn add(text: &mut String, number: f32, unit: &str) {
    let sign = match (text.is_empty(), number < 0.0) {
        (true, true) => "−",
        (true, false) => "",
        (false, true) => " − ",
        (false, false) => " + ",
    };
    text.push_str(sign);
    text.push_str(&brief(number.abs()));
    text.push_str(unit);
}

/// What there is to say of a wire; `None` where there is none of this number.
#[must_use]
pub fn of_wire(view: &TipView, id: EdgeId) -> Option<Tip> {
    let network = view.network();
    let edge: &Edge = network.edge(id)?;
    let (from, to) = (edge.from.node(), edge.to.node());
    let weight = ElementId::weight(id);
    let value = view.value(weight)?;
    let mut lines = vec![
        format!("w = {}{}", brief(value), view.state(weight)),
        format!("∂L/∂w = {}", view.gradient(weight)),
    ];
    if let Some(given) = view.output(from) {
        let carried = brief(value * given);
        let (weight, given, row) = (brief(value), brief(given), view.row_word());
        lines.push(format!("w·a = {weight} × {given} = {carried} for {row}"));
    }
    Some(Tip {
        title: format!("{} → {}", network.name(from), network.name(to)),
        lines,
    })
}

/// What there is to say of a bundle.
#[must_use]
pub fn of_bundle(project: &Project, ends: [Thing; 2], facts: &BundleFacts) -> Tip {
    let [from, to] = ends.map(|end| match end {
        Thing::Node(id) => project.network().name(id),
        Thing::Group(id) => project
            .group(id)
            .map_or_else(String::new, |group| group.name.clone()),
    });
    let percent = |count: usize| (100 * count + facts.wires / 2) / facts.wires.max(1);
    let [positive, negative] = facts.signs.map(percent);
    let [least, mean, most] = facts.weights.map(brief);
    let counted = match facts.wires {
        1 => "1 wire".to_owned(),
        wires => format!("{wires} wires"),
    };
    Tip {
        title: format!("{from} → {to} · {counted}"),
        lines: vec![
            format!("{positive} % positive, {negative} % negative"),
            format!("mean |w| = {}, mean w = {mean}", brief(facts.mean_size)),
            format!("w from {least} to {most}"),
        ],
    }
}

/// What there is to say of a folded group; `None` where there is none of this number.
#[must_use]
pub fn of_group(project: &Project, id: GroupId, wires_within: usize) -> Option<Tip> {
    let group = project.group(id)?;
    let network = project.network();
    let members = group.members.len();
    let mut functions: Vec<&str> = group
        .members
        .iter()
        .filter_map(|&id| network.node(id))
        .filter(|node| network.role(node) != Role::Input)
        .map(|node| node.activation.name())
        .collect();
    functions.sort_unstable();
    functions.dedup();
    let mut lines = vec![match members {
        1 => "1 neuron".to_owned(),
        _ => format!("{members} neurons"),
    }];
    if !functions.is_empty() {
        lines.push(format!("a = f(z), f: {}", functions.join(", ")));
    }
    if wires_within > 0 {
        lines.push(format!("{wires_within} wires within"));
    }
    lines.push("A double click opens it.".to_owned());
    Some(Tip {
        title: group.name.clone(),
        lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use network::KindId;
    use project::{Edit, apply, gesture};
    use training::{NodeTrace, Trace, TraceRow};

    /// Six inputs into one tanh neuron, with weights 0.5, −1, 1.5, −2 … and a bias of 0.3.
    fn project(inputs: u32) -> Project {
        let mut project = Project::default();
        let mut make = |edit: &dyn Fn(&Project) -> Edit| {
            let edit = edit(&project);
            apply(&mut project, &edit).expect("it can be made");
        };
        for _ in 0..inputs {
            make(&|project| gesture::add_neuron(project, KindId::INPUT, [0.0, 0.0]));
        }
        make(&|project| gesture::add_neuron(project, KindId::HIDDEN, [100.0, 0.0]));
        let target = NodeId(inputs);
        make(&|_| Edit::SetActivation(target, Activation::Tanh));
        for id in 0..inputs {
            make(&|project| gesture::connect(project, NodeId(id), target).expect("they join"));
            let weight = 0.5 * (id + 1) as f32 * if id % 2 == 0 { 1.0 } else { -1.0 };
            make(&|project| gesture::set_value(project, ElementId::weight(EdgeId(id)), weight));
        }
        make(&|project| gesture::set_value(project, ElementId::bias(target), 0.3));
        project
    }

    fn trace(target: NodeId) -> TraceState {
        let node = |id, input, output| NodeTrace {
            node: id,
            input,
            output,
            delta: None,
        };
        TraceState {
            trace: Some(Trace {
                nodes: vec![
                    node(NodeId(0), None, 2.0),
                    node(NodeId(1), None, -1.0),
                    node(target, Some(2.3), 0.98),
                ],
                ..Trace::default()
            }),
            row: Some(TraceRow::Table(4)),
            revision: 1,
        }
    }

    #[test]
    fn a_neuron_is_told_by_its_formula_with_the_numbers_of_the_shown_row() {
        let project = project(2);
        let (values, trace) = (Values::default(), trace(NodeId(2)));
        let view = TipView {
            project: &project,
            values: &values,
            trace: &trace,
        };
        let tip = of_neuron(&view, NodeId(2), Health::Fine).expect("it is there");
        let [x1, x2] = [0, 1].map(|id| project.network().name(NodeId(id)));
        assert_eq!(tip.lines[0], "a = tanh(z) = 0.98");
        assert_eq!(tip.lines[1], format!("z = 0.5·{x1} − 1·{x2} + 0.3 = 2.3"));
        assert_eq!(tip.lines[2], "bias b = 0.3");
        assert_eq!(tip.lines[3], "∂L/∂b = not known yet");
        let input = of_neuron(&view, NodeId(0), Health::Fine).expect("it is there");
        assert_eq!(input.lines, ["a = 2 in row 5"]);
        let dead = of_neuron(&view, NodeId(2), Health::Dead).expect("it is there");
        assert!(dead.lines[4].starts_with("Dead"));
        assert_eq!(of_neuron(&view, NodeId(99), Health::Fine), None);
    }

    #[test]
    fn of_a_long_sum_the_largest_terms_are_told_and_how_many_more_there_are() {
        let project = project(6);
        let (values, trace) = (Values::default(), TraceState::default());
        let view = TipView {
            project: &project,
            values: &values,
            trace: &trace,
        };
        let tip = of_neuron(&view, NodeId(6), Health::Fine).expect("it is there");
        let name = |id| project.network().name(NodeId(id));
        let expected = format!(
            "z = 1.5·{} − 2·{} + 2.5·{} − 3·{} + 2 more + 0.3",
            name(2),
            name(3),
            name(4),
            name(5)
        );
        assert_eq!(tip.lines[..2], ["a = tanh(z)".to_owned(), expected]);
    }

    #[test]
    fn a_wire_is_told_by_its_weight_its_gradient_and_what_it_carries() {
        let mut project = project(2);
        let frozen = Edit::SetFrozen {
            id: ElementId::weight(EdgeId(1)),
            is_frozen: true,
        };
        apply(&mut project, &frozen).expect("it can be frozen");
        let (values, trace) = (Values::default(), trace(NodeId(2)));
        let view = TipView {
            project: &project,
            values: &values,
            trace: &trace,
        };
        let tip = of_wire(&view, EdgeId(1)).expect("it is there");
        assert_eq!(
            tip.lines,
            [
                "w = −1, frozen",
                "∂L/∂w = not known yet",
                "w·a = −1 × −1 = 1 for row 5"
            ]
        );
        assert_eq!(of_wire(&view, EdgeId(9)), None);
        let pruned = Edit::SetPruned {
            id: ElementId::weight(EdgeId(1)),
            is_pruned: true,
        };
        apply(&mut project, &pruned).expect("it can be pruned");
        let view = TipView {
            project: &project,
            values: &values,
            trace: &trace,
        };
        let tip = of_wire(&view, EdgeId(1)).expect("it is there");
        assert_eq!(tip.lines[0], "w = 0, pruned");
    }

    #[test]
    fn a_bundle_is_told_by_how_many_wires_it_has_and_how_they_are() {
        let project = project(2);
        let facts = BundleFacts {
            wires: 3,
            weights: [-1.0, 0.25, 2.0],
            mean_size: 1.25,
            signs: [2, 1],
        };
        let ends = [Thing::Node(NodeId(0)), Thing::Node(NodeId(2))];
        let tip = of_bundle(&project, ends, &facts);
        assert!(tip.title.ends_with("· 3 wires"), "{}", tip.title);
        assert_eq!(
            tip.lines,
            [
                "67 % positive, 33 % negative",
                "mean |w| = 1.25, mean w = 0.25",
                "w from −1 to 2"
            ]
        );
        let none = of_bundle(&project, ends, &BundleFacts::default());
        assert!(none.lines[0].starts_with("0 % positive"));
    }
}
