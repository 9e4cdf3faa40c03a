//! What flows on the canvas: the numbers that are drawn are the engine's, and the
//! engine's are those of a pencil.

use bevy::prelude::*;
use canvas::drawing::{Flow, Marks, NeuronInstances, NeuronValues, StageTheme, WireValues};
use canvas::{Ailing, Drawn};
use graph::{Document, Values};
use network::{EdgeId, ElementId, NodeId};
use panels::flow::{FlowSettings, Runs};
use training::{Shown, SlowMotion, TraceState};

use super::support::Person;
use super::support::story::Hands;

/// The row that is shown first, from 0: nothing would move in the row before it, (0, 0).
const OPENED_ROW: u32 = 1;
const OUTPUT: NodeId = NodeId(6);
const HIDDEN: [NodeId; 4] = [NodeId(2), NodeId(3), NodeId(4), NodeId(5)];

/// The XOR example as it opens: two inputs, four tanh neurons, a sigmoid output
/// under binary cross-entropy; with all motes on and this row shown.
fn shown_row(row: u32) -> Person {
    let mut person = Person::at_a_fresh_start();
    person.press("Let it flow");
    for _ in row..OPENED_ROW {
        person.press("Previous row");
    }
    for _ in OPENED_ROW..row {
        person.press("Next row");
    }
    wait_for(&mut person, "the trace of the row", |world| {
        let state = world.resource::<TraceState>();
        let trace = state.trace.as_ref();
        state.table_row() == Some(row) && trace.is_some_and(|trace| !trace.gradients.is_empty())
    });
    person.wait_frames(2);
    person
}

fn wait_for(person: &mut Person, what: &str, is_so: impl Fn(&World) -> bool) {
    for _ in 0..2_000 {
        if is_so(person.app.world()) {
            return;
        }
        person.wait();
    }
    panic!("waited in vain for {what}");
}

/// What is drawn of a neuron.
fn activation(world: &World, id: NodeId) -> f32 {
    let slot = world.resource::<Drawn>().nodes.find(id);
    let slot = slot.expect("the neuron is drawn");
    world.resource::<NeuronValues>().as_slice()[slot].activation
}

/// Weight and gradient that are drawn of a wire.
fn wire(world: &World, id: EdgeId) -> [f32; 2] {
    let slot = world.resource::<Drawn>().edges.find(id);
    let slot = slot.expect("the wire is drawn");
    let wires = world.resource::<WireValues>();
    [
        wires.weights.as_slice()[slot],
        wires.gradients.as_slice()[slot],
    ]
}

/// The numbers of one row of XOR, worked out with a pencil.
struct Pencil {
    hidden: Vec<f64>,
    answer: f64,
    /// For each wire: w·a, ∂L/∂w.
    wires: Vec<(EdgeId, f64, f64)>,
}

fn by_pencil(world: &World, row: u32) -> Pencil {
    let (x1, x2, target) = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)][row as usize];
    let inputs = [f64::from(x1), f64::from(x2)];
    let network = world.resource::<Document>().project().network();
    let values = world.resource::<Values>();
    let number = |id| f64::from(values.value(id).expect("it is there"));
    let weight = |from: NodeId, to: NodeId| {
        let edge = network
            .edges()
            .find(|edge| (edge.from.node(), edge.to.node()) == (from, to));
        number(ElementId::weight(edge.expect("all are joined").id))
    };
    let hidden: Vec<f64> = HIDDEN
        .iter()
        .map(|&id| {
            let sum = weight(NodeId(0), id) * inputs[0] + weight(NodeId(1), id) * inputs[1];
            (sum + number(ElementId::bias(id))).tanh()
        })
        .collect();
    let sums = HIDDEN.iter().zip(&hidden);
    let sum: f64 = sums.map(|(&id, given)| weight(id, OUTPUT) * given).sum();
    let answer = 1.0 / (1.0 + (-(sum + number(ElementId::bias(OUTPUT)))).exp());
    // Sigmoid under binary cross-entropy: ∂L/∂z is answer − target.
    let delta = answer - f64::from(target);
    let wires = network
        .edges()
        .map(|edge| {
            let (from, to) = (edge.from.node(), edge.to.node());
            let given = match from.0 {
                0 | 1 => inputs[from.0 as usize],
                hidden_id => hidden[hidden_id as usize - 2],
            };
            let slope = if to == OUTPUT {
                delta
            } else {
                let own = hidden[to.0 as usize - 2];
                delta * weight(to, OUTPUT) * (1.0 - own * own)
            };
            (edge.id, weight(from, to) * given, slope * given)
        })
        .collect();
    Pencil {
        hidden,
        answer,
        wires,
    }
}

#[track_caller]
fn assert_close(drawn: f32, expected: f64) {
    let error = (f64::from(drawn) - expected).abs();
    assert!(error < 1e-5, "{drawn} is drawn, {expected} is right");
}

#[test]
fn what_is_drawn_of_a_row_is_what_the_engine_computes_and_what_a_pencil_does() {
    for row in 0..4 {
        let person = shown_row(row);
        let world = person.app.world();
        let trace = world.resource::<TraceState>().trace.as_ref();
        let trace = trace.expect("it is traced");
        let layout = world.resource::<Values>().layout();
        for node in &trace.nodes {
            assert_eq!(activation(world, node.node), node.output);
        }
        let pencil = by_pencil(world, row);
        assert_close(activation(world, OUTPUT), pencil.answer);
        for (&id, &expected) in HIDDEN.iter().zip(&pencil.hidden) {
            assert_close(activation(world, id), expected);
        }
        assert_eq!(pencil.wires.len(), 12);
        let network = world.resource::<Document>().project().network();
        for (id, carried, gradient) in pencil.wires {
            let [weight, drawn] = wire(world, id);
            let source = network.edge(id).expect("it is there").from.node();
            // The shader multiplies these two.
            assert_close(weight * activation(world, source), carried);
            let place = layout.position(ElementId::weight(id));
            assert_eq!(drawn, trace.gradients[place.expect("it has a weight")]);
            assert_close(drawn, gradient);
        }
    }
}

#[test]
fn motes_run_when_they_are_let_and_a_program_at_rest_asks_for_no_frame() {
    let mut person = Person::at_a_fresh_start();
    let flow = |person: &Person| *person.app.world().resource::<Flow>();
    assert!(!flow(&person).is_running);
    let time = |person: &mut Person| {
        let before = flow(person).time_secs;
        person.wait_frames(10);
        flow(person).time_secs - before
    };
    assert_eq!(time(&mut person), 0.0);
    person.press("Let it flow");
    assert!(flow(&person).is_running && time(&mut person) > 0.1);
    person
        .app
        .world_mut()
        .resource_mut::<StageTheme>()
        .motion
        .is_reduced = true;
    assert!(flow(&person).is_running, "as chevrons");
    assert_eq!(time(&mut person), 0.0, "which stand still");
    person.press("Hold the flow");
    assert!(!flow(&person).is_running);
    let settings = person.app.world().resource::<FlowSettings>();
    assert_eq!(settings.runs, Runs::WithTraining);
    let shown = person.app.world().resource::<Shown>();
    assert!(!shown.with_gradients, "nobody looks at them");
}

#[test]
fn in_slow_motion_values_and_slopes_come_layer_by_layer_and_a_step_is_made() {
    let mut person = Person::at_a_fresh_start();
    person.press("Slow motion");
    wait_for(&mut person, "the walk", |world| {
        world.resource::<SlowMotion>().walk().is_some()
    });
    person.wait_frames(2);
    let pencil = by_pencil(person.app.world(), OPENED_ROW);
    let drawn = |person: &Person, id| activation(person.app.world(), id);
    assert_eq!(drawn(&person, NodeId(1)), 1.0);
    assert_eq!(drawn(&person, HIDDEN[0]), 0.0, "not reached yet");
    person.press("Stage on");
    assert_close(drawn(&person, HIDDEN[0]), pencil.hidden[0]);
    assert_eq!(drawn(&person, OUTPUT), 0.0, "not reached yet");
    person.press("Stage on");
    assert_close(drawn(&person, OUTPUT), pencil.answer);
    let gradients = |person: &Person| -> Vec<f32> {
        let ids = pencil.wires.iter().map(|(id, ..)| *id);
        ids.map(|id| wire(person.app.world(), id)[1]).collect()
    };
    assert_eq!(gradients(&person), [0.0; 12]);
    person.press("Stage on");
    assert_eq!(gradients(&person), [0.0; 12], "the loss, and no slope yet");
    person.press("Stage on");
    let count = |list: Vec<f32>| list.iter().filter(|one| **one != 0.0).count();
    assert_eq!(count(gradients(&person)), 4, "the wires into the output");
    person.press("Stage on");
    for (drawn, (_, _, expected)) in gradients(&person).into_iter().zip(&pencil.wires) {
        assert_close(drawn, *expected);
    }
    let numbers = |person: &Person| person.app.world().resource::<Values>().values().to_vec();
    let before = numbers(&person);
    let walk = |person: &Person| person.app.world().resource::<SlowMotion>().walk().cloned();
    let updates = walk(&person).expect("it walks").trace().updates.clone();
    person.press("Stage on");
    for _ in 0..200 {
        person.wait();
    }
    let learned: Vec<f32> = before.iter().zip(&updates).map(|(w, d)| w + d).collect();
    assert_eq!(numbers(&person), learned);
    assert_ne!(before, learned);
    person.press("End slow motion");
    assert_eq!(walk(&person), None);
}

#[test]
fn dead_and_saturated_neurons_are_marked_and_others_are_not() {
    let mut person = Person::at_a_fresh_start();
    let mut ailing = person.app.world_mut().resource_mut::<Ailing>();
    ailing.dead.insert(HIDDEN[0]);
    ailing.saturated.insert(HIDDEN[1]);
    person.wait_frames(1);
    let marks = |id: NodeId| {
        let world = person.app.world();
        let slot = world.resource::<Drawn>().nodes.find(id);
        world.resource::<NeuronInstances>().as_slice()[slot.expect("it is drawn")].marks()
    };
    assert_eq!(marks(HIDDEN[0]), Marks::DEAD);
    assert_eq!(marks(HIDDEN[1]), Marks::SATURATED);
    assert_eq!(marks(HIDDEN[2]), Marks::NONE);
}
