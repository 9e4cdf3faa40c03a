#![doc = include_str!("../README.md")]

mod apply;
mod edit;
mod fault;
pub mod file;
pub mod gesture;
mod history;
mod objective;
mod settings;
mod value;

pub use apply::apply;
pub use edit::{Applied, Edit, EditError, Learned, PlacedColumn, Touched};
pub use history::{History, Undone};
pub use objective::{Loss, LossTerm, Objective, OutputGroup, TrainingProblem};
pub use settings::{InputScaling, Optimizer, SettingsError, TrainingSettings};
pub use value::{Project, ProjectError, View, column_of, node_of};
