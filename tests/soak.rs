//! Ten thousand edits with drawing on: nothing of what is gone stays behind.

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use canvas::drawing::{NeuronInstances, WireInstances};
use graph::{Description, Document, Request, describe};
use network::random::{Purpose, Rng, stream};
use network::{ElementId, Endpoint, KindId, NodeId};
use neurarium::app::{Surface, assemble};
use project::{Edit, Folded, Project, gesture};
use storage::{StoragePlugin, first_example};

const ROUNDS: usize = 10;
const EDITS: usize = 1_000;

/// By how many bytes the program may have grown from the second round to the last:
/// the allocator keeps some of what was given back.
const GROWTH_MAX: u64 = 24 << 20;

#[test]
fn ten_thousand_edits_leave_no_entity_no_instance_and_no_memory_behind() {
    let surface = Surface::Rehearsal {
        width: 960,
        height: 600,
    };
    let mut app = assemble(surface, StoragePlugin::default());
    app.insert_resource(TimeUpdateStrategy::ManualDuration(
        std::time::Duration::from_millis(16),
    ));
    app.finish();
    app.cleanup();
    let mut rng = stream(7, Purpose::Shuffle, 0);
    let (mut entities, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for _ in 0..EDITS {
            let request = any_request(app.world().resource::<Document>().project(), &mut rng);
            app.world_mut().write_message(request);
            app.update();
        }
        let project = app.world().resource::<Document>().project().clone();
        assert_eq!(
            describe(app.world_mut()),
            Description::of(project.network())
        );
        let drawn = app.world().resource::<WireInstances>();
        let there = drawn.as_slice().iter().filter(|wire| wire.is_there());
        let folded = Folded::of(&project);
        let is_seen = |end: Endpoint| !folded.is_hidden(end.node());
        let edges = project.network().edges();
        let seen = edges.filter(|edge| is_seen(edge.from) && is_seen(edge.to));
        assert_eq!(there.count(), seen.count());
        // As at the start, whatever came before.
        let first = first_example().expect("the first example is sound");
        let (neurons, wires) = (first.network().nodes().len(), first.network().edges().len());
        app.world_mut()
            .write_message(Request::Open(Box::new(first)));
        for _ in 0..20 {
            app.update();
        }
        assert_eq!(app.world().resource::<NeuronInstances>().len(), neurons);
        assert_eq!(app.world().resource::<WireInstances>().len(), wires);
        entities.push(app.world().entities().count_spawned());
        bytes.push(resident_bytes());
    }
    assert!(
        entities[1..].iter().all(|&count| count == entities[1]),
        "{entities:?}"
    );
    let growth = bytes[ROUNDS - 1].saturating_sub(bytes[1]);
    assert!(growth <= GROWTH_MAX, "grown by {growth} bytes: {bytes:?}");
}

/// Something a person might do.
fn any_request(project: &Project, rng: &mut impl Rng) -> Request {
    let nodes: Vec<NodeId> = project.network().nodes().map(|node| node.id).collect();
    let pick =
        |rng: &mut dyn FnMut() -> u32| nodes.get(rng() as usize % nodes.len().max(1)).copied();
    let mut next = || rng.next_u32();
    let (one, other) = (pick(&mut next), pick(&mut next));
    let place = [next(), next()].map(|number| (number % 1_200) as f32 - 600.0);
    let what = next() % 10;
    // It neither dies out nor grows without end.
    let what = if nodes.len() > 60 { 9 } else { what };
    match (what, one, other) {
        (0 | 1, ..) | (_, None, _) => {
            let kinds = [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT];
            let kind = kinds[next() as usize % 3].clone();
            Request::edit("add neuron", gesture::add_neuron(project, kind, place))
        }
        (2..=4, Some(from), Some(to)) => match gesture::connect(project, from, to) {
            Ok(edit) => Request::edit("connect", edit),
            Err(_) => Request::Undo,
        },
        (5, Some(id), _) => Request::edit("move", Edit::Move(vec![(id, place)])),
        (6, Some(id), Some(with)) => match gesture::group_and_fold(project, &[id, with]) {
            Some(edit) => Request::edit("group", edit),
            None => Request::Redo,
        },
        (7, Some(id), _) => {
            let id = ElementId::bias(id);
            match project.network().element(id) {
                Some(element) => Request::edit(
                    "freeze",
                    Edit::SetFrozen {
                        id,
                        is_frozen: !element.is_frozen,
                    },
                ),
                None => Request::Undo,
            }
        }
        (8, ..) => Request::Undo,
        (_, Some(id), _) => Request::edit("remove neuron", Edit::RemoveNode(id)),
    }
}

/// Memory of this process that is really there; 0 where the system does not say.
fn resident_bytes() -> u64 {
    let pages: Option<u64> = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    pages.unwrap_or(0) * 4096
}
