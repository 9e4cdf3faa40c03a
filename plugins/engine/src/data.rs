//! The rows a network is trained and tested on: scaled, divided, and cut into chunks.

use std::collections::BTreeMap;

use datasets::{Assignment, Scaling, shuffle};
use network::random::{Purpose, stream};
use network::{Network, Node, NodeId, Role};
use project::{InputScaling, Project, column_of};

use crate::Part;
use crate::TraceRow;
use crate::compile::answer_size;
use crate::model::{self, Chunk};

/// Data rows computed at a time. Fixed, so that pauses never change a result; 64
/// keeps a chunk of a few hundred neurons in the second-level cache.
pub(crate) const CHUNK_ROWS: usize = 64;

/// An input or an output, and where its numbers are in a row.
#[derive(Clone, Debug, PartialEq)]
struct Field {
    node: NodeId,
    first: usize,
    size: usize,
    scaling: Scaling,
}

/// The table as the network sees it. Rows lie one after another: training reads
/// them in random order, and a row of an image is read at one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Data {
    fields: Vec<Field>,
    target_fields: Vec<Field>,
    rows: usize,
    input_size: usize,
    target_size: usize,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    pub(crate) parts: Assignment,
}

/// The nodes of a role in the order of their columns.
pub(crate) fn ordered(project: &Project, role: Role) -> Vec<NodeId> {
    project.ordered(role).map(|node| node.id).collect()
}

impl Data {
    pub(crate) fn new(project: &Project) -> Self {
        let settings = project.training();
        let table = project.table();
        let mut rng = stream(settings.seed, Purpose::Split, 0);
        let parts = project.split().assign(table.rows(), &mut rng);
        let scaling_of =
            |node: &Node| match (settings.input_scaling, table.column(column_of(node.id))) {
                (InputScaling::Standardise, Some(column)) => {
                    Scaling::fit_column(column, &parts.train)
                }
                _ => Scaling::default(),
            };
        let (fields, input_size) = fields(project, Role::Input, scaling_of);
        let (target_fields, target_size) = fields_unscaled(project, Role::Output);
        let inputs = gather(project, &fields, input_size);
        let targets = gather(project, &target_fields, target_size);
        Self {
            fields,
            target_fields,
            rows: table.rows(),
            input_size,
            target_size,
            inputs,
            targets,
            parts,
        }
    }

    /// The rows of a part.
    pub(crate) fn rows(&self, part: Part) -> &[u32] {
        match part {
            Part::Train => &self.parts.train,
            Part::Validation => &self.parts.validation,
            Part::Test => &self.parts.test,
        }
    }

    /// Whether there is such a row.
    pub(crate) fn has(&self, row: u32) -> bool {
        (row as usize) < self.rows
    }

    /// The training rows in the order of an epoch.
    pub(crate) fn order(&self, seed: u64, epoch: u32, is_shuffled: bool) -> Vec<u32> {
        let mut rows = self.parts.train.clone();
        if is_shuffled {
            let mut rng = stream(seed, Purpose::Shuffle, u64::from(epoch));
            shuffle(&mut rows, &mut rng);
        }
        rows
    }

    /// These rows, element-first.
    pub(crate) fn chunk(&self, rows: &[u32]) -> Chunk {
        Chunk {
            inputs: transposed(&self.inputs, self.input_size, rows),
            targets: transposed(&self.targets, self.target_size, rows),
            rows: rows.len(),
            noise: None,
        }
    }

    /// The targets of a row.
    pub(crate) fn targets(&self, row: u32) -> &[f32] {
        let first = row as usize * self.target_size;
        &self.targets[first..first + self.target_size]
    }

    /// The inputs of a row put in by hand, in the data's own units; those that are
    /// not named are 0.
    pub(crate) fn by_hand(&self, given: &[(NodeId, f32)]) -> Vec<f32> {
        by_hand(&self.fields, self.input_size, given)
    }

    /// A chunk of one row of inputs.
    pub(crate) fn chunk_of(&self, inputs: &[f32]) -> Chunk {
        Chunk {
            inputs: transposed(inputs, self.input_size, &[0]),
            targets: Vec::new(),
            rows: 1,
            noise: None,
        }
    }

    /// Where in a row an input is, and how it is scaled.
    pub(crate) fn place_of(&self, node: NodeId) -> Option<(usize, Scaling)> {
        let field = self.fields.iter().find(|field| field.node == node)?;
        Some((field.first, field.scaling))
    }

    /// The row to be looked at by itself; without targets the chunk has none. `Err`
    /// says why there is no such row.
    pub(crate) fn single(&self, row: &TraceRow) -> Result<Chunk, String> {
        match row {
            TraceRow::Table(row) if self.has(*row) => Ok(self.chunk(&[*row])),
            TraceRow::Table(row) => Err(format!(
                "There is no row {} in the data: it has {}.",
                u64::from(*row) + 1,
                match self.rows {
                    1 => "1 row".to_owned(),
                    rows => format!("{rows} rows"),
                }
            )),
            TraceRow::ByHand { inputs, targets } => {
                let mut chunk = self.chunk_of(&self.by_hand(inputs));
                let is_target = |field: &Field| targets.iter().any(|(node, _)| *node == field.node);
                if self.target_fields.iter().any(is_target) {
                    let targets = by_hand(&self.target_fields, self.target_size, targets);
                    chunk.targets = transposed(&targets, self.target_size, &[0]);
                }
                Ok(chunk)
            }
        }
    }

    /// Whether all targets of these elements are one of these two numbers.
    pub(crate) fn targets_are(&self, elements: &[usize], low: f32, high: f32) -> bool {
        let is_one = |target: Option<&f32>| target.is_none_or(|t| *t == low || *t == high);
        let mut rows = self.targets.chunks_exact(self.target_size.max(1));
        rows.all(|row| elements.iter().all(|&element| is_one(row.get(element))))
    }
}

fn fields(
    project: &Project,
    role: Role,
    scaling_of: impl Fn(&Node) -> Scaling,
) -> (Vec<Field>, usize) {
    let mut first = 0;
    let fields = project
        .ordered(role)
        .map(|node| {
            let size = size_of(project.network(), node);
            first += size;
            Field {
                node: node.id,
                first: first - size,
                size,
                scaling: scaling_of(node),
            }
        })
        .collect();
    (fields, first)
}

fn fields_unscaled(project: &Project, role: Role) -> (Vec<Field>, usize) {
    fields(project, role, |_| Scaling::default())
}

/// The numbers a node takes from its column; a column always has at least one.
fn size_of(network: &Network, node: &Node) -> usize {
    answer_size(network, node).max(1)
}

/// The first elements of these fields as given, scaled; the last of equals counts.
fn by_hand(fields: &[Field], width: usize, given: &[(NodeId, f32)]) -> Vec<f32> {
    let given: BTreeMap<NodeId, f32> = given.iter().copied().collect();
    let mut numbers = Vec::with_capacity(width);
    for field in fields {
        let value = given.get(&field.node).copied().unwrap_or_default();
        let value = if value.is_finite() { value } else { 0.0 };
        numbers.push(field.scaling.standardise(value));
        let rest = field.scaling.standardise(0.0);
        numbers.extend(std::iter::repeat_n(rest, field.size - 1));
    }
    numbers
}

/// All rows of these columns side by side, scaled.
fn gather(project: &Project, fields: &[Field], width: usize) -> Vec<f32> {
    let table = project.table();
    let mut numbers = vec![0.0; table.rows() * width];
    for field in fields {
        let Some(column) = table.column(column_of(field.node)) else {
            continue;
        };
        let rows = numbers.chunks_exact_mut(width);
        // A kind may give more than its column holds (a second port): that stays 0.
        let size = network::shape_size(&column.shape).max(1);
        for (row, values) in rows.zip(column.values.chunks_exact(size)) {
            let targets = &mut row[field.first..field.first + field.size];
            for (target, &value) in targets.iter_mut().zip(values) {
                *target = field.scaling.standardise(value);
            }
        }
    }
    numbers
}

/// Rows of `width` numbers as `[element][stride]`; rows that do not exist are 0.
fn transposed(numbers: &[f32], width: usize, rows: &[u32]) -> Vec<f32> {
    let stride = model::stride(rows.len());
    let mut out = vec![0.0; width * stride];
    for (column, &row) in rows.iter().enumerate() {
        let first = row as usize * width;
        let Some(values) = numbers.get(first..first + width) else {
            continue;
        };
        for (element, &value) in values.iter().enumerate() {
            out[element * stride + column] = value;
        }
    }
    out
}
