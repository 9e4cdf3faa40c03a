//! Slow motion: one row walks forward, to the loss, back, and is learned from, stage by stage.

use std::collections::BTreeMap;
use std::time::Duration;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use engine::Trace;
use graph::{Document, Values};
use network::{Network, NodeId, computation_order};

use crate::sync::Dispatch;
use crate::{Order, Progress, Status, TraceState, TrainingSystems};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<SlowMotion>();
    app.add_message::<WalkOrder>();
    app.add_message::<RequestRedraw>();
    app.add_systems(
        Update,
        (
            follow_orders.run_if(on_message::<WalkOrder>),
            (follow_trace, let_time_pass)
                .chain()
                .run_if(|slow: Res<SlowMotion>| slow.is_on()),
        )
            .chain()
            .after(TrainingSystems::Writeback)
            .in_set(graph::EditSystems::Follow),
    );
}

/// What a person asks of slow motion.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub enum WalkOrder {
    /// Begin; training pauses.
    Begin,
    /// On to the next stage.
    Next,
    /// Back to the stage before, within what is not learned yet.
    Back,
    /// Go on by itself, stage by stage.
    Play,
    /// Stay at this stage.
    Hold,
    /// End.
    End,
}

/// Where a row is on its walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Neurons of this depth, counted from the inputs, have just computed what they
    /// give.
    Forward(usize),
    /// The answer has been compared with the target.
    Loss,
    /// The slope of the loss has just come to the neurons of this depth, and with it
    /// the gradients of their biases and of the wires that enter them.
    Backward(usize),
    /// The optimiser has made its step.
    Update,
}

/// How long a stage stays at speed 1, in seconds: time to read a short sentence.
pub const STAGE_SECS: f32 = 2.0;

/// The slow motion under way, if any.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct SlowMotion {
    is_on: bool,
    walk: Option<Walk>,
    is_playing: bool,
    stayed: Duration,
    /// How fast it plays: 1 stays [`STAGE_SECS`] at each stage.
    pub speed: f32,
}

impl Default for SlowMotion {
    fn default() -> Self {
        Self {
            is_on: false,
            walk: None,
            is_playing: false,
            stayed: Duration::ZERO,
            speed: 1.0,
        }
    }
}

impl SlowMotion {
    /// Whether a row walks, or is about to.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Whether it goes on by itself.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.is_on && self.is_playing
    }

    /// The row's walk; `None` until its numbers are there.
    #[must_use]
    pub fn walk(&self) -> Option<&Walk> {
        self.walk.as_ref()
    }
}

/// One row on its way, with the numbers of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    stage: Stage,
    depths: BTreeMap<NodeId, usize>,
    deepest: usize,
    trace: Trace,
    numbers: Vec<f32>,
}

impl Walk {
    /// A row before its first stage: its trace, and all learnable numbers that it was
    /// made with.
    #[must_use]
    pub fn new(network: &Network, trace: Trace, numbers: Vec<f32>) -> Self {
        let depths = depths(network);
        let deepest = depths.values().copied().max().unwrap_or_default();
        Self {
            stage: Stage::Forward(0),
            depths,
            deepest,
            trace,
            numbers,
        }
    }

    /// The same walk at another stage.
    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    /// Where the row is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What the row does, with the numbers from before the step.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// All learnable numbers from before the step, in the canonical order.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// The longest way from an input to a node, in wires.
    #[must_use]
    pub fn depth(&self, id: NodeId) -> Option<usize> {
        self.depths.get(&id).copied()
    }

    /// Whether what a node gives has been computed.
    #[must_use]
    pub fn is_lit(&self, id: NodeId) -> bool {
        match (self.stage, self.depth(id)) {
            (Stage::Forward(reached), Some(depth)) => depth <= reached,
            (_, depth) => depth.is_some(),
        }
    }

    /// Whether the slope of the loss has come to a node.
    #[must_use]
    pub fn is_reached_back(&self, id: NodeId) -> bool {
        match (self.stage, self.depth(id)) {
            (Stage::Backward(reached), Some(depth)) => depth >= reached,
            (Stage::Update, depth) => depth.is_some(),
            _ => false,
        }
    }

    /// The nodes to which something happens at this stage, by number.
    pub fn at_work(&self) -> impl Iterator<Item = NodeId> {
        let at = match self.stage {
            Stage::Forward(depth) | Stage::Backward(depth) => Some(depth),
            Stage::Loss | Stage::Update => None,
        };
        let nodes = self.depths.iter();
        nodes.filter_map(move |(&id, &depth)| (Some(depth) == at).then_some(id))
    }

    /// How many stages lie behind, and how many there are.
    #[must_use]
    pub fn progress(&self) -> [usize; 2] {
        let forward = self.deepest + 1;
        if self.trace.loss.is_none() {
            let Stage::Forward(depth) = self.stage else {
                return [forward, forward];
            };
            return [depth + 1, forward];
        }
        let behind = match self.stage {
            Stage::Forward(depth) => depth + 1,
            Stage::Loss => forward + 1,
            Stage::Backward(depth) => forward + 2 + self.deepest - depth,
            Stage::Update => forward + self.deepest + 2,
        };
        [behind, forward + self.deepest + 2]
    }

    /// The stage that follows; `None` at the end.
    fn next(&self) -> Option<Stage> {
        match self.stage {
            Stage::Forward(depth) if depth < self.deepest => Some(Stage::Forward(depth + 1)),
            Stage::Forward(_) => self.trace.loss.map(|_| Stage::Loss),
            Stage::Loss if self.deepest == 0 => None,
            Stage::Loss => Some(Stage::Backward(self.deepest)),
            Stage::Backward(depth) if depth > 1 => Some(Stage::Backward(depth - 1)),
            Stage::Backward(_) => Some(Stage::Update),
            Stage::Update => None,
        }
    }

    /// The stage before; `None` at the beginning, and once it is learned.
    #[must_use]
    pub fn before(&self) -> Option<Stage> {
        match self.stage {
            Stage::Forward(depth) => depth.checked_sub(1).map(Stage::Forward),
            Stage::Loss => Some(Stage::Forward(self.deepest)),
            Stage::Backward(depth) if depth < self.deepest => Some(Stage::Backward(depth + 1)),
            Stage::Backward(_) => Some(Stage::Loss),
            Stage::Update => None,
        }
    }
}

/// The longest way from a node that nothing enters to each, in wires.
fn depths(network: &Network) -> BTreeMap<NodeId, usize> {
    let mut depths = BTreeMap::new();
    for id in computation_order(network) {
        let sources = network.incoming(id).iter().filter_map(|&edge| {
            let edge = network.edge(edge)?;
            depths.get(&edge.from.node()).copied()
        });
        let depth = sources.max().map_or(0, |depth: usize| depth + 1);
        depths.insert(id, depth);
    }
    depths
}

fn follow_orders(
    mut asked: MessageReader<WalkOrder>,
    mut slow: ResMut<SlowMotion>,
    progress: Res<Progress>,
    mut orders: MessageWriter<Order>,
) {
    for order in asked.read() {
        slow.stayed = Duration::ZERO;
        match order {
            WalkOrder::Begin => {
                slow.is_on = true;
                slow.is_playing = false;
                slow.walk = None;
                if progress.status == Status::Training {
                    orders.write(Order::Pause);
                }
            }
            WalkOrder::Next => slow.go_on(&mut orders),
            WalkOrder::Back => {
                if let Some(walk) = &mut slow.walk
                    && let Some(before) = walk.before()
                {
                    walk.stage = before;
                }
            }
            WalkOrder::Play => slow.is_playing = slow.is_on,
            WalkOrder::Hold => slow.is_playing = false,
            WalkOrder::End => {
                *slow = SlowMotion {
                    speed: slow.speed,
                    ..SlowMotion::default()
                };
            }
        }
    }
}

impl SlowMotion {
    fn go_on(&mut self, orders: &mut MessageWriter<Order>) {
        let Some(walk) = &mut self.walk else {
            return;
        };
        match walk.next() {
            Some(next) => {
                walk.stage = next;
                if next == Stage::Update {
                    orders.write(Order::LearnRow);
                }
            }
            // The next walk begins with the numbers as they are then.
            None => self.walk = None,
        }
    }
}

/// Begins a walk when its numbers are there; numbers that others change under way
/// are taken in.
fn follow_trace(
    mut slow: ResMut<SlowMotion>,
    state: Res<TraceState>,
    dispatch: Res<Dispatch>,
    document: Res<Document>,
    values: Res<Values>,
) {
    let is_learned = slow
        .walk
        .as_ref()
        .is_some_and(|walk| walk.stage == Stage::Update);
    let is_there = dispatch.trace.is_answered_for(dispatch.numbers);
    let Some(trace) = state.trace.as_ref().filter(|_| is_there && !is_learned) else {
        return;
    };
    if slow
        .walk
        .as_ref()
        .is_some_and(|walk| walk.trace.id == trace.id)
    {
        return;
    }
    let numbers = values.values().to_vec();
    let mut walk = Walk::new(document.project().network(), trace.clone(), numbers);
    if let Some(before) = &slow.walk
        && before.depths == walk.depths
        && before.trace.loss.is_some() == walk.trace.loss.is_some()
    {
        walk.stage = before.stage;
    }
    slow.walk = Some(walk);
}

fn let_time_pass(
    time: Res<Time>,
    progress: Res<Progress>,
    mut slow: ResMut<SlowMotion>,
    mut orders: MessageWriter<Order>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    if progress.is_changed() && progress.status == Status::Training && slow.walk.is_some() {
        // Who presses Train has seen enough.
        let speed = slow.speed;
        *slow = SlowMotion {
            speed,
            ..SlowMotion::default()
        };
        return;
    }
    if !slow.is_playing {
        return;
    }
    redraws.write(RequestRedraw);
    let slow = slow.bypass_change_detection();
    if slow.walk.is_none() {
        return;
    }
    slow.stayed += time.delta();
    if slow.stayed.as_secs_f32() * slow.speed.max(0.01) >= STAGE_SECS {
        slow.stayed = Duration::ZERO;
        slow.go_on(&mut orders);
    }
}
