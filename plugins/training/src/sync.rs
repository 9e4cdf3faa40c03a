//! Edits and orders go to the engine.

use std::collections::{BTreeMap, VecDeque};

use bevy::prelude::*;
use engine::{Command, MapRequest, ProbeRequest, Request};
use graph::{Document, Edited, Notice, Values};
use network::{ElementId, NodeId, Role};
use project::{Edit, TrainingSettings};

use crate::plane::choose_plane;
use crate::shown::{AskedTrace, send_trace};
use crate::{
    GradientHealth, Link, Maps, NodeHealth, Order, Probe, Progress, Slice, TraceState,
    TrainingSystems,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Dispatch>();
    app.add_systems(
        Update,
        (
            send_edits,
            send_orders,
            send_probe,
            send_trace,
            choose_plane,
            send_maps,
        )
            .chain()
            .in_set(TrainingSystems::Send),
    );
}

/// What was sent, and what of it the engine has not yet seen.
#[derive(Resource, Default)]
pub(crate) struct Dispatch {
    pub(crate) link: Link,
    /// The number of the last command.
    seq: u64,
    /// The revision the engine has once it has seen all; `None`: it has no
    /// project, or has lost track of it.
    revision: Option<u64>,
    /// The revision of the last load that was asked for by the engine.
    rescued: Option<u64>,
    /// Changes on their way, oldest first.
    pending: VecDeque<Pending>,
    /// The revision behind the last change the engine has seen.
    seen_revision: u64,
    /// The last load: what was reported before is about another project.
    load_seq: u64,
    /// The last load or reset: losses reported before belong to another run.
    restart_seq: u64,
    /// The epoch whose loss is expected next.
    pub(crate) next_epoch: u32,
    /// Counts up when the network's numbers, or what else decides its answers,
    /// change.
    pub(crate) numbers: u64,
    /// The probe that was asked last.
    probe: AskedProbe,
    /// The trace that was asked last.
    pub(crate) trace: AskedTrace,
    /// The plane that was asked last.
    plane: Option<MapRequest>,
    /// The settings as of the last edit.
    settings: TrainingSettings,
}

/// A change on its way to the engine.
struct Pending {
    seq: u64,
    revision: u64,
    /// Numbers it sets by hand; `None`: reports that have not seen it are of no
    /// use.
    numbers: Option<Vec<(ElementId, f32)>>,
}

#[derive(Default)]
struct AskedProbe {
    inputs: BTreeMap<NodeId, f32>,
    /// [`Dispatch::numbers`] at that time.
    numbers: u64,
    id: u64,
    /// The command, while it is not answered.
    seq: Option<u64>,
}

/// What of a report may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// It is about this project.
    pub(crate) is_of_project: bool,
    /// Its losses belong to the run since the last reset.
    pub(crate) is_of_run: bool,
    /// Its lists and answers fit the network, once [`Dispatch::overlay`] has put
    /// in what was set meanwhile.
    pub(crate) is_of_network: bool,
    /// It has seen every change.
    pub(crate) is_newest: bool,
}

impl Dispatch {
    pub(crate) fn send(&mut self, request: Request) -> u64 {
        self.seq += 1;
        self.link.send(Command {
            seq: self.seq,
            request,
        });
        self.seq
    }

    fn load(&mut self, document: &Document, values: &Values) {
        let revision = document.revision();
        let project = Box::new(document.current(values));
        self.next_epoch = project.trained_epochs().saturating_add(1);
        let seq = self.send(Request::Load { project, revision });
        self.pending.clear();
        self.revision = Some(revision);
        self.note_change(seq, revision, None);
        self.load_seq = seq;
        self.restart_seq = seq;
        // A load makes the engine forget what it was asked.
        self.probe.seq = None;
        self.trace.seq = None;
        self.plane = None;
    }

    fn patch(&mut self, base_revision: u64, revision: u64, edits: Vec<Edit>) {
        let mut numbers = Vec::new();
        let is_light = edits.iter().all(|edit| collect_numbers(edit, &mut numbers));
        let seq = self.send(Request::Patch {
            base_revision,
            revision,
            edits,
        });
        self.revision = Some(revision);
        self.note_change(seq, revision, is_light.then_some(numbers));
    }

    fn note_change(&mut self, seq: u64, revision: u64, numbers: Option<Vec<(ElementId, f32)>>) {
        self.numbers += 1;
        self.pending.push_back(Pending {
            seq,
            revision,
            numbers,
        });
    }

    /// The engine has lost track: it is loaded again if [`Self::will_load`] says
    /// so, else with the next edit or order.
    pub(crate) fn lose_track(&mut self) {
        self.revision = None;
    }

    /// Whether an engine that has lost track of this revision is loaded again
    /// without being asked: it may fail at the same thing each time.
    pub(crate) fn will_load(&self, revision: u64) -> bool {
        self.rescued != Some(revision)
    }

    /// Says what a report is worth that has seen this command and was made at
    /// this revision.
    pub(crate) fn judge(&mut self, ack_seq: u64, revision: u64) -> Standing {
        while let Some(change) = self.pending.pop_front_if(|change| change.seq <= ack_seq) {
            self.seen_revision = change.revision;
        }
        if self.probe.seq.is_some_and(|seq| seq <= ack_seq) {
            self.probe.seq = None;
        }
        if self.trace.seq.is_some_and(|seq| seq <= ack_seq) {
            self.trace.seq = None;
        }
        let is_of_project = ack_seq >= self.load_seq;
        let is_of_network = is_of_project
            && self.revision.is_some()
            && revision == self.seen_revision
            && self.pending.iter().all(|change| change.numbers.is_some());
        Standing {
            is_of_project,
            is_of_run: ack_seq >= self.restart_seq,
            is_of_network,
            is_newest: is_of_network && self.pending.is_empty(),
        }
    }

    /// Puts in what was set by hand and the engine has not yet seen.
    pub(crate) fn overlay(&self, values: &mut [f32], layout: &network::ParameterLayout) {
        let set = self
            .pending
            .iter()
            .filter_map(|change| change.numbers.as_ref());
        for &(id, number) in set.flatten() {
            if let Some(slot) = layout
                .position(id)
                .and_then(|position| values.get_mut(position))
            {
                *slot = number;
            }
        }
    }

    /// Whether the engine has the project, or will have it.
    pub(crate) fn has_project(&self) -> bool {
        self.revision.is_some()
    }

    /// Whether this answers the last probe.
    pub(crate) fn is_last_probe(&self, id: u64) -> bool {
        self.probe.id == id
    }
}

/// Collects the numbers an edit sets by hand; whether that, and what hinders no
/// report, is all it does.
fn collect_numbers(edit: &Edit, numbers: &mut Vec<(ElementId, f32)>) -> bool {
    match edit {
        Edit::SetValue { id, value, .. } => {
            numbers.push((*id, *value));
            true
        }
        Edit::SetFrozen { .. } | Edit::SetTraining(_) | Edit::Rename(..) | Edit::Move(_) => true,
        Edit::Batch(edits) => edits.iter().all(|edit| collect_numbers(edit, numbers)),
        _ => false,
    }
}

/// Whether an edit makes evaluations stale. Settings are compared apart.
fn changes_answers(edit: &Edit) -> bool {
    match edit {
        Edit::SetFrozen { .. } | Edit::SetTraining(_) | Edit::Rename(..) | Edit::Move(_) => false,
        Edit::Batch(edits) => edits.iter().any(changes_answers),
        _ => true,
    }
}

fn send_edits(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    values: Res<Values>,
    dispatch: ResMut<Dispatch>,
    mut progress: ResMut<Progress>,
    mut probe: ResMut<Probe>,
    mut maps: ResMut<Maps>,
    mut slice: ResMut<Slice>,
    mut trace: ResMut<TraceState>,
    mut health: ResMut<NodeHealth>,
    mut gradient: ResMut<GradientHealth>,
) {
    let has_edits = !edited.is_empty();
    if !has_edits && (dispatch.revision.is_some() || dispatch.load_seq == 0) {
        return;
    }
    let dispatch = dispatch.into_inner();
    let mut edits = Vec::new();
    let mut is_opened = false;
    let (mut is_restart, mut is_structure, mut is_stale) = (false, false, false);
    for change in edited.read() {
        is_restart |= change.touched.is_learned;
        is_structure |= change.touched.is_structure;
        match &change.edit {
            Some(edit) => {
                if let Some(edit) = edit.for_engine() {
                    is_stale |= changes_answers(&edit);
                    edits.push(edit);
                }
            }
            None => is_opened = true,
        }
    }
    is_stale |= is_opened || !measures_alike(&dispatch.settings, document.project().training());
    if has_edits {
        dispatch.settings.clone_from(document.project().training());
    }

    if is_opened {
        *progress = Progress::default();
        *probe = Probe::default();
        (slice.axes, slice.held) = default();
        dispatch.load(&document, &values);
    } else if let Some(base_revision) = dispatch.revision {
        if !edits.is_empty() {
            dispatch.patch(base_revision, document.revision(), edits);
        }
    } else if has_edits || dispatch.will_load(document.revision()) {
        if !has_edits {
            dispatch.rescued = Some(document.revision());
        }
        dispatch.load(&document, &values);
    }
    if is_restart {
        dispatch.restart_seq = dispatch.seq;
        dispatch.next_epoch = document.project().trained_epochs().saturating_add(1);
        if !progress.losses.is_empty() {
            progress.losses.clear();
        }
    }
    if is_stale && !progress.evaluations.is_empty() {
        progress.evaluations.clear();
    }
    if is_structure && probe.answer.is_some() {
        probe.answer = None;
    }
    if (is_structure || is_opened) && trace.trace.is_some() {
        trace.forget();
    }
    if is_stale && !health.0.is_empty() {
        health.0.clear();
    }
    if is_stale {
        gradient.set_if_neq(GradientHealth::default());
    }
    if is_structure && maps.maps.is_some() {
        maps.maps = None;
    }
}

/// Whether settings measure the same data in the same way.
fn measures_alike(one: &TrainingSettings, other: &TrainingSettings) -> bool {
    one.seed == other.seed
        && one.input_scaling == other.input_scaling
        && one.objective == other.objective
}

pub(crate) fn send_orders(
    mut orders: MessageReader<Order>,
    document: Res<Document>,
    values: Res<Values>,
    mut dispatch: ResMut<Dispatch>,
    mut progress: ResMut<Progress>,
    trace: Res<TraceState>,
    mut notices: MessageWriter<Notice>,
) {
    for &order in orders.read() {
        if matches!(order, Order::Train | Order::TrainOneEpoch) {
            if let Err(problem) = document.project().check_training() {
                let sentence = problem.to_string();
                notices.write(Notice::refused(sentence.clone()));
                progress.fault = Some(sentence);
                continue;
            }
            if progress.fault.is_some() {
                progress.fault = None;
            }
        }
        if dispatch.revision.is_none() {
            dispatch.load(&document, &values);
        }
        let request = match order {
            Order::Train => Request::Train { epochs: None },
            Order::Pause => Request::Pause,
            Order::TrainOneEpoch => Request::TrainOneEpoch,
            Order::Evaluate(part) => Request::Evaluate(part),
            Order::LearnRow => match &trace.row {
                Some(row) => {
                    // What is asked from now on is answered with the numbers after it.
                    dispatch.numbers += 1;
                    Request::LearnRow(row.clone())
                }
                None => continue,
            },
        };
        dispatch.send(request);
    }
}

/// Asks what every node makes of the values put in by hand: when they or the
/// numbers changed, and the last answer is there.
fn send_probe(document: Res<Document>, dispatch: ResMut<Dispatch>, mut probe: ResMut<Probe>) {
    if probe.inputs.is_empty() {
        if probe.answer.is_some() {
            probe.answer = None;
        }
        return;
    }
    let is_asked =
        dispatch.probe.numbers == dispatch.numbers && dispatch.probe.inputs == probe.inputs;
    if dispatch.revision.is_none() || dispatch.probe.seq.is_some() || is_asked {
        return;
    }
    let dispatch = dispatch.into_inner();
    let network = document.project().network();
    let is_input = |id: &NodeId| {
        network
            .node(*id)
            .is_some_and(|node| network.role(node) == Role::Input)
    };
    let inputs = probe.inputs.iter().filter(|(id, _)| is_input(id));
    let request = ProbeRequest {
        id: dispatch.probe.id + 1,
        inputs: inputs.map(|(&id, &value)| (id, value)).collect(),
    };
    dispatch.probe.id = request.id;
    dispatch.probe.numbers = dispatch.numbers;
    dispatch.probe.inputs.clone_from(&probe.inputs);
    let seq = dispatch.send(Request::Probe(request));
    dispatch.probe.seq = Some(seq);
}

/// Asks for the maps of the plane in [`Maps`] when it is another than before.
fn send_maps(mut dispatch: ResMut<Dispatch>, mut maps: ResMut<Maps>) {
    if dispatch.revision.is_none() || maps.request == dispatch.plane {
        return;
    }
    let asked = maps.request.clone();
    match asked.clone() {
        Some(request) => dispatch.send(Request::Maps(request)),
        None => {
            if maps.maps.is_some() {
                maps.maps = None;
            }
            dispatch.send(Request::StopMaps)
        }
    };
    dispatch.plane = asked;
}
