//! Following edits: what changes in the project changes in its training, and nothing else does.

use network::{ElementId, Network, Node, ParameterLayout, Role};
use project::{Edit, EditError, TrainingSettings, apply};

use crate::OptimizerState;
use crate::checkpoint::Tally;
use crate::loss::LossPlan;
use crate::optimizer::Circumstances;
use crate::session::{Session, sentence};

impl Session {
    /// Makes edits. After an error the project is no longer the sender's.
    pub(crate) fn patch(&mut self, edits: &[Edit]) -> Result<(), EditError> {
        let mut effects = Effects::default();
        for edit in edits {
            effects.add(edit, self.project.network());
        }
        let settings = self.project.training().clone();
        let (state, layout) = match &self.compiled {
            Ok(compiled) => (
                compiled.stepper.state(&compiled.model),
                compiled.layout.clone(),
            ),
            Err(_) => (OptimizerState::default(), ParameterLayout::default()),
        };
        if effects.is_structure || effects.is_restore {
            self.synchronise();
        }
        for edit in edits {
            apply(&mut self.project, edit)?;
        }
        if effects.is_restore {
            self.progress.epochs = self.project.trained_epochs();
            self.restart_epoch();
            self.watch_anew();
        }
        if effects.is_structure {
            // The best numbers so far are those of another network.
            self.watch_anew();
            let state = if effects.is_restore {
                OptimizerState::default()
            } else {
                state
            };
            self.compile(&state, &layout);
        } else if effects.is_restore {
            self.restore();
        } else {
            self.set_values(&effects.values);
        }
        self.follow_settings(&settings, effects.is_data);
        let objective = settings.objective.clone();
        // However many epochs are wanted, each is made alike.
        let settings = TrainingSettings {
            epochs: self.project.training().epochs,
            ..settings
        };
        let is_turn = effects.is_turn() || settings != *self.project.training();
        if effects.is_restore {
            self.begin_history();
        } else if is_turn {
            // A validation under way belongs to the numbers before, too.
            self.validation = Tally::default();
            self.history.turn();
        }
        self.instruct();
        if effects.is_way_back() || objective != self.project.training().objective {
            self.look_anew();
        } else {
            self.health.forget();
            if is_turn {
                self.health.begin_anew(self.is_fresh());
            }
        }
        // A batch under way belongs to the numbers before: it starts again.
        self.batch = Tally::default();
        self.version += 1;
        Ok(())
    }

    fn set_values(&mut self, ids: &[ElementId]) {
        let Ok(compiled) = &mut self.compiled else {
            return;
        };
        for &id in ids {
            let element = self.project.network().element(id);
            if let (Some(element), Some(place)) = (element, compiled.layout.position(id)) {
                compiled.model.set_value(place, element.value);
            }
        }
    }

    /// Takes all numbers from the project and forgets what the optimiser knew.
    pub(crate) fn restore(&mut self) {
        let values = self.project.network().snapshot().values;
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.forget();
            if let Err(error) = compiled.model.set_values(&values) {
                self.compiled = Err(sentence(&error));
            }
        }
    }

    fn follow_settings(&mut self, before: &TrainingSettings, is_data: bool) {
        let now = self.project.training();
        if let Ok(compiled) = &mut self.compiled {
            compiled.stepper.set_circumstances(Circumstances::of(now));
            if before.objective != now.objective {
                compiled.plan = LossPlan::new(&compiled.model.program.outputs, &now.objective);
                // Another loss may read outputs as classes otherwise.
                let prepared = self.prepared.take();
                self.prepared =
                    prepared.map(|before| compiled.prepared(&self.project, before.data));
            }
        }
        let is_data =
            is_data || before.seed != now.seed || before.input_scaling != now.input_scaling;
        let is_order = is_data
            || before.is_shuffled != now.is_shuffled
            || before.batch_size != now.batch_size
            || before.objective != now.objective;
        if is_data {
            self.prepared = None;
        }
        let is_watched_anew = is_data
            || before.objective != now.objective
            || before.schedule != now.schedule
            || before.early_stopping != now.early_stopping;
        if is_order {
            self.restart_epoch();
        }
        if is_watched_anew {
            self.watch_anew();
        }
    }
}

/// What an optimiser remembers, brought from one network's order into another's by
/// the ids of parameters; new ones have no memory.
pub(crate) fn carried(
    state: &OptimizerState,
    old: &ParameterLayout,
    network: &Network,
) -> OptimizerState {
    let carry = |list: &[f32]| {
        if list.is_empty() || list.len() != old.len() {
            return Vec::new();
        }
        let mut carried = Vec::with_capacity(network.parameter_count());
        for (id, parameter) in network.parameters() {
            let size = parameter.elements().len();
            let found = old.offset(id).and_then(|at| list.get(at..at + size));
            match found {
                Some(numbers) => carried.extend_from_slice(numbers),
                None => carried.resize(carried.len() + size, 0.0),
            }
        }
        carried
    };
    OptimizerState {
        steps: state.steps,
        first: carry(&state.first),
        second: carry(&state.second),
    }
}

/// What a list of edits asks of the engine.
#[derive(Default)]
struct Effects {
    is_structure: bool,
    is_restore: bool,
    is_data: bool,
    is_lock: bool,
    is_pruning: bool,
    values: Vec<ElementId>,
}

impl Effects {
    /// Whether training goes on otherwise.
    fn is_turn(&self) -> bool {
        let is_of_network = self.is_structure || self.is_lock || !self.values.is_empty();
        is_of_network || self.is_restore || self.is_data
    }

    /// Whether other neurons learn, or gradients come to them on other ways.
    fn is_way_back(&self) -> bool {
        self.is_structure || self.is_lock || self.is_pruning
    }

    /// Adds what an edit asks; the network is the one before all of them.
    fn add(&mut self, edit: &Edit, network: &Network) {
        let is_hidden = |node: &Node| network.role(node) == Role::Hidden;
        match edit {
            Edit::AddNode { node, .. } => {
                self.is_structure = true;
                self.is_data |= !is_hidden(node);
            }
            Edit::RemoveNode(id) => {
                self.is_structure = true;
                self.is_data |= !network.node(*id).is_some_and(is_hidden);
            }
            Edit::AddEdge(_)
            | Edit::RemoveEdge(_)
            | Edit::SetActivation(..)
            | Edit::SetLearning(..) => self.is_structure = true,
            // The order of inputs and outputs may change with the table.
            Edit::SetTable(_) => {
                self.is_structure = true;
                self.is_data = true;
            }
            Edit::SetValue { id, .. } => self.values.push(*id),
            Edit::SetPruned { id, .. } => {
                self.is_pruning = true;
                self.values.push(*id);
            }
            Edit::Restore(_) => self.is_restore = true,
            Edit::SetSplit(_)
            | Edit::SetCell { .. }
            | Edit::InsertRows { .. }
            | Edit::RemoveRows { .. } => self.is_data = true,
            Edit::Batch(edits) => edits.iter().for_each(|edit| self.add(edit, network)),
            Edit::SetFrozen { .. } => self.is_lock = true,
            // What is set is compared afterwards; the rest is only drawn.
            Edit::SetTraining(_)
            | Edit::Move(_)
            | Edit::Rename(..)
            | Edit::AddGroup(_)
            | Edit::RemoveGroup(_)
            | Edit::SetGroup(_)
            | Edit::Join(..)
            | Edit::Leave(_)
            | Edit::AddNote(_)
            | Edit::RemoveNote(_)
            | Edit::SetNote(_) => {}
        }
    }
}
