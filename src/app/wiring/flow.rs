//! Training, panels → canvas: the row that is shown, its motes, and marks of health.

use bevy::prelude::*;
use canvas::drawing::Flow;
use canvas::{Ailing, SceneSystems, Shine};
use graph::{Document, Values};
use network::{Network, NodeId, ParameterId};
use panels::flow::FlowSettings;
use panels::wires::{WireSettings, WireTells};
use training::{
    Health, NodeHealth, Progress, Shown, SlowMotion, Stage, Trace, TraceState, TrainingSystems,
    Walk,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<FlowSettings>()
        .init_resource::<WireSettings>();
    app.add_systems(
        Update,
        (
            ask_for_gradients.run_if(
                resource_changed::<FlowSettings>
                    .or_eager(resource_changed::<Progress>)
                    .or_eager(resource_changed::<WireSettings>)
                    .or_eager(resource_changed::<Values>),
            ),
            set_speed.run_if(resource_changed::<FlowSettings>),
        )
            .before(TrainingSystems::Send),
    );
    app.add_systems(
        PostUpdate,
        (
            (
                show_row.run_if(
                    resource_changed::<TraceState>.or_eager(resource_changed::<SlowMotion>),
                ),
                let_flow.run_if(
                    resource_changed::<Progress>
                        .or_eager(resource_changed::<FlowSettings>)
                        .or_eager(resource_changed::<SlowMotion>)
                        .or_eager(resource_changed::<Shine>),
                ),
            )
                .chain(),
            show_health.run_if(resource_changed::<NodeHealth>),
        )
            .before(SceneSystems::Structure),
    );
}

/// Gradients are as many numbers as the network has: they are asked for only while
/// they are seen. Colours that tell gradients show those of batches; only before the first
/// batch they show those of the row.
fn ask_for_gradients(
    settings: Res<FlowSettings>,
    wires: Res<WireSettings>,
    values: Res<Values>,
    progress: Res<Progress>,
    mut shown: ResMut<Shown>,
) {
    let is_flowing = settings.direction.has_backward() && settings.is_running(progress.status);
    let is_coloured = wires.tells == WireTells::Gradient && values.gradients().is_empty();
    let with_gradients = is_flowing || is_coloured;
    if shown.with_gradients != with_gradients {
        shown.with_gradients = with_gradients;
    }
}

fn set_speed(settings: Res<FlowSettings>, mut slow: ResMut<SlowMotion>) {
    if slow.speed != settings.speed {
        slow.speed = settings.speed;
    }
}

/// Neurons and wires show the row's trace; in slow motion what of it has come to
/// pass.
fn show_row(
    state: Res<TraceState>,
    slow: Res<SlowMotion>,
    document: Res<Document>,
    mut shine: ResMut<Shine>,
) {
    let revision = shine.revision + 1;
    let next = match (slow.walk(), &state.trace) {
        (Some(walk), _) => of_walk(walk, document.project().network()),
        (None, Some(trace)) => of_trace(trace),
        (None, None) => Shine::default(),
    };
    *shine = Shine { revision, ..next };
}

fn of_trace(trace: &Trace) -> Shine {
    Shine {
        activations: activations(trace, |_| true),
        gradients: trace.gradients.clone(),
        revision: 0,
    }
}

/// Where no value or no slope has come yet, there is none.
fn of_walk(walk: &Walk, network: &Network) -> Shine {
    let trace = walk.trace();
    let layout = network.layout();
    let mut gradients = vec![0.0; layout.len()];
    if trace.gradients.len() == gradients.len() {
        let reached = network
            .edges()
            .filter(|edge| walk.is_reached_back(edge.to.node()));
        for edge in reached {
            if let Some(range) = layout.range(ParameterId::Edge(edge.id)) {
                gradients[range.clone()].copy_from_slice(&trace.gradients[range]);
            }
        }
    }
    Shine {
        activations: activations(trace, |id| walk.is_lit(id)),
        gradients,
        revision: 0,
    }
}

fn activations(trace: &Trace, is_lit: impl Fn(NodeId) -> bool) -> Vec<(NodeId, f32)> {
    let given = |id, output| if is_lit(id) { output } else { 0.0 };
    let nodes = trace.nodes.iter();
    nodes
        .map(|at| (at.node, given(at.node, at.output)))
        .collect()
}

/// Which motes run. Gradients differ by orders of magnitude from network to
/// network, so they are shown relative to the largest of them.
fn let_flow(
    settings: Res<FlowSettings>,
    progress: Res<Progress>,
    slow: Res<SlowMotion>,
    values: Res<Values>,
    shine: Res<Shine>,
    mut flow: ResMut<Flow>,
) {
    let [has_forward, has_backward] = match slow.walk().map(Walk::stage) {
        Some(Stage::Forward(_) | Stage::Loss) => [true, false],
        Some(Stage::Backward(_) | Stage::Update) => [false, true],
        None => [
            settings.direction.has_forward(),
            settings.direction.has_backward(),
        ],
    };
    let is_running = slow.is_playing() || settings.is_running(progress.status);
    let gradient_gain = if has_backward && is_running {
        gain_of(if shine.gradients.is_empty() {
            values.gradients()
        } else {
            &shine.gradients
        })
    } else {
        0.0
    };
    flow.set_if_neq(Flow {
        is_running,
        signal_gain: f32::from(has_forward),
        gradient_gain,
        speed: settings.speed,
        ..*flow
    });
}

fn gain_of(gradients: &[f32]) -> f32 {
    let largest = gradients
        .iter()
        .fold(0.0_f32, |most, gradient| most.max(gradient.abs()));
    if largest > 0.0 { 2.0 / largest } else { 1.0 }
}

fn show_health(health: Res<NodeHealth>, mut ailing: ResMut<Ailing>) {
    let of = |kind: Health| {
        let ill = health.0.iter().filter(|(_, health)| *health == kind);
        ill.map(|(id, _)| *id).collect()
    };
    ailing.set_if_neq(Ailing {
        dead: of(Health::Dead),
        saturated: of(Health::Saturated),
    });
}
