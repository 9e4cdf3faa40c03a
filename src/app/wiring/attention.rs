//! Controls → canvas: the camera that shows it, and what gestures look like.

use bevy::prelude::*;
use canvas::{Band, Preview, SceneSystems};
use controls::{DragPreview, FreeArea, RubberBand, StageCamera, StageView};
use graph::Document;
use network::{Network, NodeId, Role};

pub(super) fn plugin(app: &mut App) {
    app.add_observer(on_stage_camera);
    app.add_systems(
        PostUpdate,
        (
            show_gesture
                .before(SceneSystems::Structure)
                .run_if(resource_changed::<DragPreview>.or_eager(resource_changed::<RubberBand>)),
            remember_view.run_if(resource_changed::<StageView>),
            frame_free_area.run_if(resource_changed::<panels::FreeArea>),
        ),
    );
}

/// The camera that controls move is the one the canvas is drawn with.
fn on_stage_camera(added: On<Add, StageCamera>, mut commands: Commands) {
    commands
        .entity(added.entity)
        .insert(canvas::drawing::StageCamera);
}

fn show_gesture(
    drag: Res<DragPreview>,
    band: Res<RubberBand>,
    document: Res<Document>,
    mut preview: ResMut<Preview>,
) {
    let network = document.project().network();
    let moved = drag
        .offsets
        .iter()
        .filter_map(|(&id, offset)| {
            let [x, y] = network.node(id)?.position;
            Some((id, [x + offset[0], y + offset[1]]))
        })
        .collect();
    let band = band.0.as_ref().map(|band| Band {
        from: band.from,
        to: band.to_point,
        target: band
            .target
            .as_ref()
            .map(|(id, verdict)| (*id, verdict.is_ok())),
        is_backward: is_backward(network, band.from, band.target.as_ref().map(|(id, _)| *id)),
    });
    preview.set_if_neq(Preview { moved, band });
}

/// Whether a wire pulled from one neuron over another runs towards the first: data
/// flows out of inputs and into outputs.
fn is_backward(network: &Network, from: NodeId, to: Option<NodeId>) -> bool {
    let role = |id| network.node(id).map(|node| network.role(node));
    role(from) == Some(Role::Output) || to.and_then(role) == Some(Role::Input)
}

/// What is saved is seen again as it was.
fn remember_view(view: Res<StageView>, mut document: ResMut<Document>) {
    document.set_view(view.0);
}

/// Networks are framed into what the panels leave free.
fn frame_free_area(panels: Res<panels::FreeArea>, mut area: ResMut<FreeArea>) {
    area.set_if_neq(FreeArea(Some(panels.0)));
}
