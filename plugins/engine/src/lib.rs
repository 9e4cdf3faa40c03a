//! The crate root: what `engine` offers to the floors above.
#![doc = include_str!("../README.md")]

mod activation;
mod blocks;
mod checkpoint;
mod classes;
mod compile;
mod data;
mod divergence;
mod dropout;
mod evaluation;
pub mod experiment;
mod gemm;
#[cfg(test)]
mod gradient_tests;
mod headless;
mod health;
mod identities;
mod instruments;
mod layers;
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
mod session;
mod trace;
#[cfg(test)]
mod trace_tests;
mod trainer;

pub use checkpoint::{Checkpoint, Plateau, Progress, Tally, Watch};
pub use compile::{CompileError, Route};
pub use headless::{Outcome, RunError, RunOptions, run};
pub use identities::identities_used;
pub use optimizer::OptimizerState;
pub use pace::WorkPace;
pub use protocol::evaluation::{
    ClassMetrics, Confusion, Evaluation, GroupMetrics, Metric, MetricFacts, MetricName, Prediction,
};
pub use protocol::instruments::{
    Activations, CloseMaps, CloseUp, Health, MapRequest, Mapped, NodeTrace, ProbeRequest,
    ResponseMaps, Trace, TraceRequest, TraceRow, UnknownHealth,
};
pub use protocol::{
    Advance, Command, EarlyStop, EpochLoss, Fault, Part, Report, Request, Status, WorkBudget,
};
pub use trainer::{Handover, Trainer};
