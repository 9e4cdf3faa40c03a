//! The geometry of the canvas: curves, hits, the index, framing and layout.
#![doc = include_str!("../README.md")]

mod framing;
mod group;
mod index;
mod layered;
mod layout;
mod neuron;
mod rect;
mod wire;
mod wire_tree;

pub use framing::{FIT_SCALE_MAX, FIT_SCALE_MIN, Framing, fit};
pub use group::{GROUP_PADDING, folded_group, folded_half_size};
pub use index::{Hit, Item, MAX_COORDINATE, OutOfScene, SpatialIndex};
pub use layered::{LayoutNode, Rank, Spacing, layered};
pub use layout::{LayoutSpacing, layers_layout};
pub use neuron::{NeuronHit, RIM_START, hit_neuron, wire_ends};
pub use rect::Rect;
pub use wire::{MIN_HANDLE, Nearest, WireCurve};
