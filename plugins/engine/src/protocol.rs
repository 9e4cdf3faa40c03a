//! What is said between the program and the engine: commands in, reports out.

pub(crate) mod evaluation;
pub(crate) mod health;
pub(crate) mod histogram;
pub(crate) mod history;
pub(crate) mod instruments;
pub(crate) mod substep;

use project::{Edit, Project};
use serde::{Deserialize, Serialize};

use crate::{
    Activations, Checkpoint, Evaluation, GradientFlow, Health, Histogram, HistogramRequest,
    HistoryRange, MapRequest, PastView, ProbeRequest, ResponseMaps, SubStep, SubStepRequest, Trace,
    TraceRequest, TraceRow,
};

/// One thing the engine is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Counts up from 1; a report says the last one it has seen.
    pub seq: u64,
    /// What is asked.
    pub request: Request,
}

/// What can be asked of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Takes a whole project; training stops, and what was known of the one before
    /// is forgotten.
    Load {
        /// The project.
        project: Box<Project>,
        /// Its revision.
        revision: u64,
    },
    /// Makes edits; training goes on if it ran.
    Patch {
        /// The revision the edits are made on: must be the engine's.
        base_revision: u64,
        /// The revision they lead to.
        revision: u64,
        /// The edits in order.
        edits: Vec<Edit>,
    },
    /// Trains for this many more epochs; `None`: until the settings' number of
    /// epochs is reached, and if it is already: that many more.
    Train {
        /// More epochs.
        epochs: Option<u32>,
    },
    /// Trains to the end of the epoch that is under way, or one epoch.
    TrainOneEpoch,
    /// Stops before the next row chunk; `Train` goes on from there.
    Pause,
    /// Puts values in and asks what every node makes of them. Latest wins.
    Probe(ProbeRequest),
    /// Asks how nodes respond over a plane of two inputs; answered again while
    /// training changes the answer. Latest wins.
    Maps(MapRequest),
    /// Asks what one row does on its way forward and back, and would change. Latest
    /// wins.
    Trace(TraceRequest),
    /// Makes one step of training on one batch of this one row, at once. It counts
    /// no epoch and no batch, and uses up no allowance. A batch under way begins
    /// again afterwards, and so does a validation, because they belong to the
    /// numbers before. Any row of the table may be learned from, of whatever part.
    /// Nothing is left out: dropout is for training alone.
    LearnRow(TraceRow),
    /// Ends the answers to `Maps`.
    StopMaps,
    /// Asks how numbers are spread: weights, biases, gradients or activations. Latest
    /// wins.
    Histogram(HistogramRequest),
    /// The most bytes that the history of training may take; 0 switches it off. At the
    /// beginning it is [`HistoryRange::DEFAULT_BUDGET`], at most
    /// [`HistoryRange::MAX_BUDGET`]. Another number forgets the history so far.
    SetHistoryBudget(u64),
    /// Asks for the learnable numbers at an earlier step, nearly and at once; training
    /// goes on undisturbed. Latest wins. See [`PastView`].
    LookBack(u64),
    /// Makes the exact state of a step the present one, by training again from the
    /// keyframe before it: values, memory of the optimiser and progress, bit for bit.
    /// Training is paused. Later steps stay known, and can be gone to likewise, until
    /// training leaves their way: by an edit, by `LearnRow`, or past their end.
    /// Training on from there makes the same steps again, and tells its epochs again.
    ///
    /// Steps before an edit that changes how training goes on (data, settings other
    /// than the number of epochs, single numbers, freezing) can be looked at but not
    /// gone back to; an edit of the structure, or a restore of all numbers, begins the
    /// history anew. A step that is not known is told with a sentence. Reports wait
    /// until the step is reached, and so do requests that depend on it. Latest wins.
    GoBack(u64),
    /// Passes one part of the data through the network and measures it.
    Evaluate(Part),
    /// Asks for everything needed to go on later.
    Checkpoint,
    /// Goes on from a checkpoint; training is paused.
    Resume(Box<Checkpoint>),
    /// Allows this many more reports.
    Credit(u32),
    /// Allows this many more batches of training from now on, whatever was allowed
    /// before; `None`, as at the beginning: as many as there is time for. So that
    /// a person can watch, without a clock in the engine.
    Allow(Option<u32>),
    /// Follows the very batch that training takes next through forward, loss, backward and
    /// update, up to one of these phases, and tells all numbers of it. Training is paused.
    /// The first three phases change nothing: however often they are looked at, training
    /// goes on bit for bit as if nobody had. The update makes that step of training, the
    /// same to the bit, with the validation that ends an epoch; it uses up no allowance.
    /// When numbers or settings change before the answer, the batch is followed anew.
    /// Latest wins.
    SubStep(SubStepRequest),
}

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// The rows learned from.
    Train,
    /// The rows watched while learning.
    Validation,
    /// The rows kept for the end.
    Test,
}

impl Part {
    /// Every part, in the order reports show them.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// What the field calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// What the engine is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Nothing was trained yet.
    #[default]
    Idle,
    /// Training runs.
    Training,
    /// Training was stopped before its end.
    Paused,
    /// All epochs asked for are done.
    Finished,
    /// Something prevents training; the report that began it says what.
    Faulted,
}

/// What the engine has to say: its newest state, and the answers since the last
/// report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The last command seen.
    pub ack_seq: u64,
    /// The revision all lists here belong to.
    pub revision: u64,
    /// What the engine is doing.
    pub status: Status,
    /// Whole epochs behind the values.
    pub epochs: u32,
    /// The epoch count at which training will stop.
    pub target_epochs: u32,
    /// Batches done in this epoch.
    pub batch: u32,
    /// Batches in an epoch.
    pub batches: u32,
    /// Training rows: what an epoch passes through.
    pub rows_per_epoch: u32,
    /// Rows in validation and test.
    pub other_rows: [u32; 2],
    /// The loss of the last batch, if one was trained.
    pub batch_loss: Option<f32>,
    /// All learnable numbers in the canonical order; empty if unchanged since the
    /// last report.
    pub values: Vec<f32>,
    /// The gradient of the last batch in the canonical order, zero for what is
    /// frozen; empty if there was none since the last report.
    pub gradients: Vec<f32>,
    /// Mean |activation| of each node, by number, over the last row chunk or the
    /// last probe: what flows on the wires. Empty if nothing new flowed.
    pub signals: Vec<f32>,
    /// The health of each node, by number, over the rows last looked at; empty if it
    /// is as last sent for this revision, or not known yet. See [`Health`].
    pub health: Vec<Health>,
    /// How the gradient was on its way back in the last look at training, once.
    pub gradient_flow: Option<Box<GradientFlow>>,
    /// The learning rate of the epoch under way, by warm-up and schedule.
    pub rate: f32,
    /// The epochs finished since the last report. When there was none for more than
    /// [`Report::MOST_LOSSES`] epochs, some are left out: the first, the last and the best
    /// are here, the others are thinned like the history, and those of a run that began
    /// anew since are not.
    pub losses: Vec<EpochLoss>,
    /// Training ended by itself since the last report.
    pub early_stop: Option<EarlyStop>,
    /// The answer to the last probe, once.
    pub probe: Option<Activations>,
    /// The answer to the last trace, once.
    pub trace: Option<Box<Trace>>,
    /// The answer to the last `SubStep`, once.
    pub sub_step: Option<Box<SubStep>>,
    /// The newest maps, once.
    pub maps: Option<ResponseMaps>,
    /// The answer to the last `Histogram`, once.
    pub histogram: Option<Box<Histogram>>,
    /// What is remembered of training.
    pub history: HistoryRange,
    /// The answer to the last `LookBack`, once.
    pub past: Option<Box<PastView>>,
    /// The answers to `Evaluate`, in order.
    pub evaluations: Vec<Evaluation>,
    /// The answer to `Checkpoint`.
    pub checkpoint: Option<Box<Checkpoint>>,
    /// What went wrong, as a sentence for the person, once.
    pub fault: Option<Fault>,
}

impl Report {
    /// The most epochs that are told at once, 40 bytes each: 5 MB. Even the
    /// smallest networks need more than a tenth of a second for so many.
    pub const MOST_LOSSES: usize = 1 << 17;
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The sentence for the person.
    pub sentence: String,
    /// Whether the engine has lost track of the project and needs a `Load`.
    pub needs_load: bool,
}

/// What one epoch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EpochLoss {
    /// From 1.
    pub epoch: u32,
    /// The mean of the losses of its batches, each as it was before its step,
    /// weighted by rows (as Keras does: no extra pass).
    pub train: f32,
    /// The loss over the validation rows after the epoch; `None` without any.
    pub validation: Option<f32>,
    /// The share of training rows classified rightly, in the same running way;
    /// `None` where outputs are no classes.
    pub train_accuracy: Option<f32>,
    /// The share of validation rows classified rightly.
    pub validation_accuracy: Option<f32>,
    /// What large weights cost after the epoch: l1·Σ|w| + ½·l2·Σw². The losses above
    /// are without it.
    pub penalty: f32,
    /// The learning rate of the epoch.
    pub rate: f32,
}

/// How early stopping ended training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStop {
    /// The epoch it ended after, from 1.
    pub epoch: u32,
    /// The epoch with the best validation loss.
    pub best_epoch: u32,
    /// That loss.
    pub best_loss: f32,
    /// Whether the numbers of that epoch were put back.
    pub is_restored: bool,
}

/// How much to compute before control comes back, in multiply-adds: a row passed
/// forward through an edge is 1, a row trained on an edge 3. A slice does at
/// least one row chunk, so it may exceed the budget by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkBudget(pub u64);

impl WorkBudget {
    /// As much as there is.
    pub const UNLIMITED: Self = Self(u64::MAX);
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Whether calling again would do something.
    pub has_more: bool,
    /// What was done, in the unit of [`WorkBudget`].
    pub work: u64,
}
