//! Neurarium.
fn main(){}
