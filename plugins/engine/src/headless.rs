//! The headless runner: trains a project to its end and measures it, without a window.

use std::ops::ControlFlow;

use project::{Project, apply, gesture};

use crate::{Command, EpochLoss, Evaluation, Part, Request, Status, Trainer, WorkBudget};

/// What to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Epochs to train now; `None`: as the project's settings say.
    pub epochs: Option<u32>,
    /// Another seed than the project's: draws new starting weights, another split
    /// and another order. Frozen numbers keep their value.
    pub seed: Option<u64>,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The project with what it learned.
    pub project: Project,
    /// What each epoch came to.
    pub losses: Vec<EpochLoss>,
    /// Training, validation and test rows measured at the end.
    pub evaluations: Vec<Evaluation>,
    /// How many learnable numbers the network has.
    pub parameters: usize,
    /// How many training rows were passed through it.
    pub samples: u64,
    /// Whether `on_epoch` stopped it early.
    pub was_stopped: bool,
}

/// Why a run could not be made or finished: a sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The project cannot be trained as it is; nothing was.
    #[error("{0}")]
    Refused(String),
    /// Training had to stop, mostly because numbers left their range.
    #[error("{0}")]
    Broken(String),
}

/// Trains a project from where it stands.
///
/// # Errors
/// When it cannot be trained as it is, or training left the range of numbers.
pub fn run(
    mut project: Project,
    options: RunOptions,
    mut on_epoch: impl FnMut(&EpochLoss) -> ControlFlow<()>,
) -> Result<Outcome, RunError> {
    if let Some(seed) = options.seed {
        let edit = gesture::new_seed(&project, seed);
        apply(&mut project, &edit).map_err(|error| RunError::Refused(error.to_string()))?;
    }
    let parameters = project.network().parameter_count();
    let mut asker = Asker::default();
    let load = Request::Load {
        project: Box::new(project),
        revision: 0,
    };
    let train = Request::Train {
        epochs: options.epochs,
    };
    for request in [load, train] {
        asker.ask(request).map_err(RunError::Refused)?;
    }
    let mut losses = Vec::new();
    let mut samples = 0;
    let mut was_stopped = false;
    let rows = asker.trainer.training_rows();
    while asker.trainer.status() == Status::Training && !was_stopped {
        // The smallest slices: every epoch is told when it ends.
        asker.trainer.advance(WorkBudget(1));
        for loss in asker.trainer.take_losses() {
            samples += u64::from(rows);
            was_stopped |= on_epoch(&loss).is_break();
            losses.push(loss);
        }
    }
    let parts = Part::ALL.map(Request::Evaluate);
    for request in std::iter::once(Request::Pause).chain(parts) {
        asker.ask(request).map_err(RunError::Broken)?;
    }
    asker.trainer.advance(WorkBudget::UNLIMITED);
    let evaluations = asker
        .report()
        .map_err(RunError::Broken)?
        .map(|report| report.evaluations)
        .unwrap_or_default();
    let project = asker
        .trainer
        .project()
        .cloned()
        .ok_or_else(|| RunError::Broken("The project was lost.".to_owned()))?;
    Ok(Outcome {
        project,
        losses,
        evaluations,
        parameters,
        samples,
        was_stopped,
    })
}

/// A trainer and the count of what it was asked.
#[derive(Default)]
struct Asker {
    trainer: Trainer,
    seq: u64,
}

impl Asker {
    fn ask(&mut self, request: Request) -> Result<(), String> {
        self.seq += 1;
        self.trainer.handle(Command {
            seq: self.seq,
            request,
        });
        if self.trainer.status() == Status::Faulted {
            self.report()?;
        }
        Ok(())
    }

    /// The next report; the sentence of a fault in it is an error.
    fn report(&mut self) -> Result<Option<crate::Report>, String> {
        self.trainer.handle(Command {
            seq: self.seq,
            request: Request::Credit(1),
        });
        let report = self.trainer.take_report();
        match report.as_ref().and_then(|report| report.fault.as_ref()) {
            Some(fault) => Err(fault.sentence.clone()),
            None => Ok(report),
        }
    }
}
