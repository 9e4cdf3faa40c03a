//! What is costly to know, kept until an edit or a report makes it old.

use std::collections::BTreeMap;

use bevy::prelude::*;
use bevy_egui::egui::Context;
use datasets::{Column, Split};
use graph::{Document, EditSystems, Edited, Selection, Subject};
use network::random::{Purpose, stream};
use network::{NodeId, Role, Warning, warnings};
use project::{Project, TrainingProblem, TrainingRemark};
use theme::Theme;
use training::{EpochLoss, Losses, Maps, Part, Progress, Spreads};

use crate::chart::{self, Chart};
use crate::curve::Curve;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Known>();
    app.add_systems(
        Update,
        (
            follow_project,
            follow_losses.run_if(resource_changed::<Progress>),
        )
            .after(EditSystems::Apply),
    );
}

/// What panels show and would be costly to find out in each pass.
#[derive(Resource, Default)]
pub(crate) struct Known {
    is_fresh: bool,
    divided: Option<(usize, Split, u64)>,
    /// The part of each row.
    pub(crate) parts: Vec<Part>,
    /// Rows in training, validation, test.
    pub(crate) counts: [usize; 3],
    /// Lowest and highest value of each scalar column.
    pub(crate) ranges: BTreeMap<NodeId, [f32; 2]>,
    /// What is probably not meant.
    pub(crate) warnings: Vec<Warning>,
    /// Why training cannot begin.
    pub(crate) problem: Option<TrainingProblem>,
    /// What may make training disappointing.
    pub(crate) remarks: Vec<TrainingRemark>,
    /// The same as a sentence.
    pub(crate) problem_text: Option<String>,
    /// The loss by epoch.
    pub(crate) training_loss: Curve,
    /// The loss of validation rows by epoch.
    pub(crate) validation_loss: Curve,
    seen: usize,
    last_seen: Option<EpochLoss>,
    /// Rises when rows, parts or targets change.
    data_revision: u64,
    /// The map on the side sheet.
    pub(crate) side: Chart,
    /// The large one.
    pub(crate) large: Chart,
}

fn follow_project(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    mut known: ResMut<Known>,
) {
    let is_first = !known.is_fresh;
    let (mut is_structure, mut is_table, mut is_settings, mut is_node) =
        (is_first, is_first, is_first, false);
    for one in edited.read() {
        is_structure |= one.touched.is_structure;
        is_table |= one.touched.is_table;
        is_settings |= one.touched.is_settings;
        is_node |= !one.touched.nodes.is_empty();
    }
    if is_structure || is_table || is_settings || is_node {
        known.is_fresh = true;
        known.learn(
            document.project(),
            is_structure,
            is_structure || is_table,
            is_node,
        );
    }
}

fn follow_losses(progress: Res<Progress>, mut known: ResMut<Known>) {
    known.add_losses(&progress.losses);
}

impl Known {
    /// Finds out again what an edit concerned.
    pub(crate) fn learn(
        &mut self,
        project: &Project,
        is_structure: bool,
        is_table: bool,
        is_node: bool,
    ) {
        let table = project.table();
        if is_structure || is_node {
            self.warnings = warnings(project.network());
        }
        if is_table {
            self.ranges = table
                .columns()
                .iter()
                .filter_map(|column| Some((project::node_of(column.id), range(column)?)))
                .collect();
        }
        let key = (table.rows(), *project.split(), project.training().seed);
        if self.divided != Some(key) {
            self.divide(project);
            self.divided = Some(key);
        }
        self.data_revision += 1;
        self.problem = project.check_training().err();
        self.remarks = project.training_remarks();
        self.problem_text = self.problem.as_ref().map(ToString::to_string);
    }

    /// Divides the rows exactly as training does.
    fn divide(&mut self, project: &Project) {
        let rows = project.table().rows();
        let mut rng = stream(project.training().seed, Purpose::Split, 0);
        let found = project.split().assign(rows, &mut rng);
        self.counts = [found.train.len(), found.validation.len(), found.test.len()];
        self.parts.clear();
        self.parts.resize(rows, Part::Train);
        for (part, list) in [
            (Part::Validation, &found.validation),
            (Part::Test, &found.test),
        ] {
            for &row in list {
                if let Some(slot) = self.parts.get_mut(row as usize) {
                    *slot = part;
                }
            }
        }
    }

    /// Adds the epochs that are new; begins anew after a reset.
    pub(crate) fn add_losses(&mut self, losses: &Losses) {
        let is_continued = self.seen == 0 || losses.get(self.seen - 1).copied() == self.last_seen;
        if !is_continued {
            self.training_loss = Curve::default();
            self.validation_loss = Curve::default();
            self.seen = 0;
        }
        for loss in losses.since(self.seen) {
            let epoch = f64::from(loss.epoch);
            self.training_loss.push([epoch, f64::from(loss.train)]);
            if let Some(validation) = loss.validation {
                self.validation_loss.push([epoch, f64::from(validation)]);
            }
        }
        self.seen = losses.len();
        self.last_seen = losses.last().copied();
    }

    /// Brings the maps of these neurons up to date.
    pub(crate) fn draw_maps(
        &mut self,
        ctx: &Context,
        theme: &Theme,
        project: &Project,
        maps: &Maps,
        spreads: &Spreads,
        subjects: [Option<NodeId>; 2],
    ) {
        let [side, large] = subjects;
        let charts = [
            (side, &mut self.side, "decision boundary"),
            (large, &mut self.large, "large map"),
        ];
        for (subject, chart, name) in charts {
            if let Some(subject) = subject {
                let sources = chart::Sources {
                    project,
                    parts: &self.parts,
                    spreads,
                    maps,
                    targets: self.ranges.get(&subject).copied(),
                    data_revision: self.data_revision,
                };
                chart.draw(ctx, name, theme, &sources, subject);
            }
        }
    }
}

/// The neuron whose map is wanted on the side sheet: the selected one, else the first
/// output.
pub(crate) fn map_subject(project: &Project, selection: &Selection) -> Option<NodeId> {
    let network = project.network();
    let selected = match selection.single() {
        Some(Subject::Node(id)) => network
            .node(id)
            .filter(|node| network.role(node) != Role::Input)
            .map(|node| node.id),
        _ => None,
    };
    selected.or_else(|| project.ordered(Role::Output).next().map(|node| node.id))
}

/// Lowest and highest value of a column of single numbers; `None` without rows.
fn range(column: &Column) -> Option<[f32; 2]> {
    if !column.shape.is_empty() {
        return None;
    }
    let (first, rest) = column.values.split_first()?;
    let widened = rest.iter().fold([*first; 2], |[low, high], &value| {
        [low.min(value), high.max(value)]
    });
    Some(widened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datasets::Gate;
    use network::KindId;
    use project::{Edit, apply, gesture};

    fn xor() -> Project {
        let mut project = Project::default();
        for kind in [KindId::INPUT, KindId::INPUT, KindId::OUTPUT] {
            let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
            apply(&mut project, &edit).unwrap();
        }
        let edit = gesture::fill_with(&project, Gate::Xor).unwrap();
        apply(&mut project, &edit).unwrap();
        project
    }

    #[test]
    fn rows_are_marked_with_the_part_they_train_in() {
        let mut known = Known::default();
        let mut project = xor();
        let split = Split::new(50, 25, 25, false).unwrap();
        apply(&mut project, &Edit::SetSplit(split)).unwrap();
        known.learn(&project, true, true, false);
        assert_eq!(
            known.parts,
            [Part::Train, Part::Train, Part::Validation, Part::Test]
        );
        assert_eq!(known.counts, [2, 1, 1]);
        assert_eq!(known.problem, None);
        assert_eq!(known.warnings.len(), 3 + 2 - 2, "{:?}", known.warnings);
    }

    #[test]
    fn losses_are_added_once_and_begin_anew_after_a_reset() {
        let loss = |epoch, train| EpochLoss {
            epoch,
            train,
            validation: Some(2.0 * train),
            ..EpochLoss::default()
        };
        let mut known = Known::default();
        let run = [loss(1, 0.5), loss(2, 0.4), loss(3, 0.3)];
        let first = |count: usize| run.into_iter().take(count).collect();
        known.add_losses(&first(2));
        known.add_losses(&first(2));
        known.add_losses(&first(3));
        assert_eq!(known.training_loss.points().count(), 3);
        assert_eq!(
            known.validation_loss.points().last(),
            Some([3.0, f64::from(0.6_f32)])
        );
        let anew = [loss(1, 0.9), loss(2, 0.8), loss(3, 0.7), loss(4, 0.6)];
        known.add_losses(&anew.into_iter().collect());
        assert_eq!(
            known.training_loss.points().next(),
            Some([1.0, f64::from(0.9_f32)])
        );
        known.add_losses(&Losses::default());
        assert!(known.training_loss.is_empty());
    }
}
