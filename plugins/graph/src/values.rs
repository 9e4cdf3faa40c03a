//! The numbers of the network at scale: flat lists in the canonical order.

use bevy::prelude::*;
use network::{ElementId, NodeId, ParameterLayout};
use project::Project;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Values>();
}

/// All learnable numbers, and what was measured with them, as struct of arrays.
/// Training swaps whole lists in; edits follow number by number.
#[derive(Resource, Debug, Default)]
pub struct Values {
    layout: ParameterLayout,
    /// All nodes by number: the order of `signals`.
    nodes: Vec<NodeId>,
    values: Vec<f32>,
    gradients: Vec<f32>,
    signals: Vec<f32>,
    epochs: u32,
    revision: u64,
}

impl Values {
    /// Where each number lies.
    #[must_use]
    pub fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    /// The learnable numbers now.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The gradient of the loss by each of them in the last batch; empty before
    /// the first.
    #[must_use]
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// What each node gave last, by node number; empty before the first report.
    #[must_use]
    pub fn signals(&self) -> &[f32] {
        &self.signals
    }

    /// The epochs behind the values.
    #[must_use]
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Rises whenever something here changes: whoever follows compares it.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// One learnable number.
    #[must_use]
    pub fn value(&self, id: ElementId) -> Option<f32> {
        self.values.get(self.layout.position(id)?).copied()
    }

    /// Its gradient, once there is one.
    #[must_use]
    pub fn gradient(&self, id: ElementId) -> Option<f32> {
        self.gradients.get(self.layout.position(id)?).copied()
    }

    /// What a node gave last.
    #[must_use]
    pub fn signal(&self, node: NodeId) -> Option<f32> {
        let place = self.nodes.binary_search(&node).ok()?;
        self.signals.get(place).copied()
    }

    /// Swaps in what training has learned. Lists of another length belong to
    /// another structure and are left out; empty ones change nothing.
    pub fn write_back(
        &mut self,
        values: Vec<f32>,
        gradients: Vec<f32>,
        signals: Vec<f32>,
        epochs: u32,
    ) {
        debug_assert!(
            values.iter().all(|value| value.is_finite()),
            "training reported a number that is not finite"
        );
        if values.len() == self.layout.len() {
            self.values = values;
        }
        if gradients.len() == self.layout.len() {
            self.gradients = gradients;
        }
        if signals.len() == self.nodes.len() {
            self.signals = signals;
        }
        self.epochs = epochs;
        self.revision += 1;
    }

    /// Takes the order and the numbers of a project whose structure changed.
    pub(crate) fn follow_structure(&mut self, project: &Project) {
        self.layout = ParameterLayout::of(project.network());
        self.nodes = project.network().nodes().map(|node| node.id).collect();
        self.gradients = Vec::new();
        self.signals = Vec::new();
        self.follow_numbers(project);
    }

    /// Takes the numbers of a project.
    pub(crate) fn follow_numbers(&mut self, project: &Project) {
        self.values.clear();
        self.values
            .extend(project.network().elements().map(|element| element.value));
        self.epochs = project.trained_epochs();
        self.revision += 1;
    }
}
