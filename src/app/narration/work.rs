//! What a person does, in sentences: steps, the selection, answers to values put in by hand.

use std::collections::BTreeMap;

use bevy::prelude::*;
use engine::Activations;
use graph::{Document, Edited, Selection, Step, Subject};
use network::{Network, NodeId, Role};
use panels::style::number;
use project::{Edit, Project};
use training::Probe;

use super::{Talk, Telling, Topic};

/// Of so many inputs or outputs each is told.
const MOST: usize = 4;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        Last,
        (
            tell_steps.run_if(on_message::<Edited>),
            tell_selection.run_if(resource_changed::<Selection>),
            tell_answer.run_if(resource_changed::<Probe>),
        )
            .in_set(Telling),
    );
}

fn tell_steps(
    mut edited: MessageReader<Edited>,
    document: Res<Document>,
    mut has_begun: Local<bool>,
    mut talk: ResMut<Talk>,
) {
    // What the program itself opens in the beginning is no news.
    let is_beginning = !std::mem::replace(&mut *has_begun, true);
    let sentences: Vec<String> = edited
        .read()
        .filter(|one| !(is_beginning && one.step == Step::Opened))
        .filter_map(|one| {
            let edit = one.edit.as_ref();
            of_group(&one.step, edit, document.project())
                .or_else(|| step(&one.step, document.project().network()))
        })
        .collect();
    if !sentences.is_empty() {
        talk.say(Topic::Step, sentences.join(" "));
    }
}

/// What was done; a slider that is being dragged is told when it begins.
fn step(step: &Step, network: &Network) -> Option<String> {
    match step {
        Step::Done {
            label,
            is_continued: false,
        } => Some(format!("Done: {label}.")),
        Step::Undone(label) => Some(format!("Undone: {label}.")),
        Step::Redone(label) => Some(format!("Done again: {label}.")),
        Step::Opened if network.nodes().len() == 0 => Some("An empty canvas.".to_owned()),
        Step::Opened => Some(format!(
            "Opened a network of {}.",
            counted(network.nodes().len(), network.edges().len())
        )),
        Step::Done { .. } => None,
    }
}

/// What was done to groups and notes, by name.
fn of_group(step: &Step, edit: Option<&Edit>, project: &Project) -> Option<String> {
    let Step::Done {
        label,
        is_continued: false,
    } = step
    else {
        return None;
    };
    let edits = match edit? {
        Edit::Batch(edits) => edits.as_slice(),
        edit => std::slice::from_ref(edit),
    };
    let told = |edit: &Edit| match edit {
        Edit::AddGroup(group) => Some(format!(
            "Grouped {} as “{}”.",
            counted(group.members.len(), 0),
            group.name
        )),
        Edit::SetGroup(group) => match *label {
            "fold group" => Some(format!("Folded “{}”.", group.name)),
            "unfold group" => Some(format!("Unfolded “{}”.", group.name)),
            _ => Some(format!(
                "The group is called “{}”.",
                project.group(group.id)?.name
            )),
        },
        Edit::RemoveGroup(_) => Some("Dissolved a group; its neurons stay.".to_owned()),
        _ => None,
    };
    let sentences: Vec<String> = edits.iter().filter_map(told).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn tell_selection(
    selection: Res<Selection>,
    document: Res<Document>,
    mut told: Local<Selection>,
    mut talk: ResMut<Talk>,
) {
    if *told == *selection {
        return;
    }
    told.clone_from(&selection);
    let sentence = selected(&selection, document.project());
    talk.say(Topic::Selection, sentence);
}

fn selected(selection: &Selection, project: &Project) -> String {
    let network = project.network();
    if let Some(group) = selection.single_group(project) {
        let members = counted(group.members.len(), 0);
        return format!("Selected: the group “{}” of {members}.", group.name);
    }
    let what = match selection.single() {
        Some(Subject::Node(id)) => network.name(id),
        Some(Subject::Edge(id)) => network.edge(id).map_or_else(String::new, |edge| {
            let [from, to] = [edge.from, edge.to].map(|end| network.name(end.node()));
            format!("the wire from {from} to {to}")
        }),
        None => counted(selection.nodes.len(), selection.edges.len()),
    };
    if what.is_empty() {
        "Nothing is selected.".to_owned()
    } else {
        format!("Selected: {what}.")
    }
}

/// "3 neurons and 1 wire", or nothing.
fn counted(neurons: usize, wires: usize) -> String {
    let counts = [(neurons, "neuron"), (wires, "wire")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    counts.join(" and ")
}

/// The values that were put in last, and what was made of those before.
#[derive(Default)]
struct Asked {
    inputs: BTreeMap<NodeId, f32>,
    answer: Option<Activations>,
    is_waiting: bool,
}

/// The answer to values put in by hand is told once; what training makes of it
/// later can be looked up.
fn tell_answer(
    probe: Res<Probe>,
    document: Res<Document>,
    mut asked: Local<Asked>,
    mut talk: ResMut<Talk>,
) {
    if asked.inputs != probe.inputs {
        // Other inputs come with another network; nobody has put in anything.
        asked.is_waiting = asked.inputs.keys().eq(probe.inputs.keys());
        asked.inputs.clone_from(&probe.inputs);
    } else if asked.is_waiting
        && probe.answer.is_some()
        && probe.answer.as_ref().map(|answer| answer.id) != asked.answer.as_ref().map(|old| old.id)
    {
        asked.is_waiting = false;
        talk.say(Topic::Answer, answer(&probe, document.project()));
    }
    if asked.answer != probe.answer {
        asked.answer.clone_from(&probe.answer);
    }
}

fn answer(probe: &Probe, project: &Project) -> String {
    let list = |role, value: &dyn Fn(NodeId) -> Option<f32>| {
        let nodes: Vec<_> = project.ordered(role).collect();
        let told = nodes
            .iter()
            .take(MOST)
            .filter_map(|node| Some(format!("{} = {}", node.name, number(value(node.id)?))));
        let mut told: Vec<String> = told.collect();
        if nodes.len() > MOST {
            told.push(format!("and {} more", nodes.len() - MOST));
        }
        told.join(", ")
    };
    let inputs = list(Role::Input, &|id| probe.inputs.get(&id).copied());
    let outputs = list(Role::Output, &|id| probe.value(id));
    format!("For {inputs}: {outputs}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_in_the_words_of_the_undo_button() {
        let told = |one: Step| step(&one, &Network::default());
        let done = |is_continued| Step::Done {
            label: "add neuron",
            is_continued,
        };
        assert_eq!(told(done(false)).as_deref(), Some("Done: add neuron."));
        assert_eq!(told(done(true)), None);
        let undone = Step::Undone("connect".to_owned());
        assert_eq!(told(undone).as_deref(), Some("Undone: connect."));
        assert_eq!(told(Step::Opened).as_deref(), Some("An empty canvas."));
    }

    #[test]
    fn what_is_counted_is_told_as_one_says_it() {
        assert_eq!(counted(1, 2), "1 neuron and 2 wires");
        assert_eq!(counted(0, 1), "1 wire");
        assert_eq!(counted(0, 0), "");
    }
}
