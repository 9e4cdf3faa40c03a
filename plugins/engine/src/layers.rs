//! The sorting of plain neurons into layers: dense where they are nearly complete, sparse elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use network::{Activation, NodeId};

use crate::activation::needs_sums;
use crate::blocks::dense::DenseTerm;
use crate::blocks::region::{Layer, Region, RowOf};
use crate::blocks::sparse::SparseEdges;

/// A matrix is worth it from this share of connections that exist. Below, the
/// zeros in it cost more than the sparse rows' bookkeeping.
const LEAST_DENSITY: f64 = 0.4;

/// And from this many entries: smaller products are dominated by packing.
const LEAST_ENTRIES: usize = 256;

/// Where a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Incoming {
    /// An earlier value.
    Import(RowOf),
    /// The neuron of this index, earlier in the list.
    Neuron(usize),
}

/// A plain neuron: activation(Σ weight · value + bias).
#[derive(Clone, Debug)]
pub(crate) struct Neuron {
    /// The canonical place of its bias.
    pub(crate) bias: Option<usize>,
    pub(crate) activation: Activation,
    /// Itself, and the chance that its value is left out.
    pub(crate) dropout: Option<(NodeId, f32)>,
    /// Connections with the canonical places of their weights.
    pub(crate) incoming: Vec<(Incoming, usize)>,
}

/// A region and where everything in it went.
pub(crate) struct Built {
    pub(crate) region: Region,
    pub(crate) rows_of_neurons: Vec<usize>,
    /// Canonical place and place in the engine's order.
    pub(crate) slots: Vec<(usize, u32)>,
    /// The engine's parameters with these.
    pub(crate) parameters: usize,
}

/// Builds the region of these neurons, which stand in an order of computation;
/// its parameters begin at `first_parameter`. `None` when there are too many to
/// count.
pub(crate) fn build_region(neurons: &[Neuron], first_parameter: usize) -> Option<Built> {
    let levels = levels_of(neurons);
    let mut builder = Builder::new(neurons, &levels, first_parameter);
    let mut by_level: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (neuron, &level) in levels.iter().enumerate() {
        by_level.entry(level).or_default().push(neuron);
    }
    let mut waiting: Vec<usize> = Vec::new();
    for members in by_level.values() {
        let dense = builder.dense_groups(members);
        if dense.is_empty() {
            // Sparse levels run together: the kernel needs an order, not levels.
            waiting.extend(members);
        } else {
            builder.add_layer(&std::mem::take(&mut waiting), &BTreeSet::new());
            builder.add_layer(members, &dense);
        }
    }
    builder.add_layer(&waiting, &BTreeSet::new());
    builder.finish_sparse();
    u32::try_from(builder.parameters).ok()?;
    Some(Built {
        region: builder.region,
        rows_of_neurons: builder.row_of,
        slots: builder.slots,
        parameters: builder.parameters,
    })
}

/// The longest way to each neuron: from 1, imports being at 0.
pub(crate) fn levels_of(neurons: &[Neuron]) -> Vec<usize> {
    let mut levels: Vec<usize> = Vec::with_capacity(neurons.len());
    for neuron in neurons {
        let before = neuron.incoming.iter().map(|(source, _)| match source {
            Incoming::Import(_) => 0,
            Incoming::Neuron(index) => levels[*index],
        });
        levels.push(before.max().unwrap_or(0) + 1);
    }
    levels
}

/// A run of rows that may be the sources of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Data,
    Learned,
    Level(usize),
}

struct Builder<'a> {
    neurons: &'a [Neuron],
    levels: &'a [usize],
    level_sizes: BTreeMap<usize, usize>,
    region: Region,
    row_of_import: BTreeMap<RowOf, usize>,
    row_of: Vec<usize>,
    /// First row and number of rows.
    groups: BTreeMap<Group, (usize, usize)>,
    slots: Vec<(usize, u32)>,
    parameters: usize,
    /// Connections outside matrices: source, target, and the canonical place.
    sparse: Vec<((u32, u32), usize)>,
}

impl<'a> Builder<'a> {
    fn new(neurons: &'a [Neuron], levels: &'a [usize], first_parameter: usize) -> Self {
        // Ascending order puts the data, value 0, first.
        let imports: BTreeSet<RowOf> = neurons
            .iter()
            .flat_map(|neuron| &neuron.incoming)
            .filter_map(|(source, _)| match source {
                Incoming::Import(row) => Some(*row),
                Incoming::Neuron(_) => None,
            })
            .collect();
        let data_imports = imports.iter().take_while(|row| row.value == 0).count();
        let imports: Vec<RowOf> = imports.into_iter().collect();
        let mut level_sizes = BTreeMap::new();
        for &level in levels {
            *level_sizes.entry(level).or_default() += 1;
        }
        let mut groups = BTreeMap::new();
        groups.insert(Group::Data, (0, data_imports));
        groups.insert(Group::Learned, (data_imports, imports.len() - data_imports));
        Self {
            neurons,
            levels,
            level_sizes,
            row_of_import: imports.iter().copied().zip(0..).collect(),
            region: Region {
                rows: imports.len(),
                imports,
                data_imports,
                layers: Vec::new(),
                sparse: SparseEdges::default(),
                kept: 0,
            },
            row_of: vec![0; neurons.len()],
            groups,
            slots: Vec::new(),
            parameters: first_parameter,
            sparse: Vec::new(),
        }
    }

    fn group(&self, source: Incoming) -> Group {
        match source {
            Incoming::Import(row) if row.value == 0 => Group::Data,
            Incoming::Import(_) => Group::Learned,
            Incoming::Neuron(index) => Group::Level(self.levels[index]),
        }
    }

    fn row(&self, source: Incoming) -> usize {
        match source {
            Incoming::Import(row) => self.row_of_import.get(&row).copied().unwrap_or_default(),
            Incoming::Neuron(index) => self.row_of[index],
        }
    }

    /// The groups that enter a level nearly completely.
    fn dense_groups(&self, members: &[usize]) -> BTreeSet<Group> {
        let mut counts: BTreeMap<Group, usize> = BTreeMap::new();
        for &member in members {
            for &(source, _) in &self.neurons[member].incoming {
                *counts.entry(self.group(source)).or_default() += 1;
            }
        }
        let is_dense = |group: &Group, count: usize| {
            // Levels still waiting in a sparse run have no rows of their own yet.
            let sources = match group {
                Group::Level(level) => self.level_sizes.get(level).copied().unwrap_or_default(),
                _ => self.groups.get(group).map_or(0, |&(_, rows)| rows),
            };
            let entries = sources * members.len();
            entries >= LEAST_ENTRIES && count as f64 >= LEAST_DENSITY * entries as f64
        };
        counts
            .into_iter()
            .filter(|(group, count)| is_dense(group, *count))
            .map(|(group, _)| group)
            .collect()
    }

    /// Puts neurons into consecutive rows.
    fn add_layer(&mut self, members: &[usize], dense: &BTreeSet<Group>) {
        if members.is_empty() {
            return;
        }
        let first_row = self.region.rows;
        for (&member, row) in members.iter().zip(first_row..) {
            self.row_of[member] = row;
            let (_, rows) = self
                .groups
                .entry(Group::Level(self.levels[member]))
                .or_insert((row, 0));
            *rows += 1;
        }
        self.region.rows += members.len();
        let biases = self.parameters;
        for (&member, slot) in members.iter().zip(biases..) {
            if let Some(canonical) = self.neurons[member].bias {
                self.slots.push((canonical, slot as u32));
            }
        }
        self.parameters += members.len();
        let terms = self.add_dense(members, dense);
        self.add_sparse(members, dense);
        let activations = members
            .iter()
            .map(|&member| self.neurons[member].activation)
            .collect();
        let kept = members.iter().map(|&member| self.keep(member)).collect();
        let dropouts = members
            .iter()
            .enumerate()
            .filter_map(|(index, &member)| Some((index, self.neurons[member].dropout?)))
            .collect();
        self.region.layers.push(Layer {
            first_row,
            activations,
            kept,
            dropouts,
            biases,
            dense: terms,
        });
    }

    /// A place for the sum of a neuron, if its slope needs it: what is left out and
    /// made up for shows in the value, so that it no longer tells the slope.
    fn keep(&mut self, member: usize) -> Option<u32> {
        let neuron = &self.neurons[member];
        let is_needed = needs_sums(neuron.activation) || neuron.dropout.is_some();
        is_needed.then(|| {
            self.region.kept += 1;
            self.region.kept as u32 - 1
        })
    }

    fn add_dense(&mut self, members: &[usize], dense: &BTreeSet<Group>) -> Vec<DenseTerm> {
        let mut terms = Vec::with_capacity(dense.len());
        for &group in dense {
            let Some(&(first_source, sources)) = self.groups.get(&group) else {
                continue;
            };
            let weights = self.parameters;
            for (index, &member) in members.iter().enumerate() {
                for &(source, canonical) in &self.neurons[member].incoming {
                    if self.group(source) == group {
                        let column = self.row(source) - first_source;
                        let slot = weights + index * sources + column;
                        self.slots.push((canonical, slot as u32));
                    }
                }
            }
            self.parameters += members.len() * sources;
            terms.push(DenseTerm {
                first_source,
                sources,
                weights,
                needs_gradient: group != Group::Data,
            });
        }
        terms
    }

    fn add_sparse(&mut self, members: &[usize], dense: &BTreeSet<Group>) {
        for &member in members {
            let target = self.row_of[member] as u32;
            for &(source, canonical) in &self.neurons[member].incoming {
                if !dense.contains(&self.group(source)) {
                    let pair = (self.row(source) as u32, target);
                    self.sparse.push((pair, canonical));
                }
            }
        }
    }

    /// When all rows are known.
    fn finish_sparse(&mut self) {
        let pairs: Vec<(u32, u32)> = self.sparse.iter().map(|&(pair, _)| pair).collect();
        let first = self.parameters;
        let (edges, places) = SparseEdges::new(self.region.rows, first, &pairs);
        let places = self.sparse.iter().zip(places);
        let slots = places.map(|(&(_, canonical), place)| (canonical, first as u32 + place));
        self.slots.extend(slots);
        self.parameters += edges.len();
        self.region.sparse = edges;
    }
}
