//! What waits to be reported.

use crate::{
    Activations, Checkpoint, EarlyStop, EpochLoss, Evaluation, Fault, GradientFlow, Health,
    Histogram, PastView, Report, ResponseMaps, SubStep, Trace,
};

/// What waits to be reported.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) losses: Vec<EpochLoss>,
    pub(super) early_stop: Option<EarlyStop>,
    pub(super) probe: Option<Activations>,
    pub(super) trace: Option<Box<Trace>>,
    pub(super) sub_step: Option<Box<SubStep>>,
    pub(super) maps: Option<ResponseMaps>,
    pub(super) histogram: Option<Box<Histogram>>,
    pub(super) past: Option<Box<PastView>>,
    pub(super) evaluations: Vec<Evaluation>,
    pub(super) checkpoint: Option<Box<Checkpoint>>,
    pub(super) fault: Option<Fault>,
    /// The signals of a probe; those of training are taken when they are sent.
    pub(super) signals: Vec<f32>,
    /// Health that a trainer before this one had to say.
    pub(super) health: Vec<Health>,
    /// And what it had to say of the gradient.
    pub(super) gradient_flow: Option<Box<GradientFlow>>,
}

impl Outbox {
    /// A report of this alone: it says nothing of the trainer's state.
    pub(super) fn into_report(self) -> Report {
        Report {
            losses: self.losses,
            early_stop: self.early_stop,
            probe: self.probe,
            trace: self.trace,
            sub_step: self.sub_step,
            maps: self.maps,
            histogram: self.histogram,
            past: self.past,
            evaluations: self.evaluations,
            checkpoint: self.checkpoint,
            fault: self.fault,
            signals: self.signals,
            health: self.health,
            gradient_flow: self.gradient_flow,
            ..Report::default()
        }
    }
}
