#![doc = include_str!("../README.md")]

mod activation;
mod chunks;
mod edge;
mod error;
mod initial;
mod kinds;
mod layout;
mod network;
mod node;
mod offsets;
mod order;
mod parameter;
pub mod random;
mod rules;
mod warnings;
mod wiring;

pub use activation::{Activation, ActivationFacts, Leak, LeakError};
pub use edge::{Edge, EdgeId, Endpoint, PortId};
pub use error::{NetworkError, Part, PartError};
pub use initial::{Draw, Initial, Initializer, initial_parameters, initial_values, initial_weight};
pub use kinds::{Face, Kind, KindId, Kinds, Ops, ParameterSpec, PortSpec, Role, Value};
pub use layout::{ParameterLayout, Snapshot};
pub use network::{Assembly, Network};
pub use node::{Learning, Node, NodeId, Position};
pub use order::{computation_order, find_cycle};
pub use parameter::{Element, ElementId, Parameter, ParameterId, Shape, shape_size};
pub use warnings::{Warning, warnings};
