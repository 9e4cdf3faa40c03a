//! Handing a training over to another trainer, which goes on as if nothing had happened.

use project::Project;
use serde::{Deserialize, Serialize};

use super::{Goal, Outbox, Trainer};
use crate::histogram::HistogramJob;
use crate::session::Session;
use crate::substep::SubStepJob;
use crate::{
    Checkpoint, HistogramRequest, MapRequest, Part, ProbeRequest, Report, SavedHistory, Status,
    SubStepRequest, TraceRequest,
};

/// All that a trainer knows. Another one that takes it over goes on bit for bit
/// (on the same build and family of processors); a batch that was under way is
/// begun again, which changes no result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    /// The project, with what was learned.
    pub project: Box<Project>,
    /// Its revision.
    pub revision: u64,
    /// The last command seen.
    pub ack_seq: u64,
    /// What the engine was doing.
    pub status: Status,
    /// The epoch count at which training stops; `None`: where the settings say.
    pub target_epochs: Option<u32>,
    /// Reports that may still be sent.
    pub credits: u32,
    /// Batches that may still be trained; `None`: any number.
    pub allowance: Option<u32>,
    /// A probe that waits for its answer.
    pub probe: Option<ProbeRequest>,
    /// A trace that waits for its answer.
    pub trace: Option<TraceRequest>,
    /// A sub-step that waits for its answer.
    pub sub_step: Option<SubStepRequest>,
    /// Whether the validation that ends an epoch is still due, though training is paused.
    pub closes_epoch: bool,
    /// The plane whose maps are asked for.
    pub map_request: Option<MapRequest>,
    /// A histogram that waits for its answer.
    pub histogram: Option<HistogramRequest>,
    /// The step of a view that waits for its answer.
    pub look_back: Option<u64>,
    /// The parts that wait to be measured.
    pub evaluations: Vec<Part>,
    /// How far training is; `None` when the network cannot be computed.
    pub checkpoint: Option<Box<Checkpoint>>,
    /// What is remembered of training.
    pub history: Box<SavedHistory>,
    /// What was not yet reported: answers, losses and faults, no lists.
    pub unsent: Box<Report>,
}

impl Trainer {
    /// Training as it is at the end of the last whole batch, with its revision;
    /// `None` without a project that can be computed, and on the way to an earlier step.
    #[must_use]
    pub fn checkpoint(&self) -> Option<(u64, Checkpoint)> {
        if self.destination.is_some() {
            return None;
        }
        let checkpoint = self.session.as_ref()?.checkpoint()?;
        Some((self.revision, checkpoint))
    }

    /// Gives all it knows away; `None` without a project: then a new trainer knows
    /// as much.
    #[must_use]
    pub fn hand_over(mut self) -> Option<Handover> {
        self.arrive();
        let mut session = self.session.take()?;
        session.synchronise();
        let histogram = self.histogram_job.map(HistogramJob::into_request);
        let under_way = self.evaluation_job.map(|job| job.part());
        let mut outbox = self.outbox;
        let health = session.health.take_news();
        if !health.is_empty() {
            outbox.health = health;
        }
        outbox.gradient_flow = session.health.take_flow_news().or(outbox.gradient_flow);
        Some(Handover {
            checkpoint: session.checkpoint().map(Box::new),
            project: Box::new(session.project),
            revision: self.revision,
            ack_seq: self.ack_seq,
            status: self.status,
            target_epochs: match self.goal {
                Goal::Settings => None,
                Goal::Epochs(epochs) => Some(epochs),
            },
            credits: self.credits,
            allowance: self.allowance,
            probe: self.probe,
            trace: self.trace,
            sub_step: self.sub_step.map(|job| job.request()),
            closes_epoch: self.closes_epoch,
            map_request: self.map_request,
            histogram: self.histogram.or(histogram),
            look_back: self.look_back,
            history: Box::new(session.history.save()),
            evaluations: under_way.into_iter().chain(self.evaluations).collect(),
            unsent: Box::new(outbox.into_report()),
        })
    }

    /// A trainer that goes on where another one was.
    #[must_use]
    pub fn take_over(handover: Handover) -> Self {
        let mut trainer = Self::default();
        let budget = handover.history.budget;
        let mut session = Session::new(*handover.project, trainer.route, budget);
        let resumed = match &handover.checkpoint {
            Some(checkpoint) => session.resume(checkpoint),
            None => Ok(()),
        };
        session.load_history(*handover.history);
        trainer.session = Some(session);
        trainer.history_budget = budget;
        trainer.histogram = handover.histogram;
        trainer.look_back = handover.look_back;
        trainer.revision = handover.revision;
        trainer.ack_seq = handover.ack_seq;
        trainer.status = handover.status;
        trainer.goal = handover.target_epochs.map_or(Goal::Settings, Goal::Epochs);
        trainer.credits = handover.credits;
        trainer.allowance = handover.allowance;
        trainer.probe = handover.probe;
        trainer.trace = handover.trace;
        trainer.sub_step = handover.sub_step.map(SubStepJob::new);
        trainer.closes_epoch = handover.closes_epoch;
        trainer.map_request = handover.map_request;
        trainer.evaluations = handover.evaluations.into();
        trainer.outbox = Outbox {
            early_stop: handover.unsent.early_stop,
            losses: handover.unsent.losses,
            probe: handover.unsent.probe,
            trace: handover.unsent.trace,
            sub_step: handover.unsent.sub_step,
            maps: handover.unsent.maps,
            histogram: handover.unsent.histogram,
            past: handover.unsent.past,
            evaluations: handover.unsent.evaluations,
            checkpoint: handover.unsent.checkpoint,
            fault: handover.unsent.fault,
            signals: handover.unsent.signals,
            health: handover.unsent.health,
            gradient_flow: handover.unsent.gradient_flow,
        };
        trainer.has_news = true;
        if let Err(sentence) = resumed {
            trainer.fail(sentence);
        }
        trainer
    }
}
