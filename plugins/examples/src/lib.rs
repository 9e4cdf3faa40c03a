//! The crate root: the shipped examples, from which their files are written.
#![doc = include_str!("../README.md")]

mod assembly;
mod points;
mod sets;

use std::fmt::Write as _;

use project::Project;

/// A shipped example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The name of its file, without `.ron`.
    pub name: &'static str,
    /// What a menu calls it.
    pub title: &'static str,
    /// One sentence on what is to be seen.
    pub blurb: &'static str,
    /// The project itself.
    pub project: Project,
}

/// All examples, in the order of the menu; the first is open when Neurarium starts.
#[must_use]
pub fn all() -> Vec<Example> {
    let example = |name, title, blurb, project| Example {
        name,
        title,
        blurb,
        project,
    };
    vec![
        example(
            "xor-table",
            "XOR",
            "Four rows that no single neuron can tell apart: watch the hidden layer fold the plane.",
            sets::xor_table(),
        ),
        example(
            "and",
            "AND",
            "The smallest thing a neuron can learn: one straight line between yes and no.",
            sets::and(),
        ),
        example(
            "gauss",
            "Two clouds",
            "Points around two places: two hidden neurons are enough to draw a line between them.",
            points::gauss(),
        ),
        example(
            "circle",
            "Circle",
            "A disc in a ring: straight lines bend into a closed curve.",
            points::circle(),
        ),
        example(
            "xor",
            "XOR clouds",
            "Four quarters, opposite ones alike: XOR with a whole field of points.",
            points::xor(),
        ),
        example(
            "spiral",
            "Spiral",
            "Two arms wound around each other: the hardest of the plane, for two layers of eight.",
            points::spiral(),
        ),
        example(
            "iris",
            "Iris",
            "150 flowers, four measurements, three species: the classic first classification.",
            sets::iris(),
        ),
        example(
            "digits",
            "Digits",
            "1,797 handwritten digits of 8 × 8 cells: the 64 inputs are folded into one picture.",
            sets::digits(),
        ),
        example(
            "sine",
            "Sine",
            "Sixty noisy points of a wave: eight hidden neurons bend a line until it fits.",
            sets::sine(),
        ),
        example(
            "regression",
            "Friedman’s function",
            "Ten inputs of which five matter, and noise: find a number, and which inputs count.",
            sets::regression(),
        ),
    ]
}

/// The file that the menu of examples is read from.
#[must_use]
pub fn index(examples: &[Example]) -> String {
    let mut text = String::from("(\n  examples: [\n");
    for example in examples {
        let _ = writeln!(
            text,
            "    (file: \"examples/{}.ron\", title: {:?}, blurb: {:?}),",
            example.name, example.title, example.blurb
        );
    }
    text.push_str("  ],\n)\n");
    text
}
