//! The gradient on its way back: measured level by level, and judged.

use std::collections::{BTreeMap, BTreeSet};

use dfdx::tensor::{Cpu, CpuError, Gradients};
use network::{Edge, Element, Network, Node, NodeId, Role, computation_order};

use crate::blocks::region::RowOf;
use crate::blocks::{Flow, LANES, put_gradient};
use crate::compile::Place;
use crate::loss::LossPlan;
use crate::model::stride;
use crate::{FlowVerdict, GradientFlow, Health, LevelGradient};

/// The most rows of a look whose gradients are measured: enough to tell sizes apart by
/// powers of ten.
const MOST_ROWS: u32 = 256;

/// So many looks say what is usual where training goes on from trained numbers: there
/// losses and gradients are small until an optimiser without a memory has shaken them.
const LOOKS_UNTIL_USUAL: u32 = 8;

/// Elements of a node that are watched.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Watched {
    first: RowOf,
    size: usize,
    /// Where it counts: 0 for the outputs, else the level by its place in the list, from 1.
    tally: usize,
    /// Its place among all nodes by number.
    index: usize,
}

/// Squares of gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    squares: f64,
    /// Elements of a row.
    elements: usize,
}

impl Tally {
    /// The root mean square.
    fn size(self, rows: u32) -> f64 {
        let count = self.elements as f64 * f64::from(rows);
        (self.squares / count.max(1.0)).sqrt()
    }

    fn and(self, other: Self) -> Self {
        Self {
            squares: self.squares + other.squares,
            elements: self.elements + other.elements,
        }
    }
}

/// What was usual when training began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usual {
    /// The size of the gradient, and the loss that went with it.
    size: f64,
    loss: f64,
    /// Looks that may still raise it.
    open: u32,
}

impl Usual {
    /// Nothing is known yet, of numbers that are fresh or were trained before.
    pub(crate) fn unknown(is_fresh: bool) -> Self {
        Self {
            size: 0.0,
            loss: 0.0,
            open: if is_fresh { 1 } else { LOOKS_UNTIL_USUAL },
        }
    }

    /// Takes a look; gives how many times as large the gradient is, and whether it and
    /// the loss are larger than they may become.
    fn compare(&mut self, size: f64, loss: f64) -> (Option<f32>, bool) {
        if self.open > 0 {
            self.open -= 1;
            if size > self.size {
                (self.size, self.loss) = (size, loss.max(self.loss));
            }
            return (None, false);
        }
        if self.size == 0.0 {
            return (None, false);
        }
        let growth = size / self.size;
        let is_growing = growth >= f64::from(GradientFlow::MOST_GROWTH) && loss > self.loss;
        (Some(growth as f32), is_growing)
    }
}

/// Measures gradients while a look at training is under way.
#[derive(Clone, Debug)]
pub(super) struct Backward {
    /// By where their values are.
    watched: Vec<Watched>,
    /// The outputs, then each level from the inputs on.
    tallies: Vec<Tally>,
    /// Number and neurons of each level.
    levels: Vec<(u32, u32)>,
    rows: u32,
    /// The losses of those rows added up.
    loss: f64,
    usual: Usual,
    /// What was found last.
    found: Option<GradientFlow>,
}

impl Default for Backward {
    fn default() -> Self {
        Self {
            watched: Vec::new(),
            tallies: Vec::new(),
            levels: Vec::new(),
            rows: 0,
            loss: 0.0,
            usual: Usual::unknown(true),
            found: None,
        }
    }
}

impl Backward {
    pub(super) fn new(network: &Network, places: &[Place], plan: &LossPlan, usual: Usual) -> Self {
        let compared = plan.rows();
        let begins = |place: &Place| compared.contains(&place.first);
        let ends = places.iter().filter(|place| begins(place));
        let levels = levels_that_learn(network, ends.map(|place| place.node));
        let numbers: BTreeSet<u32> = levels.values().copied().collect();
        let tally_of = |place: &Place| {
            if begins(place) {
                return Some(0);
            }
            let level = levels.get(&place.node)?;
            Some(1 + numbers.range(..level).count())
        };
        let watched = places.iter().enumerate().filter_map(|(index, place)| {
            Some(Watched {
                first: place.first,
                size: place.size,
                tally: tally_of(place)?,
                index,
            })
        });
        let mut watched: Vec<Watched> = watched.collect();
        watched.sort_by_key(|one| one.first);
        let mut tallies = vec![Tally::default(); numbers.len() + 1];
        let mut neurons = vec![0; numbers.len() + 1];
        for one in &watched {
            tallies[one.tally].elements += one.size;
            neurons[one.tally] += 1;
        }
        Self {
            watched,
            tallies,
            levels: numbers
                .into_iter()
                .zip(neurons.into_iter().skip(1))
                .collect(),
            usual,
            ..Self::default()
        }
    }

    /// Forgets what was found.
    pub(super) fn forget(&mut self) {
        self.begin();
        self.found = None;
    }

    pub(super) fn set_usual(&mut self, usual: Usual) {
        self.usual = usual;
    }

    /// Forgets what the look under way has measured.
    pub(super) fn begin(&mut self) {
        self.rows = 0;
        self.loss = 0.0;
        for tally in &mut self.tallies {
            tally.squares = 0.0;
        }
    }

    /// Whether it has seen enough rows. A network without a hidden level has nothing that
    /// could vanish, but may grow.
    pub(super) fn has_enough(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    /// Takes the gradients of a chunk of rows off the tape: those of `scale` times the
    /// losses, whose sum is `loss`.
    pub(super) fn add(
        &mut self,
        values: &[Flow],
        gradients: &mut Gradients<f32, Cpu>,
        rows: usize,
        (scale, loss): (f64, f64),
    ) -> Result<(), CpuError> {
        let stride = stride(rows);
        let unscale = 1.0 / (scale * scale);
        for of_value in self
            .watched
            .chunk_by(|one, other| one.first.value == other.first.value)
        {
            let Some(flow) = of_value.first().and_then(|one| values.get(one.first.value)) else {
                continue;
            };
            let numbers = flow.take_gradient(gradients)?;
            for one in of_value {
                let first = one.first.row * stride;
                let of_node = numbers.get(first..first + one.size * stride).unwrap_or(&[]);
                let of_rows = of_node.chunks(stride.max(1)).map(|row| &row[..rows]);
                let squares: f64 = of_rows.map(sum_of_squares).sum();
                self.tallies[one.tally].squares += squares * unscale;
            }
            put_gradient(gradients, &flow.key, numbers)?;
        }
        self.rows = self.rows.saturating_add(rows as u32);
        self.loss += loss;
        Ok(())
    }

    /// Judges what the look has measured; without measurements, or when they left the
    /// range of numbers, what was found before stays. Gives whether there is news.
    pub(super) fn finish(&mut self) -> bool {
        let rows = std::mem::take(&mut self.rows);
        let all = self
            .tallies
            .iter()
            .copied()
            .fold(Tally::default(), Tally::and);
        let all = all.size(rows);
        if rows == 0 || !all.is_finite() || !self.loss.is_finite() {
            return false;
        }
        let (growth, is_growing) = self.usual.compare(all, self.loss / f64::from(rows));
        let size = |tally: &Tally| tally.size(rows) as f32;
        let levels = self.levels.iter().zip(self.tallies.iter().skip(1));
        let level = |(&(level, neurons), tally): (&(u32, u32), &Tally)| LevelGradient {
            level,
            neurons,
            size: size(tally),
        };
        let mut flow = GradientFlow {
            verdict: FlowVerdict::Even,
            rows,
            at_outputs: self.tallies.first().map_or(0.0, size),
            levels: levels.map(level).collect(),
            growth,
        };
        let first = flow.levels.first().map(|first| first.size);
        flow.verdict = match first {
            _ if is_growing => FlowVerdict::Growing,
            // When all is learned, nothing comes back anywhere.
            _ if flow.at_outputs == 0.0 => FlowVerdict::Even,
            Some(first) if first <= GradientFlow::LEAST_SHARE * flow.at_outputs => {
                FlowVerdict::Vanishing
            }
            Some(first) if first >= GradientFlow::MOST_SHARE * flow.at_outputs => {
                FlowVerdict::Exploding
            }
            _ => FlowVerdict::Even,
        };
        self.found = Some(flow);
        true
    }

    /// What was found last.
    pub(super) fn found(&self) -> Option<&GradientFlow> {
        self.found.as_ref()
    }

    /// Says of the neurons of levels that are concerned what is wrong there, where nothing
    /// else is. The list is by number.
    pub(super) fn mark(&self, health: &mut [Health]) {
        let Some(found) = &self.found else {
            return;
        };
        let illness = match found.verdict {
            FlowVerdict::Even => return,
            FlowVerdict::Vanishing => Health::Vanishing,
            FlowVerdict::Exploding | FlowVerdict::Growing => Health::Exploding,
        };
        let concerned = 1..=found.levels_concerned();
        let ill = self.watched.iter();
        for one in ill.filter(|one| concerned.contains(&one.tally)) {
            if let Some(health) = health.get_mut(one.index)
                && *health == Health::Fine
            {
                *health = illness;
            }
        }
    }
}

/// The hidden nodes from which a way leads to one of these outputs, and the level of each,
/// where the level has something that may be learned.
fn levels_that_learn(
    network: &Network,
    outputs: impl Iterator<Item = NodeId>,
) -> BTreeMap<NodeId, u32> {
    let ids: Vec<NodeId> = network.nodes().map(|node| node.id).collect();
    let place = |id: NodeId| {
        // Mostly they are numbered through.
        let direct = id.0 as usize;
        match ids.get(direct) {
            Some(&there) if there == id => Some(direct),
            _ => ids.binary_search(&id).ok(),
        }
    };
    let order = computation_order(network);
    let mut leads = vec![false; ids.len()];
    for at in outputs.filter_map(place) {
        leads[at] = true;
    }
    for &id in order.iter().rev() {
        if place(id).is_some_and(|at| leads[at]) {
            for at in sources(network, id).filter_map(place) {
                leads[at] = true;
            }
        }
    }
    let mut levels = vec![0; ids.len()];
    let mut hidden: Vec<(NodeId, u32)> = Vec::new();
    let mut learning: BTreeSet<u32> = BTreeSet::new();
    for &id in &order {
        let (Some(node), Some(at)) = (network.node(id), place(id)) else {
            continue;
        };
        let role = network.role(node);
        if role == Role::Input {
            continue;
        }
        let before = sources(network, id).filter_map(place);
        let level = before.map(|source| levels[source]).max().unwrap_or(0) + 1;
        levels[at] = level;
        if role == Role::Hidden && leads[at] {
            hidden.push((id, level));
            if !learning.contains(&level) && may_learn(network, node) {
                learning.insert(level);
            }
        }
    }
    let those = hidden.into_iter();
    those
        .filter(|(_, level)| learning.contains(level))
        .collect()
}

/// Where the connections that are not pruned come from.
fn sources(network: &Network, id: NodeId) -> impl Iterator<Item = NodeId> {
    let edges = network.incoming(id).iter();
    let is_whole = |edge: &&Edge| edge.weight.elements().iter().any(|one| !one.is_pruned);
    let edges = edges
        .filter_map(|&edge| network.edge(edge))
        .filter(is_whole);
    edges.map(|edge| edge.from.node())
}

/// Whether training may change a number of this node, or of a connection into it.
fn may_learn(network: &Network, node: &Node) -> bool {
    let of_node = node.parameters.iter();
    let edges = network.incoming(node.id).iter();
    let of_edges = edges.filter_map(|&edge| Some(&network.edge(edge)?.weight));
    node.learning.rate_factor > 0.0
        && of_node
            .chain(of_edges)
            .any(|parameter| parameter.elements().iter().any(Element::is_learnable))
}

fn sum_of_squares(numbers: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; LANES];
    let chunks = numbers.chunks_exact(LANES);
    let rest: f64 = chunks
        .remainder()
        .iter()
        .map(|&x| f64::from(x) * f64::from(x))
        .sum();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(x) * f64::from(x);
        }
    }
    rest + lanes.iter().sum::<f64>()
}
