//! The crate root: what the worker and the app both know.
#![doc = include_str!("../README.md")]

mod codec;
mod desk;
#[cfg(target_family = "wasm")]
pub mod parcel;
mod watch;

pub use codec::{CodecError, Message, Numbers, Packed, pack, unpack};
pub use desk::{Desk, Post};
pub use watch::{Health, Watch};
