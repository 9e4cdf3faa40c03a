//! One project being trained: its compiled network, its data, and how far it is.

use network::{NodeId, ParameterId, ParameterLayout, Role};
use project::{Penalty, Project, Schedule, TrainingProblem};

use crate::checkpoint::{Plateau, Progress, Tally, Watch};
use crate::classes::{ClassRule, Questions};
use crate::compile::{Program, Route};
use crate::data::{CHUNK_ROWS, Data, ordered};
use crate::divergence;
use crate::dropout::Noise;
use crate::evaluation::Subject;
use crate::health::{Look, Usual};
use crate::history::History;
use crate::loss::LossPlan;
use crate::model::{Held, Model, PassError, StepError, Trained};
use crate::optimizer::{Circumstances, Stepper};
use crate::patch::carried;
use crate::{Checkpoint, EarlyStop, EpochLoss, OptimizerState, Part};

/// Forward, and backward twice: through values and through weights.
const TRAINING_FACTOR: u64 = 3;

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
    fn penalty(&self) -> f32 {
        self.stepper.penalty(&self.model) as f32
    }
}

/// The data as the network sees it, and how its targets are read.
pub(crate) struct Prepared {
    pub(crate) data: Data,
    pub(crate) questions: Questions,
}

/// What a slice of training did.
pub(crate) struct Slice {
    pub(crate) work: u64,
    pub(crate) epoch: Option<EpochLoss>,
    /// Whether training ended with it by itself.
    pub(crate) early_stop: Option<EarlyStop>,
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
        session.look_anew(Usual::unknown(session.is_fresh()));
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
        self.compiled()?;
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

    /// Forgets how the neurons were, but for what the gradient was like when training
    /// began.
    pub(crate) fn look_anew(&mut self, usual: Usual) {
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
        // Its lists would take more memory than a browser gives.
        let numbers = network.parameter_count();
        if numbers > Project::MOST_TRAINED {
            return Err(TrainingProblem::TooLarge(numbers).to_string());
        }
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

    /// The learning rate of the epoch under way.
    pub(crate) fn rate(&self) -> f64 {
        let settings = self.project.training();
        let epoch = self.progress.epochs;
        let rate = settings.scheduled_rate(epoch);
        match settings.schedule {
            Schedule::Plateau { least, .. } if epoch >= settings.warm_up.epochs => {
                let lowered = rate * self.progress.plateau.scale;
                // A rate that is below the least from the beginning stays.
                lowered.max(f64::from(least).min(rate))
            }
            _ => rate,
        }
    }

    /// Forgets what schedules and early stopping have seen.
    pub(crate) fn watch_anew(&mut self) {
        self.progress.plateau = Plateau::default();
        self.progress.watch = Watch::default();
        self.best = Vec::new();
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
        self.project
            .learn(&checkpoint.values, checkpoint.progress.epochs)
            .map_err(|error| format!("The checkpoint does not fit: {error}."))?;
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

    /// Trains on the next chunk of rows, or passes the next chunk of validation
    /// rows. `Err` is the sentence of a fault; the last good values are then back.
    pub(crate) fn train_slice(&mut self) -> Result<Slice, String> {
        self.ready()?;
        self.found_history();
        let slice = if self.progress.batch < self.batches() {
            self.train_chunk()
        } else {
            self.validate_chunk()
        }?;
        self.note_slice(slice.work);
        Ok(slice)
    }

    fn train_chunk(&mut self) -> Result<Slice, String> {
        let settings = self.project.training();
        let size = settings.batch_size.max(1) as usize;
        let (Ok(compiled), Some(Prepared { data, questions })) =
            (&mut self.compiled, &self.prepared)
        else {
            return Err("The network is not ready.".to_owned());
        };
        let Compiled {
            model,
            plan,
            stepper,
            ..
        } = compiled;
        let epoch = self.progress.epochs;
        let order = self
            .order
            .get_or_insert_with(|| data.order(settings.seed, epoch, settings.is_shuffled));
        let first = self.progress.batch as usize * size;
        let batch = &order[first.min(order.len())..order.len().min(first + size)];
        let done = self.batch.rows as usize;
        if done == 0 {
            model.begin_batch();
        }
        let rows = &batch[done..batch.len().min(done + CHUNK_ROWS)];
        let mut chunk = data.chunk(rows);
        if model.program.has_dropout {
            let batch = self.progress.batch;
            chunk.noise = Some(Noise::new(settings.seed, epoch, batch, done as u32));
        }
        let scale = 1.0 / batch.len().max(1) as f64;
        let Trained { loss, by_value } = model
            .train_chunk(&chunk, plan, scale)
            .map_err(|error| sentence(&error))?;
        let is_epochs_first = self.progress.batch == 0 && done == 0;
        if self
            .health
            .wants_training(order.len() as u32, is_epochs_first)
        {
            let values = model.last_pass().0;
            if let Some(mut by_value) = by_value {
                let sums = (scale, loss.sum());
                self.health
                    .add_gradients(values, &mut by_value, rows.len(), sums)
                    .map_err(|error| sentence(&PassError::from(error)))?;
            }
            self.health.add(values, rows.len());
        }
        self.batch.add(Tally {
            loss: loss.sum(),
            rows: rows.len() as u32,
            right: questions.count_right(&loss, &chunk.targets, rows.len()),
        });
        let work = rows.len() as u64 * model.program.work.max(1) * TRAINING_FACTOR;
        let is_last = self.batch.rows as usize == batch.len();
        let place = if (loss.sum() as f32).is_finite() {
            None
        } else {
            Some(divergence::in_pass(model, rows.len()))
        };
        let place = match place {
            Some(place) => Some(place),
            None if !is_last => None,
            None => match stepper.step(model) {
                Ok(()) => {
                    self.batch_loss = self.batch.mean();
                    self.progress.epoch.add(std::mem::take(&mut self.batch));
                    self.progress.batch += 1;
                    self.has_gradient = true;
                    self.version += 1;
                    self.history.step();
                    None
                }
                Err(StepError::NotFinite(place)) => Some(divergence::in_step(model, place)),
                Err(StepError::Memory) => {
                    return Err("There is not enough memory for a step of training.".to_owned());
                }
            },
        };
        match place {
            None => Ok(Slice {
                work,
                epoch: None,
                early_stop: None,
            }),
            Some(place) => {
                let most = largest(&chunk.inputs);
                Err(self.stop_at(place, most))
            }
        }
    }

    /// Ends the step under way, which left the range of numbers, and says so. All
    /// learnable numbers are as they were before it.
    fn stop_at(&mut self, place: divergence::Place, largest_input: f32) -> String {
        let when = divergence::Moment {
            epoch: self.progress.epochs.saturating_add(1),
            batch: self.progress.batch.saturating_add(1),
            rate: self.rate(),
            largest_input,
        };
        let network = self.project.network();
        let sentence = match &self.compiled {
            Ok(compiled) => {
                divergence::sentence(network, &compiled.model.program.slots, place, &when)
            }
            Err(why) => why.clone(),
        };
        self.forget_step();
        sentence
    }

    /// After a step that went wrong: the batch begins again, the optimiser forgets.
    pub(crate) fn forget_step(&mut self) {
        self.batch = Tally::default();
        self.has_gradient = false;
        self.batch_loss = None;
        self.health.give_up();
        self.version += 1;
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.forget();
        }
        self.history.cut();
    }

    fn validate_chunk(&mut self) -> Result<Slice, String> {
        let (Ok(compiled), Some(Prepared { data, questions })) = (&self.compiled, &self.prepared)
        else {
            return Err("The network is not ready.".to_owned());
        };
        let Compiled { model, plan, .. } = compiled;
        let rows = data.rows(Part::Validation);
        let done = self.validation.rows as usize;
        let now = &rows[done.min(rows.len())..rows.len().min(done + CHUNK_ROWS)];
        if !now.is_empty() {
            let chunk = data.chunk(now);
            let values = model.pass(&chunk).map_err(|error| sentence(&error))?;
            let loss = plan.measure(&values, &chunk.targets, now.len(), chunk.stride());
            self.validation.add(Tally {
                loss: loss.sum(),
                rows: now.len() as u32,
                right: questions.count_right(&loss, &chunk.targets, now.len()),
            });
        }
        let work = now.len() as u64 * model.program.work.max(1);
        let is_done = self.validation.rows as usize >= rows.len();
        let epoch = is_done.then(|| self.finish_epoch());
        let early_stop = epoch.and_then(|epoch| self.watch(&epoch));
        Ok(Slice {
            work,
            epoch,
            early_stop,
        })
    }

    /// Looks at a finished epoch for schedule and early stopping.
    fn watch(&mut self, epoch: &EpochLoss) -> Option<EarlyStop> {
        let settings = self.project.training();
        if let Schedule::Plateau {
            factor,
            patience,
            threshold,
            ..
        } = settings.schedule
            && epoch.epoch > settings.warm_up.epochs
        {
            let loss = epoch.validation.unwrap_or(epoch.train);
            let plateau = &mut self.progress.plateau;
            plateau.add(loss, factor, patience, threshold);
        }
        let stop = self.watch_validation(epoch);
        self.instruct_rate();
        stop
    }

    fn watch_validation(&mut self, epoch: &EpochLoss) -> Option<EarlyStop> {
        let stopping = self.project.training().early_stopping?;
        let loss = epoch.validation?;
        let compiled = self.compiled.as_mut().ok()?;
        let watch = &mut self.progress.watch;
        if watch.add(epoch.epoch, loss, stopping.least_gain) {
            if stopping.restores_best {
                self.best = compiled.model.values();
            }
            return None;
        }
        if watch.since < stopping.patience {
            return None;
        }
        let stop = EarlyStop {
            epoch: epoch.epoch,
            best_epoch: watch.best_epoch,
            best_loss: watch.best.unwrap_or(loss),
            is_restored: stopping.restores_best && !self.best.is_empty(),
        };
        if stop.is_restored {
            compiled.stepper.forget();
            if let Err(error) = compiled.model.set_values(&self.best) {
                self.compiled = Err(sentence(&error));
            }
            self.has_gradient = false;
            self.version += 1;
        }
        // Whoever trains on is watched from here.
        self.progress.watch = Watch::default();
        self.best = Vec::new();
        Some(stop)
    }

    /// Tells the optimiser the learning rate of the epoch under way.
    fn instruct_rate(&mut self) {
        let rate = self.rate();
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.set_rate(rate);
        }
    }

    fn finish_epoch(&mut self) -> EpochLoss {
        let has_classes = self
            .prepared
            .as_ref()
            .is_some_and(|prepared| prepared.questions.rule() != ClassRule::None);
        let accuracy = |tally: Tally| tally.accuracy().filter(|_| has_classes);
        let rate = self.rate() as f32;
        self.progress.epochs = self.progress.epochs.saturating_add(1);
        let finished = EpochLoss {
            epoch: self.progress.epochs,
            train: self.progress.epoch.mean().unwrap_or_default(),
            validation: self.validation.mean(),
            train_accuracy: accuracy(self.progress.epoch),
            validation_accuracy: accuracy(self.validation),
            penalty: self.penalty(),
            rate,
        };
        self.restart_epoch();
        // A new tensor for a new epoch, see `Model::set_values`.
        if let Ok(compiled) = &mut self.compiled
            && let Err(error) = compiled.model.renew()
        {
            self.compiled = Err(sentence(&error));
        }
        finished
    }

    /// What large weights cost just now.
    pub(crate) fn penalty(&self) -> f32 {
        self.compiled.as_ref().map_or(0.0, Compiled::penalty)
    }
}

/// The largest |x|.
fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().fold(0.0, |most, x| x.abs().max(most))
}

/// A technical cause as a sentence.
pub(crate) fn sentence(error: &impl std::fmt::Display) -> String {
    format!("The network cannot be computed: {error}.")
}
