//! The crate root: what `engine` offers to the floors above.
#![doc = include_str!("../README.md")]

mod activation;
mod blocks;
#[cfg(test)]
mod cases;
mod checkpoint;
mod classes;
mod compile;
mod data;
mod divergence;
mod dropout;
#[cfg(test)]
mod dropout_tests;
mod evaluation;
pub mod experiment;
mod gemm;
#[cfg(test)]
mod gradient_tests;
mod headless;
mod health;
mod histogram;
mod history;
#[cfg(test)]
mod holding_tests;
mod identities;
mod instruments;
mod layers;
mod levels;
mod loss;
mod maps;
mod metrics;
mod model;
mod optimizer;
#[cfg(test)]
mod oracle;
mod pace;
mod patch;
mod protocol;
#[cfg(test)]
mod readiness_tests;
mod session;
mod substep;
#[cfg(test)]
mod substep_tests;
mod trace;
#[cfg(test)]
mod trace_tests;
mod trainer;

pub use checkpoint::{Checkpoint, Plateau, Progress, Tally, Watch};
pub use compile::{CompileError, Route};
pub use headless::{Outcome, RunError, RunOptions, run};
pub use history::{Keyframe, SavedHistory};
pub use identities::identities_used;
pub use optimizer::OptimizerState;
pub use pace::WorkPace;
pub use protocol::evaluation::{
    ClassMetrics, Confusion, Evaluation, GroupMetrics, Metric, MetricFacts, MetricName, Prediction,
};
pub use protocol::health::{FlowVerdict, GradientFlow, Health, LevelGradient, UnknownHealth};
pub use protocol::histogram::{Histogram, HistogramRequest, Measured};
pub use protocol::history::{HistoryRange, PastView};
pub use protocol::instruments::{
    Activations, CloseMaps, CloseUp, MapRequest, Mapped, NodeTrace, ProbeRequest, ResponseMaps,
    Trace, TraceRequest, TraceRow,
};
pub use protocol::substep::{Phase, SubStep, SubStepRequest};
pub use protocol::{
    Advance, Command, EarlyStop, EpochLoss, Fault, Part, Report, Request, Status, WorkBudget,
};
pub use trainer::{Handover, Trainer};
