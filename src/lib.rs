//! Neurarium.
