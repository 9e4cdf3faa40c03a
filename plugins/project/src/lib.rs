#![doc = include_str!("../README.md")]

mod apply;
mod arrange;
mod arrangement;
mod edit;
mod fault;
pub mod file;
mod fold;
pub mod gesture;
mod history;
mod nested;
mod objective;
mod readiness;
mod schedule;
mod settings;
mod value;
mod vary;

pub use apply::apply;
pub use arrangement::{ArrangementError, Group, GroupId, Note, NoteId};
pub use edit::{Applied, Edit, EditError, Learned, PlacedColumn, Touched};
pub use fold::{Folded, Thing};
pub use history::{History, Undone};
pub use objective::{Loss, LossTerm, Objective, OutputGroup};
pub use readiness::{TrainingProblem, TrainingRemark};
pub use schedule::{Schedule, WarmUp};
pub use settings::{
    Clipping, EarlyStopping, InputScaling, Optimizer, Penalty, SettingsError, TrainingSettings,
};
pub use value::{Project, ProjectError, View, column_of, node_of};
pub use vary::{Varied, VaryError};
