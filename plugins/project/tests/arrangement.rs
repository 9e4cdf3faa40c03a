//! Groups and notes: what is allowed, what a removed neuron does to its group, what a file says.

use std::collections::BTreeSet;

use network::{KindId, Kinds, NodeId};
use project::{
    ArrangementError, Edit, EditError, Group, GroupId, History, Note, NoteId, Project, apply, file,
    gesture,
};
use proptest::prelude::*;

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);
const G: GroupId = GroupId(0);

fn perform(project: &mut Project, edit: &Edit) -> project::Applied {
    apply(project, edit).expect("the edit is sound")
}

fn refusal(project: &mut Project, edit: &Edit) -> String {
    let before = project.clone();
    let error = apply(project, edit).expect_err("the edit is refused");
    assert_eq!(*project, before);
    error.to_string()
}

/// Three inputs: x1, x2, x3.
fn three_inputs() -> Project {
    let mut project = Project::default();
    for _ in 0..3 {
        let edit = gesture::add_neuron(&project, KindId::INPUT, [0.0, 0.0]);
        perform(&mut project, &edit);
    }
    project
}

fn group(id: u32, name: &str, members: &[NodeId]) -> Group {
    Group::new(GroupId(id), name, members.iter().copied())
}

/// Three inputs, two of which are in a folded group, and a note.
fn arranged() -> Project {
    let mut project = three_inputs();
    let group = Group {
        is_folded: true,
        columns: Some(2),
        ..group(0, "pair", &[A, B])
    };
    perform(&mut project, &Edit::AddGroup(group));
    let note = Note::new(NoteId(0), "look\nhere", [1.5, -2.0]);
    perform(&mut project, &Edit::AddNote(note));
    project
}

fn text(project: &Project) -> String {
    file::write(project).expect("a project has a RON form")
}

fn fault(text: &str) -> String {
    let error = file::read(text.as_bytes(), &Kinds::default()).expect_err("the file is broken");
    error.to_string()
}

#[test]
fn a_removed_neuron_leaves_its_group_and_comes_back_into_it() {
    let mut project = arranged();
    let before = project.clone();
    let removed = perform(&mut project, &Edit::RemoveNode(A));
    let members = &project.group(G).expect("x2 is still in it").members;
    assert_eq!(members, &BTreeSet::from([B]));
    assert_eq!(removed.touched.groups, [G].into());
    let undone = perform(&mut project, &removed.inverse);
    assert_eq!(project, before);
    assert_eq!(undone.touched.groups, [G].into());
    assert!(undone.touched.is_structure && undone.touched.is_table);
}

#[test]
fn the_last_member_takes_its_group_along_and_brings_it_back() {
    let mut project = arranged();
    let before = project.clone();
    let doomed = gesture::remove(&project, &[A, B], &[]);
    let removed = perform(&mut project, &doomed);
    assert_eq!(project.groups().len(), 0);
    let undone = perform(&mut project, &removed.inverse);
    assert_eq!(project, before);
    perform(&mut project, &undone.inverse);
    assert_eq!(project.groups().len(), 0);
}

#[test]
fn a_neuron_in_no_group_is_removed_and_brought_back_as_ever() {
    let mut project = arranged();
    let removed = perform(&mut project, &Edit::RemoveNode(C));
    assert!(matches!(removed.inverse, Edit::AddNode { .. }));
    assert!(removed.touched.groups.is_empty());
}

#[test]
fn a_neuron_is_in_one_group_only() {
    let mut project = arranged();
    let edit = Edit::AddGroup(group(1, "more", &[B, C]));
    assert_eq!(
        refusal(&mut project, &edit),
        "“x2” is already in the group “pair”; a neuron can be in one group only"
    );
    let edit = Edit::Join(B, G);
    assert!(refusal(&mut project, &edit).starts_with("“x2” is already in"));
    let before = project.clone();
    let regroup = Edit::Batch(vec![
        Edit::RemoveGroup(G),
        Edit::AddGroup(group(1, "more", &[B, C])),
    ]);
    let regrouped = perform(&mut project, &regroup);
    assert_eq!(project.group_of(A), None);
    assert_eq!(project.group_of(B), Some(GroupId(1)));
    assert_eq!(regrouped.touched.groups, [G, GroupId(1)].into());
    perform(&mut project, &regrouped.inverse);
    assert_eq!(project, before);
}

#[test]
fn what_cannot_be_a_group_is_refused_in_a_sentence() {
    let mut project = arranged();
    for (edit, sentence) in [
        (
            Edit::AddGroup(group(0, "more", &[C])),
            "the groups “more” and “pair” have the same number 0",
        ),
        (
            Edit::AddGroup(group(1, "none", &[])),
            "the group “none” has no neurons; expected at least one",
        ),
        (
            Edit::SetGroup(group(0, "pair", &[A, NodeId(77)])),
            "the group “pair” holds neuron number 77, which does not exist",
        ),
        (
            Edit::SetGroup(group(0, "", &[A])),
            "“” is no name for a group; expected 1 to 40 characters on one line",
        ),
        (
            Edit::SetGroup(Group {
                columns: Some(0),
                ..group(0, "pair", &[A])
            }),
            "the picture of the group “pair” has 0 columns; expected at least 1",
        ),
        (
            Edit::SetGroup(group(5, "pair", &[C])),
            "there is no group number 5",
        ),
        (Edit::RemoveGroup(GroupId(5)), "there is no group number 5"),
        (Edit::Join(C, GroupId(5)), "there is no group number 5"),
        (
            Edit::Join(NodeId(77), G),
            "the group “pair” holds neuron number 77, which does not exist",
        ),
        (Edit::Leave(C), "“x3” is in no group"),
        (Edit::Leave(NodeId(77)), "there is no neuron number 77"),
    ] {
        assert_eq!(refusal(&mut project, &edit), sentence);
    }
}

#[test]
fn what_cannot_be_a_note_is_refused_in_a_sentence() {
    let mut project = arranged();
    let note = |text: &str, position, width| Note {
        id: NoteId(0),
        text: text.to_owned(),
        position,
        width,
    };
    for (edit, sentence) in [
        (
            Edit::AddNote(note("", [0.0, 0.0], 100.0)),
            "two notes have the same number 0",
        ),
        (
            Edit::SetNote(note(&"é".repeat(10_001), [0.0, 0.0], 100.0)),
            "a note has 10001 characters; expected at most 10000",
        ),
        (
            Edit::SetNote(note("", [0.0, f32::NAN], 100.0)),
            "the position of a note is NaN; expected a finite number",
        ),
        (
            Edit::SetNote(note("", [0.0, 0.0], 39.9)),
            "the width of a note is 39.9; expected a number from 40 to 4000",
        ),
        (
            Edit::SetNote(note("", [0.0, 0.0], f32::NAN)),
            "the width of a note is NaN; expected a number from 40 to 4000",
        ),
        (Edit::RemoveNote(NoteId(9)), "there is no note number 9"),
        (
            Edit::SetNote(Note::new(NoteId(9), "", [0.0, 0.0])),
            "there is no note number 9",
        ),
    ] {
        assert_eq!(refusal(&mut project, &edit), sentence);
    }
}

#[test]
fn folding_is_one_step_that_can_be_undone() {
    let mut project = arranged();
    let mut history = History::default();
    let unfold = gesture::fold(&project, G, false).expect("there is such a group");
    assert!(!unfold.concerns_engine());
    history
        .perform(&mut project, "unfold group", unfold)
        .expect("it can be unfolded");
    assert!(!project.group(G).is_some_and(|group| group.is_folded));
    history.undo(&mut project).expect("it can be undone");
    assert_eq!(project, arranged());
}

#[test]
fn a_note_that_is_typed_and_dragged_is_one_step() {
    let mut project = three_inputs();
    let mut history = History::default();
    let add = gesture::add_note(&project, [3.0, 4.0]);
    history
        .perform(&mut project, "add note", add)
        .expect("a note fits anywhere");
    let added = project.clone();
    for (text, x) in [("h", 0.0), ("he", 0.0), ("hey", 0.0), ("hey", 7.0)] {
        let edit = Edit::SetNote(Note::new(NoteId(0), text, [x, 0.0]));
        history
            .continue_with(&mut project, "change note", edit)
            .expect("it is a note");
    }
    history.undo(&mut project).expect("it can be undone");
    assert_eq!(project, added);
    history.undo(&mut project).expect("it can be undone");
    assert_eq!(project, three_inputs());
}

#[test]
fn grouping_takes_neurons_out_of_the_groups_they_are_in() {
    let mut project = arranged();
    let edit = gesture::group(&project, &[B, C, B]).expect("there are neurons");
    let grouped = perform(&mut project, &edit);
    let new = project.group(GroupId(1)).expect("it was added");
    assert_eq!(new.name, "group 1");
    assert_eq!(new.members, [B, C].into());
    assert_eq!(project.group(G).map(|old| old.members.len()), Some(1));
    perform(&mut project, &grouped.inverse);
    assert_eq!(project, arranged());
    assert_eq!(gesture::group(&project, &[]), None);
}

#[test]
fn groups_and_notes_are_no_concern_of_the_engine() {
    let mut project = arranged();
    let removed = perform(&mut project, &Edit::RemoveNode(A));
    let Some(Edit::Batch(told)) = removed.inverse.for_engine() else {
        panic!("the neuron comes back: {:?}", removed.inverse);
    };
    assert!(matches!(told.as_slice(), [Edit::AddNode { .. }]));
    let note = Edit::AddNote(Note::new(NoteId(9), "", [0.0, 0.0]));
    assert_eq!(Edit::Batch(vec![note, Edit::Leave(B)]).for_engine(), None);
}

#[test]
fn a_picture_is_as_square_as_can_be_or_as_wide_as_is_said() {
    let of = |count: u32, columns| {
        Group {
            columns,
            ..Group::new(G, "g", (0..count).map(NodeId))
        }
        .picture_size()
    };
    assert_eq!(of(784, None), [28, 28]);
    assert_eq!(of(785, None), [29, 28]);
    assert_eq!(of(1, None), [1, 1]);
    assert_eq!(of(7, None), [3, 3]);
    assert_eq!(of(784, Some(16)), [16, 49]);
    assert_eq!(of(10, Some(4)), [4, 3]);
    assert_eq!(of(10, Some(400)), [10, 1]);
}

#[test]
fn a_file_has_an_arrangement_only_when_there_are_groups_or_notes() {
    let plain = text(&three_inputs());
    assert!(plain.contains("version: 3,") && !plain.contains("arrangement"));
    let written = text(&arranged());
    assert!(
        written.ends_with(
            "
  arrangement: (
    groups: [
      (id: 0, name: \"pair\", members: [0, 1], is_folded: true, columns: Some(2)),
    ],
    notes: [
      (id: 0, text: \"look\\nhere\", position: (1.5, -2.0), width: 240.0),
    ],
  ),
)
"
        ),
        "{written}"
    );
}

#[test]
fn a_group_and_a_note_may_leave_out_what_goes_without_saying() {
    let written = text(&arranged())
        .replace(", is_folded: true, columns: Some(2)", "")
        .replace(", width: 240.0", "");
    let read = file::read(written.as_bytes(), &Kinds::default()).expect("it is a project");
    let group = read.group(G).expect("it is there");
    assert_eq!(*group, self::group(0, "pair", &[A, B]));
    assert_eq!(read.note(NoteId(0)), arranged().note(NoteId(0)));
}

#[test]
fn every_broken_group_and_note_is_told_in_one_sentence_and_by_place() {
    let whole = text(&arranged());
    let line_of = |words: &str| {
        let line = whole.lines().position(|line| line.contains(words));
        line.expect("the words are in the file") + 1
    };
    let (group, note) = (line_of("\"pair\""), line_of("look"));
    let group_line = whole.lines().nth(group - 1).expect("it is there");
    let note_line = whole.lines().nth(note - 1).expect("it is there");
    let twice = |line: &str, from: &str, to: &str| {
        whole.replace(line, &format!("{line}\n{}", line.replace(from, to)))
    };
    for (broken, expected) in [
        (
            whole.replace("members: [0, 1]", "members: [0, 9]"),
            format!(
                "line {group}, column 7: the group “pair” holds neuron number 9, which does not exist"
            ),
        ),
        (
            whole.replace("members: [0, 1]", "members: []"),
            format!(
                "line {group}, column 7: the group “pair” has no neurons; expected at least one"
            ),
        ),
        (
            whole.replace("\"pair\"", "\"\""),
            format!(
                "line {group}, column 7: “” is no name for a group; expected 1 to 40 characters on one line"
            ),
        ),
        (
            whole.replace("Some(2)", "Some(0)"),
            format!(
                "line {group}, column 7: the picture of the group “pair” has 0 columns; expected at least 1"
            ),
        ),
        (
            twice(group_line, "id: 0, name: \"pair\"", "id: 7, name: \"two\""),
            format!(
                "line {}, column 7: “x1” is already in the group “pair”; a neuron can be in one group only",
                group + 1
            ),
        ),
        (
            twice(
                group_line,
                "name: \"pair\", members: [0, 1]",
                "name: \"two\", members: [2]",
            ),
            format!(
                "line {}, column 7: the groups “two” and “pair” have the same number 0",
                group + 1
            ),
        ),
        (
            whole.replace("members: [0, 1]", "members: [-1]"),
            format!(
                "line {group}, column 39: found `-1`, expected a whole number that is not negative"
            ),
        ),
        (
            whole.replace("members: [0, 1], ", ""),
            format!("line {group}, column 62: found `)`, expected the field `members` before it"),
        ),
        (
            whole.replace("position: (1.5, -2.0)", "position: (NaN, -2.0)"),
            format!(
                "line {note}, column 7: the position of a note is NaN; expected a finite number"
            ),
        ),
        (
            whole.replace("width: 240.0", "width: 1e9"),
            format!(
                "line {note}, column 7: the width of a note is 1000000000; expected a number from 40 to 4000"
            ),
        ),
        (
            twice(note_line, "look", "there"),
            format!(
                "line {}, column 7: two notes have the same number 0",
                note + 1
            ),
        ),
        (
            whole.replace("look", &"a".repeat(10_000)),
            format!("line {note}, column 7: a note has 10005 characters; expected at most 10000"),
        ),
        (
            whole.replace("width: 240.0", "height: 240.0"),
            format!(
                "line {note}, column 58: found `height`, expected `id`, `text`, `position` or `width`"
            ),
        ),
        (
            whole.replace("notes: [", "remarks: ["),
            format!(
                "line {}, column 5: found `remarks`, expected `groups` or `notes`",
                note - 1
            ),
        ),
        (
            whole.replace("version: 3", "version: 4"),
            "line 1, column 1: found version 4 of a newer Neurarium, expected at most version 3"
                .to_owned(),
        ),
    ] {
        assert_ne!(broken, whole, "the file was not broken: {expected}");
        assert_eq!(fault(&broken), expected);
    }
}

/// What a person does on a canvas, by dice; nothing where the dice ask for what is not there.
fn by_dice(project: &Project, [what, one, other]: [u8; 3]) -> Option<Edit> {
    let nodes: Vec<NodeId> = project.network().nodes().map(|node| node.id).collect();
    let groups: Vec<GroupId> = project.groups().map(|group| group.id).collect();
    let notes: Vec<NoteId> = project.notes().map(|note| note.id).collect();
    let node = |dice: u8| nodes.get(usize::from(dice) % nodes.len().max(1)).copied();
    let group = groups.get(usize::from(one) % groups.len().max(1)).copied();
    let note = notes.get(usize::from(one) % notes.len().max(1)).copied();
    let some: Vec<NodeId> = (0..8)
        .filter(|bit| one >> bit & 1 == 1)
        .filter_map(node)
        .collect();
    match what {
        0 | 1 => {
            let kinds = [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT];
            let kind = kinds[usize::from(one) % 3].clone();
            Some(gesture::add_neuron(project, kind, [0.0, f32::from(other)]))
        }
        2 => gesture::connect(project, node(one)?, node(other)?).ok(),
        3 => Some(gesture::remove(project, &[node(one)?], &[])),
        4 => {
            let doomed: BTreeSet<NodeId> = some.into_iter().collect();
            let doomed: Vec<NodeId> = doomed.into_iter().collect();
            Some(gesture::remove(project, &doomed, &[]))
        }
        5 | 6 => gesture::group(project, &some),
        7 => gesture::fold(project, group?, other % 2 == 0),
        8 => Some(Edit::Join(node(other)?, group?)),
        9 => Some(Edit::Leave(node(one)?)),
        10 => Some(Edit::RemoveGroup(group?)),
        11 => Some(gesture::add_note(project, [f32::from(one), 0.0])),
        12 => {
            let text = "a".repeat(other.into());
            Some(Edit::SetNote(Note::new(note?, text, [0.0, 1.0])))
        }
        _ => Some(Edit::RemoveNote(note?)),
    }
}

/// Dice for a long afternoon.
fn dice() -> impl Strategy<Value = Vec<[u8; 3]>> {
    let throw = (0..14_u8, any::<u8>(), any::<u8>()).prop_map(<[u8; 3]>::from);
    proptest::collection::vec(throw, 0..80)
}

#[test]
fn the_dice_mostly_ask_for_what_can_be_done() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut made, mut refused, mut of_groups, mut out_of_groups) = (0, 0, 0, 0);
    for _ in 0..50 {
        let mut project = arranged();
        let dice = dice().new_tree(&mut runner).expect("dice fall").current();
        for dice in dice {
            let Some(edit) = by_dice(&project, dice) else {
                continue;
            };
            let is_removal = edit.for_engine().is_some();
            match apply(&mut project, &edit) {
                Ok(applied) if !applied.touched.groups.is_empty() => {
                    made += 1;
                    of_groups += 1;
                    out_of_groups += u32::from(is_removal);
                }
                Ok(_) => made += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        made > 2 * refused && of_groups > 300 && out_of_groups > 100,
        "{made} made, {refused} refused, {of_groups} of groups, {out_of_groups} by removals"
    );
}

proptest! {
    #[test]
    fn whatever_is_done_to_groups_is_undone_and_redone_and_saved_exactly(dice in dice()) {
        let mut project = arranged();
        let mut history = History::default();
        let mut states = vec![project.clone()];
        for dice in dice {
            let Some(edit) = by_dice(&project, dice) else {
                continue;
            };
            if history.perform(&mut project, "edit", edit).is_ok() {
                states.push(project.clone());
            }
        }
        let opened = file::read(text(&project).as_bytes(), &Kinds::default())?;
        prop_assert_eq!(&opened, &project);
        for state in states.iter().rev().skip(1) {
            prop_assert!(history.undo(&mut project)?.is_some());
            prop_assert_eq!(&project, state);
        }
        for state in &states[1..] {
            prop_assert!(history.redo(&mut project)?.is_some());
            prop_assert_eq!(&project, state);
        }
    }

    #[test]
    fn a_name_is_one_for_a_group_when_it_is_one_for_a_neuron(
        name in prop_oneof![any::<String>(), "\\PC{38,42}", "[ \\t\\n]{0,3}", "[a-z\\x00-\\x1f]{1,4}"],
    ) {
        let mut project = arranged();
        let renamed = apply(&mut project, &Edit::Rename(C, name.clone()));
        let named = apply(&mut project, &Edit::SetGroup(group(0, &name, &[A])));
        prop_assert_eq!(renamed.is_ok(), named.is_ok());
        if let Err(error) = named {
            let is_of_name = matches!(error, EditError::Arrangement(ArrangementError::BadName(_)));
            prop_assert!(is_of_name);
        }
    }
}
