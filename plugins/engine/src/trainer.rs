//! The trainer: takes commands, works in slices, and reports.

mod answers;
mod handover;
mod opening;
mod outbox;
mod past;
mod share;
mod stepping;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::compile::Route;
use crate::evaluation::EvaluationJob;
use crate::histogram::HistogramJob;
use crate::maps::MapJob;
use crate::session::Session;
use crate::substep::SubStepJob;
use crate::{
    Advance, Command, EpochLoss, Fault, HistogramRequest, HistoryRange, MapRequest, Part,
    ProbeRequest, Report, Request, Status, TraceRequest, WorkBudget,
};
use outbox::Outbox;
use past::depends_on_numbers;
use share::MapShare;

pub use handover::Handover;

/// Reports that may be sent before the first `Credit`.
const FIRST_CREDITS: u32 = 2;

/// When training stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// At the settings' number of epochs, wherever an edit puts it.
    Settings,
    /// At this number of epochs.
    Epochs(u32),
}

/// Trains one project at a time. It holds no clock and no thread: it works when
/// [`Trainer::advance`] is called, for as long as the budget says.
pub struct Trainer {
    session: Option<Session>,
    revision: u64,
    ack_seq: u64,
    status: Status,
    goal: Goal,
    credits: u32,
    /// Batches that may still be trained; `None`: any number.
    allowance: Option<u32>,
    probe: Option<ProbeRequest>,
    trace: Option<TraceRequest>,
    sub_step: Option<SubStepJob>,
    /// Whether a sub-step ended an epoch, whose validation belongs to it.
    closes_epoch: bool,
    map_request: Option<MapRequest>,
    /// The version of the numbers the newest maps were made from.
    mapped: Option<u64>,
    map_job: Option<MapJob>,
    map_share: MapShare,
    histogram: Option<HistogramRequest>,
    histogram_job: Option<HistogramJob>,
    history_budget: u64,
    /// The step whose view is asked for.
    look_back: Option<u64>,
    /// The step that is being gone to.
    destination: Option<u64>,
    evaluations: VecDeque<Part>,
    evaluation_job: Option<EvaluationJob>,
    outbox: Outbox,
    has_news: bool,
    /// The version of the numbers last reported.
    reported: Option<u64>,
    route: Route,
}

impl Default for Trainer {
    fn default() -> Self {
        Self::with_route(Route::Fused)
    }
}

impl Trainer {
    /// A trainer without a project.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A trainer that computes in this way: for tests and measurements.
    #[must_use]
    pub fn with_route(route: Route) -> Self {
        Self {
            session: None,
            revision: 0,
            ack_seq: 0,
            status: Status::Idle,
            goal: Goal::Settings,
            credits: FIRST_CREDITS,
            allowance: None,
            probe: None,
            trace: None,
            sub_step: None,
            closes_epoch: false,
            map_request: None,
            mapped: None,
            map_job: None,
            map_share: MapShare::default(),
            histogram: None,
            histogram_job: None,
            history_budget: HistoryRange::DEFAULT_BUDGET,
            look_back: None,
            destination: None,
            evaluations: VecDeque::new(),
            evaluation_job: None,
            outbox: Outbox::default(),
            has_news: false,
            reported: None,
            route,
        }
    }

    /// Takes a command. Costs little, but for `Load` and `Patch`, which compile, and
    /// `LearnRow`, which is a step of training on one row.
    pub fn handle(&mut self, command: Command) {
        self.ack_seq = self.ack_seq.max(command.seq);
        // These two say how to go on, and are no news.
        match command.request {
            Request::Credit(more) => {
                self.credits = self.credits.saturating_add(more);
                return;
            }
            Request::Allow(batches) => {
                self.allowance = batches;
                return;
            }
            _ => self.has_news = true,
        }
        if depends_on_numbers(&command.request) {
            self.arrive();
        }
        match command.request {
            Request::Load { project, revision } => self.load(*project, revision),
            Request::Patch {
                base_revision,
                revision,
                edits,
            } => self.patch(base_revision, revision, &edits),
            Request::Train { epochs } => self.train(epochs),
            Request::TrainOneEpoch => self.train(Some(1)),
            Request::Pause => {
                if self.status == Status::Training {
                    self.status = Status::Paused;
                }
            }
            Request::Probe(request) => self.probe = Some(request),
            Request::Trace(request) => self.trace = Some(request),
            Request::SubStep(request) => self.start_sub_step(request),
            Request::LearnRow(row) => self.learn_row(&row),
            Request::Maps(request) => self.start_maps(request),
            Request::StopMaps => self.stop_maps(),
            Request::Histogram(request) => self.histogram = Some(request),
            Request::SetHistoryBudget(bytes) => self.set_history_budget(bytes),
            Request::LookBack(step) => self.look_back = Some(step),
            Request::GoBack(step) => self.go_back(step),
            Request::Evaluate(part) => self.evaluations.push_back(part),
            Request::Checkpoint => {
                let checkpoint = self.session.as_ref().and_then(Session::checkpoint);
                self.outbox.checkpoint = checkpoint.map(Box::new);
            }
            Request::Resume(checkpoint) => self.resume(&checkpoint),
            Request::Credit(_) | Request::Allow(_) => {}
        }
    }

    /// Works for about as long as the budget says: first on what a person waits
    /// for (probe, trace, evaluation, maps), then on training. How the work is cut into
    /// slices never changes a result.
    pub fn advance(&mut self, budget: WorkBudget) -> Advance {
        let mut work = 0_u64;
        while work < budget.0 || work == 0 {
            match self.step() {
                Some(done) => work = work.saturating_add(done.max(1)),
                None => break,
            }
        }
        self.has_news |= work > 0;
        Advance {
            has_more: self.has_work(),
            work,
        }
    }

    /// The newest state and all answers, if there is something new and a credit
    /// to send it.
    pub fn take_report(&mut self) -> Option<Report> {
        // On the way to a step the numbers are of no step anybody asked for.
        if self.credits == 0 || !self.has_news || self.destination.is_some() {
            return None;
        }
        self.credits -= 1;
        self.has_news = false;
        let outbox = std::mem::take(&mut self.outbox);
        let mut report = Report {
            ack_seq: self.ack_seq,
            revision: self.revision,
            status: self.status,
            ..outbox.into_report()
        };
        let target = self.target_epochs();
        if let Some(session) = &mut self.session {
            session.prepare();
            let [train, validation, test] = session.row_counts();
            report.epochs = session.progress.epochs;
            report.target_epochs = target;
            report.batch = session.progress.batch;
            report.batches = session.batches();
            report.rows_per_epoch = train;
            report.other_rows = [validation, test];
            report.batch_loss = session.batch_loss();
            report.rate = session.rate() as f32;
            report.history = session.history.range();
            if self.reported != Some(session.version) {
                report.values = session.values();
                report.gradients = session.gradients();
                if report.signals.is_empty() {
                    report.signals = session.signals();
                }
                self.reported = Some(session.version);
            }
            let health = session.health.take_news();
            if !health.is_empty() {
                report.health = health;
            }
            let gradient_flow = session.health.take_flow_news();
            report.gradient_flow = gradient_flow.or(report.gradient_flow);
        }
        Some(report)
    }

    /// What the engine is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The project with all that was learned; `None` before a `Load`.
    pub fn project(&mut self) -> Option<&project::Project> {
        self.arrive();
        let session = self.session.as_mut()?;
        session.synchronise();
        Some(&session.project)
    }

    /// The epochs finished since they were last taken, without a whole report.
    pub(crate) fn take_losses(&mut self) -> Vec<EpochLoss> {
        std::mem::take(&mut self.outbox.losses)
    }

    /// Rows an epoch passes through.
    pub(crate) fn training_rows(&self) -> u32 {
        self.session
            .as_ref()
            .map_or(0, |session| session.row_counts()[0])
    }

    fn lose_track(&mut self, sentence: String) {
        self.status = Status::Faulted;
        self.outbox.fault = Some(Fault {
            sentence,
            needs_load: true,
        });
    }

    fn fail(&mut self, sentence: String) {
        self.status = Status::Faulted;
        self.tell(sentence);
    }

    /// Tells a fault that does not stop training, unless a graver one waits.
    fn tell(&mut self, sentence: String) {
        self.outbox.fault.get_or_insert(Fault {
            sentence,
            needs_load: false,
        });
    }

    fn check(&mut self) -> Result<(), String> {
        match &mut self.session {
            Some(session) => session.check(),
            None => Err("There is no project to train yet.".to_owned()),
        }
    }

    fn has_work(&self) -> bool {
        self.session.is_some()
            && (self.probe.is_some()
                || self.trace.is_some()
                || self.sub_step.is_some()
                || self.look_back.is_some()
                || self.destination.is_some()
                || self.histogram.is_some()
                || self.histogram_job.is_some()
                || self.evaluation_job.is_some()
                || !self.evaluations.is_empty()
                || self.wants_maps()
                || self.may_train())
    }

    /// One chunk of work, and how much it was; `None` when there is none.
    fn step(&mut self) -> Option<u64> {
        self.travel()
            .or_else(|| self.look_back())
            .or_else(|| self.answer_one())
            .or_else(|| self.sub_step_one())
            .or_else(|| self.histogram_one())
            .or_else(|| self.evaluate_one())
            .or_else(|| self.map_one())
            .or_else(|| self.may_train().then(|| self.train_step()))
    }
}
