//! What happens at a stage of slow motion, in plain words and with its numbers.

use network::{Activation, ElementId, Network, Node, NodeId, Role};
use project::{Project, column_of};
use training::{Stage, Walk, node_of};

use crate::style::number;

/// So many neurons, and so many of the wires of each, are told one by one.
const MOST_NEURONS: usize = 2;
const MOST_TERMS: usize = 3;
const MOST_GRADIENTS: usize = 2;

/// A number as short as it may be: `0.5`, not `0.5000`.
#[must_use]
pub fn brief(value: f32) -> String {
    let text = number(value);
    if !text.contains('.') || text.contains('e') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What happens at the stage where a walk is; of a row of the table, which one.
#[must_use]
pub fn caption(project: &Project, walk: &Walk, row: Option<u32>) -> String {
    let network = project.network();
    match walk.stage() {
        Stage::Forward(0) => {
            let first = row.map_or_else(
                || "Your values come in".to_owned(),
                |row| format!("Row {} comes in", u64::from(row) + 1),
            );
            let given = walk.at_work().filter_map(|id| {
                let given = node_of(walk.trace(), id)?.output;
                Some(format!("{} = {}", network.name(id), brief(given)))
            });
            format!("{first}: {}.", listed(given, 6))
        }
        Stage::Forward(_) => told(walk.at_work(), |id| forward(network, walk, id)),
        Stage::Loss => loss(project, walk, row),
        Stage::Backward(_) => told(walk.at_work(), |id| backward(network, walk, id)),
        Stage::Update => update(project, walk),
    }
}

/// The sentences of the first few neurons, and how many more there are.
fn told(
    nodes: impl Iterator<Item = NodeId>,
    sentence: impl Fn(NodeId) -> Option<String>,
) -> String {
    let nodes: Vec<NodeId> = nodes.collect();
    let mut text: Vec<String> = nodes
        .iter()
        .take(MOST_NEURONS)
        .filter_map(|&id| sentence(id))
        .collect();
    match nodes.len().saturating_sub(MOST_NEURONS) {
        0 => {}
        1 => text.push("One more does the same.".to_owned()),
        more => text.push(format!("{more} more do the same.")),
    }
    text.join(" ")
}

/// Things side by side: all, or the first of them and how many more.
fn listed(things: impl Iterator<Item = String>, most: usize) -> String {
    let mut all: Vec<String> = things.collect();
    let more = all.len().saturating_sub(most);
    if more > 0 {
        all.truncate(most);
        all.push(format!("{more} more"));
    }
    match all.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A learnable number from before the step.
fn value(network: &Network, walk: &Walk, id: ElementId) -> Option<f32> {
    walk.numbers().get(network.layout().position(id)?).copied()
}

/// What enters a node: the name of each source, the weight, and what the source gives.
fn terms<'a>(
    network: &'a Network,
    walk: &'a Walk,
    id: NodeId,
) -> impl Iterator<Item = (NodeId, f32, f32)> + 'a {
    network.incoming(id).iter().filter_map(move |&edge| {
        let source = network.edge(edge)?.from.node();
        let weight = value(network, walk, ElementId::weight(edge))?;
        Some((source, weight, node_of(walk.trace(), source)?.output))
    })
}

fn forward(network: &Network, walk: &Walk, id: NodeId) -> Option<String> {
    let node = network.node(id)?;
    let at = node_of(walk.trace(), id)?;
    let Some(sum) = at.input else {
        return Some(format!("{} gives {}.", node.name, brief(at.output)));
    };
    let products = terms(network, walk, id)
        .map(|(_, weight, given)| format!("{} × {}", brief(weight), brief(given)));
    let bias = value(network, walk, ElementId::bias(id)).unwrap_or_default();
    Some(format!(
        "{} adds {} to its bias {} and gives {}.",
        node.name,
        listed(products, MOST_TERMS),
        brief(bias),
        bent(node, sum, at.output),
    ))
}

/// What the activation function makes of the sum.
fn bent(node: &Node, sum: f32, output: f32) -> String {
    match node.activation {
        Activation::Linear => brief(output),
        Activation::Softmax => format!(
            "{}, its share among the outputs (softmax of {})",
            brief(output),
            brief(sum)
        ),
        function => format!("{}({}) = {}", function.name(), brief(sum), brief(output)),
    }
}

fn loss(project: &Project, walk: &Walk, row: Option<u32>) -> String {
    let answers = project.ordered(Role::Output).filter_map(|node| {
        let answer = brief(node_of(walk.trace(), node.id)?.output);
        let column = project.table().column(column_of(node.id));
        let wanted = column
            .filter(|column| column.shape.is_empty())
            .zip(row)
            .and_then(|(column, row)| column.values.get(row as usize));
        Some(match wanted {
            Some(&wanted) => format!("{} answers {answer} to {} wanted", node.name, brief(wanted)),
            None => format!("{} answers {answer}", node.name),
        })
    });
    let loss = walk.trace().loss.unwrap_or_default();
    format!(
        "{}: the loss of this row is {}.",
        listed(answers, 4),
        brief(loss)
    )
}

fn backward(network: &Network, walk: &Walk, id: NodeId) -> Option<String> {
    let node = network.node(id)?;
    let delta = node_of(walk.trace(), id)?.delta?;
    let wires = terms(network, walk, id).map(|(source, _, given)| {
        format!(
            "from {} {} × {} = {}",
            network.name(source),
            brief(delta),
            brief(given),
            brief(delta * given),
        )
    });
    Some(format!(
        "The loss grows with the sum of {} by δ = {}, the gradient of its bias. Those of its \
         wires: {}.",
        node.name,
        brief(delta),
        listed(wires, MOST_GRADIENTS),
    ))
}

fn update(project: &Project, walk: &Walk) -> String {
    let network = project.network();
    let optimizer = project.training().optimizer.name();
    let (updates, numbers) = (&walk.trace().updates, walk.numbers());
    let most = (0..updates.len().min(numbers.len()))
        .max_by(|&one, &other| updates[one].abs().total_cmp(&updates[other].abs()))
        .filter(|&at| updates[at] != 0.0);
    let Some(most) = most else {
        return format!("{optimizer} finds nothing to change: learned.");
    };
    let name = name_of(network, most);
    format!(
        "{optimizer} has moved each number against its gradient, {name} the most: from {} by {} to {}.",
        brief(numbers[most]),
        brief(updates[most]),
        brief(numbers[most] + updates[most]),
    )
}

/// Whose number lies at a place of the canonical order.
fn name_of(network: &Network, place: usize) -> String {
    let layout = network.layout();
    let edge = layout
        .edges()
        .take_while(|&(_, start)| start <= place)
        .last()
        .and_then(|(id, _)| network.edge(id));
    if layout.edge_numbers().contains(&place)
        && let Some(edge) = edge
    {
        let (from, to) = (edge.from.node(), edge.to.node());
        return format!(
            "the weight from {} to {}",
            network.name(from),
            network.name(to)
        );
    }
    let node = layout
        .nodes()
        .take_while(|&(_, start)| start <= place)
        .last();
    node.map_or_else(
        || "one of them".to_owned(),
        |((id, _), _)| format!("the bias of {}", network.name(id)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_may_be() {
        for (value, text) in [
            (0.5, "0.5"),
            (-1.25, "−1.25"),
            (0.0, "0"),
            (100.0, "100"),
            (2.0, "2"),
            (0.123_456, "0.1235"),
        ] {
            assert_eq!(brief(value), text);
        }
    }

    #[test]
    fn things_side_by_side_are_joined_as_in_speech() {
        let list = |count: usize| listed((1..=count).map(|index| index.to_string()), 3);
        assert_eq!(list(0), "nothing");
        assert_eq!(list(1), "1");
        assert_eq!(list(3), "1, 2 and 3");
        assert_eq!(list(7), "1, 2, 3 and 4 more");
    }
}
