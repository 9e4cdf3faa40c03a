//! One project being trained: its compiled network, its data, and how far it is.

mod slices;
mod watching;

use std::fmt::Display;

use network::{NodeId, ParameterId, ParameterLayout, Role};
use project::{Penalty, Project, TrainingProblem};

use crate::checkpoint::{Progress, Tally};
use crate::classes::Questions;
use crate::compile::{Program, Route};
use crate::data::{Data, ordered};
use crate::evaluation::Subject;
use crate::health::{Look, Usual};
use crate::history::History;
use crate::loss::LossPlan;
use crate::model::{Held, Model};
use crate::optimizer::{Circumstances, Stepper};
use crate::patch::carried;
use crate::{Checkpoint, OptimizerState, Part};

pub(crate) use slices::TRAINING_FACTOR;

/// What can be computed of a project.
pub(crate) struct Compiled {
    pub(crate) model: Model,
    pub(crate) plan: LossPlan,
    pub(crate) stepper: Stepper,
    pub(crate) layout: ParameterLayout,
    inputs: Vec<NodeId>,
    outputs: Vec<NodeId>,
}

impl Compiled {
    /// The data with how its targets are read.
    pub(crate) fn prepared(&self, project: &Project, data: Data) -> Prepared {
        let objective = &project.training().objective;
        let outputs = &self.model.program.outputs;
        let questions = Questions::new(project.network(), outputs, objective, &self.plan, &data);
        Prepared { data, questions }
    }

    /// What large weights cost just now.
    pub(crate) fn penalty(&self) -> f32 {
        self.stepper.penalty(&self.model) as f32
    }
}

/// The data as the network sees it, and how its targets are read.
pub(crate) struct Prepared {
    pub(crate) data: Data,
    pub(crate) questions: Questions,
}

/// One project being trained.
pub(crate) struct Session {
    pub(crate) project: Project,
    /// `Err` holds the sentence that says why the network cannot be computed.
    pub(crate) compiled: Result<Compiled, String>,
    /// `None` when an edit made it stale.
    pub(crate) prepared: Option<Prepared>,
    pub(crate) progress: Progress,
    /// What the chunks of the batch under way came to.
    pub(crate) batch: Tally,
    pub(crate) batch_loss: Option<f32>,
    /// The order of the training rows in the epoch under way.
    order: Option<Vec<u32>>,
    /// What the validation rows came to so far.
    pub(crate) validation: Tally,
    /// The values of the best epoch, while early stopping may put them back.
    pub(crate) best: Vec<f32>,
    /// Counts up when a number the passes use changes.
    pub(crate) version: u64,
    pub(crate) has_gradient: bool,
    /// How the neurons are.
    pub(crate) health: Look,
    /// What is remembered of training.
    pub(crate) history: History,
    route: Route,
}

impl Session {
    /// A session that may remember so many bytes of training.
    pub(crate) fn new(project: Project, route: Route, history_budget: u64) -> Self {
        let progress = Progress {
            epochs: project.trained_epochs(),
            ..Progress::default()
        };
        let mut session = Self {
            project,
            compiled: Err(String::new()),
            prepared: None,
            progress,
            batch: Tally::default(),
            batch_loss: None,
            order: None,
            validation: Tally::default(),
            best: Vec::new(),
            version: 0,
            has_gradient: false,
            health: Look::default(),
            history: History::new(history_budget),
            route,
        };
        session.compile(&OptimizerState::default(), &ParameterLayout::default());
        session.look_anew();
        session
    }

    /// Whether nothing was trained yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.progress.epochs == 0 && self.progress.batch == 0
    }

    /// The compiled network, or the sentence that says why there is none.
    pub(crate) fn compiled(&self) -> Result<&Compiled, String> {
        self.compiled.as_ref().map_err(Clone::clone)
    }

    /// The compiled network and the data, made ready.
    pub(crate) fn ready(&mut self) -> Result<(&Compiled, &Prepared), String> {
        let compiled = self.compiled.as_ref().map_err(Clone::clone)?;
        if self.prepared.is_none() {
            let data = Data::new(&self.project);
            self.prepared = Some(compiled.prepared(&self.project, data));
        }
        match &self.prepared {
            Some(prepared) => Ok((compiled, prepared)),
            None => Err("The data could not be prepared.".to_owned()),
        }
    }

    /// Makes the data ready, if it can be.
    pub(crate) fn prepare(&mut self) {
        // Why it cannot be is told when something is asked that needs it.
        self.ready().ok();
    }

    /// What an evaluation needs to know.
    pub(crate) fn subject(&mut self) -> Result<Subject<'_>, String> {
        self.ready()?;
        let compiled = self.compiled.as_ref().map_err(Clone::clone)?;
        let Some(Prepared { data, questions }) = &self.prepared else {
            return Err("The data could not be prepared.".to_owned());
        };
        Ok(Subject {
            model: &compiled.model,
            plan: &compiled.plan,
            data,
            questions,
            health: &self.health,
            epochs: self.progress.epochs,
            penalty: compiled.penalty(),
        })
    }

    /// Whether training can begin.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        self.project
            .check_training()
            .map_err(|problem| problem.to_string())?;
        let (_, prepared) = self.ready()?;
        if prepared.data.parts.train.is_empty() {
            return Err(TrainingProblem::NoTrainingRows.to_string());
        }
        Ok(())
    }

    /// All learnable numbers in the canonical order.
    pub(crate) fn values(&self) -> Vec<f32> {
        match &self.compiled {
            Ok(compiled) => compiled.model.values(),
            Err(_) => self.project.network().snapshot().values,
        }
    }

    /// The gradient of the last batch; empty before the first.
    pub(crate) fn gradients(&self) -> Vec<f32> {
        match &self.compiled {
            Ok(compiled) if self.has_gradient => compiled.model.gradients(),
            _ => Vec::new(),
        }
    }

    /// The loss of the last batch.
    pub(crate) fn batch_loss(&self) -> Option<f32> {
        self.batch_loss
    }

    /// The signals of the last chunk trained on; empty before the first.
    pub(crate) fn signals(&self) -> Vec<f32> {
        let Ok(Compiled { model, plan, .. }) = &self.compiled else {
            return Vec::new();
        };
        match model.last_pass() {
            ([], _) => Vec::new(),
            (flows, rows) => crate::instruments::signals(model, plan, flows, rows),
        }
    }

    /// Training, validation and test rows.
    pub(crate) fn row_counts(&self) -> [u32; 3] {
        let Some(Prepared { data, .. }) = &self.prepared else {
            return [0; 3];
        };
        [Part::Train, Part::Validation, Part::Test].map(|part| data.rows(part).len() as u32)
    }

    /// Whether all batches of the epoch under way are done, and only its validation is not.
    pub(crate) fn ends_epoch(&self) -> bool {
        self.progress.batch >= self.batches()
    }

    /// Batches in an epoch.
    pub(crate) fn batches(&self) -> u32 {
        let [rows, ..] = self.row_counts();
        rows.div_ceil(self.project.training().batch_size.max(1))
    }

    /// Brings the numbers of the project to those of training.
    pub(crate) fn synchronise(&mut self) {
        if let Ok(compiled) = &self.compiled {
            let values = compiled.model.values();
            // Values are finite after every batch, and as many as the network's.
            let result = self.project.learn(&values, self.progress.epochs);
            debug_assert!(result.is_ok(), "{result:?}");
        }
    }

    /// Forgets how the neurons were.
    pub(crate) fn look_anew(&mut self) {
        let usual = Usual::unknown(self.is_fresh());
        self.health = match &self.compiled {
            Ok(Compiled { model, plan, .. }) => {
                Look::new(self.project.network(), &model.program.places, plan, usual)
            }
            Err(_) => Look::default(),
        };
    }

    /// The epoch under way begins anew, with the numbers there are.
    pub(crate) fn restart_epoch(&mut self) {
        self.progress.batch = 0;
        self.progress.epoch = Tally::default();
        self.batch = Tally::default();
        self.validation = Tally::default();
        self.order = None;
        self.health.give_up();
    }

    pub(crate) fn compile(&mut self, state: &OptimizerState, old_layout: &ParameterLayout) {
        self.has_gradient = false;
        self.batch_loss = None;
        let before = std::mem::replace(&mut self.compiled, Err(String::new()));
        self.compiled = self.try_compile(state, old_layout);
        let prepared = self.prepared.take();
        if let (Ok(before), Ok(now)) = (&before, &self.compiled)
            && before.inputs == now.inputs
            && before.outputs == now.outputs
        {
            // The rows are as they were; only how outputs are read may be new.
            self.prepared = prepared.map(|before| now.prepared(&self.project, before.data));
        }
        self.instruct();
        self.begin_history();
    }

    fn try_compile(
        &self,
        state: &OptimizerState,
        old_layout: &ParameterLayout,
    ) -> Result<Compiled, String> {
        let network = self.project.network();
        let outputs = ordered(&self.project, Role::Output);
        let inputs = ordered(&self.project, Role::Input);
        let program = Program::compile(network, &inputs, &outputs, self.route)
            .map_err(|error| error.to_string())?;
        let settings = self.project.training();
        let plan = LossPlan::new(&program.outputs, &settings.objective);
        let model =
            Model::new(program, &network.snapshot().values).map_err(|error| sentence(&error))?;
        model.check_kinds().map_err(|error| error.to_string())?;
        let mut stepper = Stepper::new(Circumstances::of(settings));
        stepper.set_state(&carried(state, old_layout, network), &model);
        Ok(Compiled {
            layout: ParameterLayout::of(network),
            model,
            plan,
            stepper,
            inputs,
            outputs,
        })
    }

    /// Tells the optimiser what is frozen, pruned, faster or slower, and its rate.
    pub(crate) fn instruct(&mut self) {
        let rate = self.rate();
        let Ok(compiled) = &mut self.compiled else {
            return;
        };
        let network = self.project.network();
        let Penalty { l1, l2 } = self.project.training().penalty;
        let has_penalty = l1 > 0.0 || l2 > 0.0;
        let program = &compiled.model.program;
        let mut slots = program.slots.iter();
        let (mut held, mut weights) = (Held::default(), Vec::new());
        for (id, parameter) in network.parameters() {
            let node = match id {
                ParameterId::Node(node, _) => Some(node),
                ParameterId::Edge(edge) => network.edge(edge).map(|edge| edge.to.node()),
            };
            let factor = node
                .and_then(|node| network.node(node))
                .map_or(1.0, |node| node.learning.rate_factor);
            let is_weight = matches!(id, ParameterId::Edge(_));
            for (element, &slot) in parameter.elements().iter().zip(&mut slots) {
                if !element.is_learnable() || factor == 0.0 {
                    held.still.push(slot);
                    continue;
                }
                if factor != 1.0 {
                    held.scaled.push((slot, factor));
                }
                if is_weight && has_penalty {
                    weights.push(slot);
                }
            }
        }
        held.still.extend(&program.fillers);
        compiled.stepper.set_places(held, weights);
        compiled.stepper.set_rate(rate);
    }

    /// Training at the end of the last whole batch; `None` when nothing can be
    /// computed.
    pub(crate) fn checkpoint(&self) -> Option<Checkpoint> {
        let compiled = self.compiled.as_ref().ok()?;
        Some(Checkpoint {
            values: compiled.model.values(),
            optimizer: compiled.stepper.state(&compiled.model),
            progress: self.progress,
            best: self.best.clone(),
        })
    }

    /// Goes on from a checkpoint.
    pub(crate) fn resume(&mut self, checkpoint: &Checkpoint) -> Result<(), String> {
        let misfit = |why: &dyn Display| format!("The checkpoint does not fit: {why}.");
        let rule = self.project.training().optimizer;
        checkpoint
            .check(self.project.network(), rule)
            .map_err(|why| misfit(&why))?;
        self.project
            .learn(&checkpoint.values, checkpoint.progress.epochs)
            .map_err(|error| misfit(&error))?;
        self.ready()?;
        self.restart_epoch();
        self.restore();
        self.progress = checkpoint.progress;
        if self.progress.batch > self.batches() {
            self.restart_epoch();
        }
        if let Ok(compiled) = &mut self.compiled {
            let model = &compiled.model;
            compiled.stepper.set_state(&checkpoint.optimizer, model);
        }
        self.best.clone_from(&checkpoint.best);
        self.health.begin_anew(self.is_fresh());
        self.version += 1;
        self.instruct();
        Ok(())
    }

    /// What large weights cost just now.
    pub(crate) fn penalty(&self) -> f32 {
        self.compiled.as_ref().map_or(0.0, Compiled::penalty)
    }
}

/// A technical cause as a sentence.
pub(crate) fn sentence(error: &impl Display) -> String {
    format!("The network cannot be computed: {error}.")
}
