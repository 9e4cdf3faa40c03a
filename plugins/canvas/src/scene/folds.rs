//! Folded groups and their bundles, put together from the neurons and wires they hide.

use bevy::prelude::*;
use geometry::{Rect, folded_group};
use graph::{Document, Folding, GroupId, Thing, Values};
use network::Role;

use super::structure::kind_of;
use super::{Drawn, SceneSystems};
use crate::drawing::{
    BundleEnd, GroupInstance, Groups, Marks, NeuronInstance, NeuronInstances, NeuronKind,
    NeuronValues, WireInstance, WireStyle, WireValues, bundle_between,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Folds>();
    app.add_systems(PostUpdate, follow_folds.in_set(SceneSystems::Fold));
}

/// Bars in the distribution of the weights of a bundle; the middle one holds zero.
pub const BINS: usize = 15;

/// One folded group as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnGroup {
    /// Which.
    pub id: GroupId,
    /// Where it is, in world units.
    pub rect: Rect,
    /// Columns and rows of its picture.
    picture: [usize; 2],
    /// The slots of its members, in the order of its picture.
    members: Vec<usize>,
    /// Where its values begin among all cells.
    first_cell: usize,
}

/// One bundle as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// Where it comes from.
    pub from: Thing,
    /// Where it goes.
    pub to: Thing,
    /// The slots of its wires.
    wires: Vec<usize>,
    /// The root mean square of its weights.
    pub strength: f32,
    /// The share of the sum of squares that is of positive weights, from 0 to 1.
    pub share: f32,
    /// The largest size of a weight: the bars go from minus that to that.
    pub limit: f32,
    /// How many weights are in each bar.
    pub bins: [u32; BINS],
    /// The smallest, the mean and the largest weight.
    pub weights: [f32; 3],
    /// How many weights are positive, and how many negative.
    pub signs: [usize; 2],
    /// The mean size of a weight.
    pub mean_size: f32,
}

impl Bundle {
    /// How many wires it has.
    #[must_use]
    pub fn wires(&self) -> usize {
        self.wires.len()
    }

    /// What its colours tell of the gradients of its wires: before the point the tone of
    /// their root mean square in steps of 1/255, behind it the share of the positive ones.
    fn slope(&self, gradients: &[f32], gain: f32) -> f32 {
        let gradient = |&slot: &usize| {
            let gradient: f32 = gradients.get(slot).copied().unwrap_or_default();
            if gradient.is_finite() { gradient } else { 0.0 }
        };
        let squares = Squares::of(self.wires.iter().map(gradient));
        let mean = (squares.all / self.wires.len().max(1) as f64).sqrt() as f32;
        let level = (255.0 * theme::gradient_tone(mean, gain)).round();
        level + squares.share().clamp(0.0, 0.999)
    }

    /// Looks at the weights anew.
    fn measure(&mut self, weights: &[f32]) {
        let weight = |&slot: &usize| {
            let weight: f32 = weights.get(slot).copied().unwrap_or_default();
            if weight.is_finite() { weight } else { 0.0 }
        };
        let (mut limit, mut sum, mut sizes) = (0.0_f32, 0.0_f64, 0.0_f64);
        let mut range = [f32::INFINITY, f32::NEG_INFINITY];
        self.signs = [0; 2];
        for weight in self.wires.iter().map(weight) {
            limit = limit.max(weight.abs());
            sum += f64::from(weight);
            sizes += f64::from(weight.abs());
            range = [range[0].min(weight), range[1].max(weight)];
            self.signs[0] += usize::from(weight > 0.0);
            self.signs[1] += usize::from(weight < 0.0);
        }
        let count = self.wires.len().max(1) as f64;
        let squares = Squares::of(self.wires.iter().map(weight));
        self.limit = limit;
        self.mean_size = (sizes / count) as f32;
        self.weights = if self.wires.is_empty() {
            [0.0; 3]
        } else {
            [range[0], (sum / count) as f32, range[1]]
        };
        self.strength = (squares.all / count).sqrt() as f32;
        self.share = squares.share();
        self.bins = [0; BINS];
        for weight in self.wires.iter().map(weight) {
            self.bins[bin_of(weight, limit)] += 1;
        }
    }
}

/// The sum of the squares of numbers, and that of the positive ones.
#[derive(Default)]
struct Squares {
    all: f64,
    positive: f64,
}

impl Squares {
    fn of(numbers: impl Iterator<Item = f32>) -> Self {
        numbers.fold(Self::default(), |sums, number| {
            let square = f64::from(number) * f64::from(number);
            let positive = if number > 0.0 { square } else { 0.0 };
            Self {
                all: sums.all + square,
                positive: sums.positive + positive,
            }
        })
    }

    /// The share of the positive ones; half and half where there is nothing.
    fn share(&self) -> f32 {
        if self.all > 0.0 {
            (self.positive / self.all) as f32
        } else {
            0.5
        }
    }
}

/// The bar of a weight among those from minus the limit to the limit.
fn bin_of(weight: f32, limit: f32) -> usize {
    if limit <= 0.0 {
        return BINS / 2;
    }
    let along = (weight / limit + 1.0) * 0.5 * BINS as f32;
    (along as usize).min(BINS - 1)
}

/// The folded groups and bundles that are drawn, in the order of
/// [`Groups`](crate::drawing::Groups).
#[derive(Resource, Clone, Debug, Default)]
pub struct Folds {
    /// The groups.
    pub groups: Vec<DrawnGroup>,
    /// The bundles.
    pub bundles: Vec<Bundle>,
    seen: Seen,
}

/// What they were put together from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    folding: u64,
    generation: u64,
    neurons: u64,
    signals: u64,
    weights: u64,
    /// Of the gradients, where colours tell them, and the gain.
    gradients: Option<(u64, u32)>,
}

/// Follows what the hidden neurons and wires do. Costs a few comparisons when they
/// do nothing, and otherwise what is folded.
pub(super) fn follow_folds(
    document: Res<Document>,
    folding: Res<Folding>,
    drawn: Res<Drawn>,
    values: Res<Values>,
    neurons: Res<NeuronInstances>,
    signals: Res<NeuronValues>,
    wires: Res<WireValues>,
    style: Res<WireStyle>,
    mut folds: ResMut<Folds>,
    mut groups: ResMut<Groups>,
) {
    let now = Seen {
        folding: drawn.folding,
        generation: drawn.generation,
        neurons: neurons.revision(),
        signals: signals.revision(),
        weights: wires.weights.revision(),
        gradients: style
            .tells
            .gradient_gain()
            .map(|gain| (wires.gradients.revision(), gain.to_bits())),
    };
    // Bypassed, so that what is only looked at does not count as changed.
    let before = folds.seen;
    if before == now || folding.revision() != drawn.folding {
        return;
    }
    let is_other = (before.folding, before.generation) != (now.folding, now.generation);
    if folds.groups.is_empty() && !is_other {
        folds.bypass_change_detection().seen = now;
        return;
    }
    let folds = &mut *folds;
    folds.seen = now;
    if is_other {
        rebuild(&document, &folding, &drawn, folds, &mut groups);
    }
    if is_other || before.neurons != now.neurons {
        place(folds, neurons.as_slice(), &mut groups);
    }
    if is_other || before.signals != now.signals {
        let has_signals = !values.signals().is_empty();
        let number = |slot: usize| {
            let value = signals.as_slice().get(slot).copied().unwrap_or_default();
            let number = if has_signals {
                value.activation
            } else {
                value.bias
            };
            if number.is_finite() { number } else { 0.0 }
        };
        paint(folds, number, &mut groups);
    }
    if is_other || before.weights != now.weights {
        let weights = wires.weights.as_slice();
        folds
            .bundles
            .iter_mut()
            .for_each(|bundle| bundle.measure(weights));
        let bundles = &folds.bundles;
        groups
            .strengths
            .replace(bundles.iter().map(|bundle| bundle.strength).collect());
    }
    let is_told_otherwise = before.gradients != now.gradients;
    if is_other || is_told_otherwise || before.weights != now.weights {
        let gradients = wires.gradients.as_slice();
        let told = folds
            .bundles
            .iter()
            .map(|bundle| match style.tells.gradient_gain() {
                None => bundle.share,
                Some(gain) => bundle.slope(gradients, gain),
            });
        groups.shares.replace(told.collect());
    }
}

/// Other groups are folded, or their members have other slots.
fn rebuild(
    document: &Document,
    folding: &Folding,
    drawn: &Drawn,
    folds: &mut Folds,
    groups: &mut Groups,
) {
    let project = document.project();
    let network = project.network();
    let folded = folding.folded();
    let mut first_cell = 0;
    let mut instances = Vec::new();
    folds.groups.clear();
    for group in folded.groups().filter_map(|id| project.group(id)) {
        let members: Vec<usize> = group
            .members
            .iter()
            .filter_map(|&id| drawn.nodes.find(id))
            .collect();
        let mut roles = group
            .members
            .iter()
            .filter_map(|&id| network.node(id))
            .map(|node| network.role(node));
        let first = roles.next().unwrap_or(Role::Hidden);
        let kind = if roles.all(|role| role == first) {
            kind_of(first)
        } else {
            NeuronKind::Hidden
        };
        let picture = group.picture_size();
        let cells = first_cell..first_cell + members.len();
        instances.push(GroupInstance::new(kind, picture[0], cells.clone()));
        folds.groups.push(DrawnGroup {
            id: group.id,
            rect: Rect::around([0.0; 2], 0.0),
            picture,
            members,
            first_cell,
        });
        first_cell = cells.end;
    }
    groups.instances.replace(instances);
    groups.cells.replace(vec![0.0; first_cell]);

    let end = |thing: Thing| match thing {
        Thing::Node(id) => drawn.nodes.find(id).map(BundleEnd::Neuron),
        Thing::Group(id) => {
            let index = folds
                .groups
                .binary_search_by_key(&id, |group| group.id)
                .ok();
            index.map(BundleEnd::Group)
        }
    };
    folds.bundles = folded
        .bundles()
        .map(|(from, to, edges)| Bundle {
            from,
            to,
            wires: edges
                .iter()
                .filter_map(|&id| drawn.edges.find(id))
                .collect(),
            strength: 0.0,
            share: 0.5,
            limit: 0.0,
            bins: [0; BINS],
            weights: [0.0; 3],
            signs: [0; 2],
            mean_size: 0.0,
        })
        .collect();
    let faces = folds.bundles.iter().map(|bundle| {
        let ends = end(bundle.from).zip(end(bundle.to));
        ends.map_or(WireInstance::GONE, |(from, to)| bundle_between(from, to))
    });
    groups.bundles.replace(faces.collect());
}

/// The groups go where their members are, and wear the marks these share.
fn place(folds: &mut Folds, neurons: &[NeuronInstance], groups: &mut Groups) {
    for (index, group) in folds.groups.iter_mut().enumerate() {
        let members = || group.members.iter().filter_map(|&slot| neurons.get(slot));
        let places = members().map(|member| member.position);
        let Some(rect) = folded_group(places, group.picture) else {
            continue;
        };
        group.rect = rect;
        let mut marks = Marks::NONE;
        for mark in [Marks::SELECTED, Marks::FROZEN] {
            if members().all(|member| member.marks().contains(mark)) {
                marks = marks.with(mark);
            }
        }
        for mark in [Marks::UPSTREAM, Marks::DOWNSTREAM] {
            if members().any(|member| member.marks().contains(mark)) {
                marks = marks.with(mark);
            }
        }
        let position = rect.centre();
        let half_size = rect.size().map(|size| 0.5 * size);
        let is_same = groups.instances.as_slice().get(index).is_some_and(|shown| {
            (shown.position, shown.half_size, shown.marks) == (position, half_size, marks)
        });
        if !is_same {
            groups.instances.edit(index, |shown| {
                shown.position = position;
                shown.half_size = half_size;
                shown.marks = marks;
            });
        }
    }
}

/// The values of the members become the picture: as they are, or by the largest of
/// them where that is above one.
fn paint(folds: &Folds, number: impl Fn(usize) -> f32, groups: &mut Groups) {
    for (index, group) in folds.groups.iter().enumerate() {
        let numbers: Vec<f32> = group.members.iter().map(|&slot| number(slot)).collect();
        let most = numbers
            .iter()
            .fold(1.0_f32, |most, number| most.max(number.abs()));
        let cells: Vec<f32> = numbers.iter().map(|number| number / most).collect();
        groups.cells.overwrite(group.first_cell, &cells);
        let squares: f32 = cells.iter().map(|cell| cell * cell).sum();
        let signal = most * (squares / cells.len().max(1) as f32).sqrt();
        if groups
            .instances
            .as_slice()
            .get(index)
            .is_some_and(|shown| shown.signal != signal)
        {
            groups.instances.edit(index, |shown| shown.signal = signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(weights: &[f32]) -> Bundle {
        let mut bundle = Bundle {
            from: Thing::Group(GroupId(0)),
            to: Thing::Group(GroupId(1)),
            wires: (0..weights.len()).collect(),
            strength: 0.0,
            share: 0.5,
            limit: 0.0,
            bins: [0; BINS],
            weights: [0.0; 3],
            signs: [0; 2],
            mean_size: 0.0,
        };
        bundle.measure(weights);
        bundle
    }

    #[test]
    fn a_bundle_is_as_strong_as_the_root_mean_square_of_its_weights() {
        let bundle = bundle(&[3.0, -4.0, 0.0, 0.0]);
        assert_eq!(bundle.strength, 2.5);
        assert!((bundle.share - 9.0 / 25.0).abs() < 1e-6);
        assert_eq!(bundle.limit, 4.0);
        assert_eq!(bundle.weights, [-4.0, -0.25, 3.0]);
        assert_eq!((bundle.signs, bundle.mean_size), ([1, 1], 1.75));
    }

    #[test]
    fn the_colours_of_a_bundle_tell_how_strong_its_gradients_are_and_how_many_rise() {
        let bundle = bundle(&[1.0; 4]);
        let told = bundle.slope(&[3.0, -4.0, 0.0, f32::NAN], 0.4);
        assert_eq!(told.floor(), 128.0, "the tone of 2.5 · 0.4 is a half");
        assert!((told.fract() - 9.0 / 25.0).abs() < 1e-3);
        let all_rise = bundle.slope(&[1.0; 4], 1e9);
        assert!(all_rise.floor() == 255.0 && all_rise.fract() > 0.99);
        assert_eq!(bundle.slope(&[], 1.0), 0.5);
    }

    #[test]
    fn each_weight_is_in_one_bar_of_the_distribution_and_zero_in_the_middle() {
        let bundle = bundle(&[-2.0, 0.0, 0.0, 1.0, 2.0, f32::NAN]);
        assert_eq!(bundle.bins.iter().sum::<u32>(), 6);
        assert_eq!(bundle.bins[0], 1);
        assert_eq!(bundle.bins[BINS / 2], 3, "what is no number counts as zero");
        assert_eq!(bundle.bins[BINS - 1], 1);
        assert_eq!(self::bundle(&[0.0, 0.0]).bins[BINS / 2], 2);
    }
}
