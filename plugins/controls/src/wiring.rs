//! Wiring: a wire pulled from a neuron's rim, what it would join, and why not.

use bevy::math::Vec2;
use bevy::prelude::*;
use graph::{Notice, Request, sentence};
use network::{Endpoint, Network, NetworkError, NodeId};
use project::{Project, gesture};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<RubberBand>();
    app.init_resource::<ConnectMode>();
}

/// Whether a tap on a neuron draws a wire to it from the selected one, and a drag
/// from anywhere on a neuron draws a wire: for fingers, and for whoever cannot drag.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectMode(pub bool);

/// The wire being drawn, if any.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct RubberBand(pub Option<Band>);

/// A wire being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The neuron it hangs on.
    pub from: NodeId,
    /// Its loose end, in scene units.
    pub to_point: [f32; 2],
    /// The neuron under its loose end: whether letting go joins the two, or in one
    /// sentence why not.
    pub target: Option<(NodeId, Result<(), String>)>,
}

impl RubberBand {
    /// The loose end moves on. A target is only judged when it is new.
    pub(crate) fn pull(&mut self, network: &Network, from: NodeId, to: Vec2, over: Option<NodeId>) {
        let before = self
            .0
            .take()
            .filter(|band| band.from == from)
            .and_then(|band| band.target);
        let target = over.filter(|&over| over != from).map(|over| match before {
            Some((id, verdict)) if id == over => (id, verdict),
            _ => (over, judge(network, from, over).map(|_| ())),
        });
        self.0 = Some(Band {
            from,
            to_point: to.into(),
            target,
        });
    }
}

/// What letting go of a wire over a neuron asks for.
pub(crate) fn join(project: &Project, from: NodeId, to: NodeId) -> Result<Request, Notice> {
    let (source, target) = judge(project.network(), from, to).map_err(Notice::refused)?;
    gesture::connect(project, source, target)
        .map(|edit| Request::edit("connect", edit))
        .map_err(|error| Notice::refused(sentence(&error)))
}

/// In which direction the two can be joined: as drawn or, where data cannot flow
/// that way at all, the other way round. Otherwise why not.
fn judge(network: &Network, from: NodeId, to: NodeId) -> Result<(NodeId, NodeId), String> {
    let check = |from, to| network.check_edge(Endpoint::of(from), Endpoint::of(to), 0);
    let Err(error) = check(from, to) else {
        return Ok((from, to));
    };
    if !is_about_direction(&error) {
        return Err(sentence(&error));
    }
    match check(to, from) {
        Ok(_) => Ok((to, from)),
        Err(reversed) if is_about_direction(&reversed) => Err(sentence(&error)),
        Err(reversed) => Err(sentence(&reversed)),
    }
}

fn is_about_direction(error: &NetworkError) -> bool {
    matches!(
        error,
        NetworkError::IntoInput(_) | NetworkError::OutOfOutput(_)
    )
}
