//! Where training left the range of numbers, and what may have caused it.

use network::{Network, NodeId, ParameterId};

use crate::model::{Model, stride};

/// Inputs beyond this are a likelier cause than the learning rate.
const LARGE_INPUT: f32 = 1e4;

/// A number that has no name.
const SOME_WEIGHT: &str = "a weight";

/// The first number that is not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// The value of a node.
    Value(NodeId, f32),
    /// The loss, from finite values.
    Loss,
    /// The gradient of a number, by its place in the engine's order.
    Gradient(usize, f32),
    /// A number after the step, likewise.
    Number(usize),
}

/// When it happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// From 1.
    pub(crate) epoch: u32,
    /// From 1.
    pub(crate) batch: u32,
    pub(crate) rate: f64,
    pub(crate) largest_input: f32,
}

/// Where in the last pass: the first node in the order of computation.
pub(crate) fn in_pass(model: &Model, rows: usize) -> Place {
    let (values, _) = model.last_pass();
    let stride = stride(rows);
    let mut places: Vec<_> = model.program.places.iter().collect();
    places.sort_by_key(|place| place.first);
    let found = places.into_iter().find_map(|place| {
        let numbers = values.get(place.first.value)?.numbers.as_slice();
        let first = place.first.row * stride;
        let of_place = numbers.get(first..first + place.size * stride)?;
        let of_rows = of_place
            .chunks(stride)
            .flat_map(|row| row.iter().take(rows));
        let wrong = of_rows.copied().find(|number| !number.is_finite())?;
        Some(Place::Value(place.node, wrong))
    });
    found.unwrap_or(Place::Loss)
}

/// Where in a step that came to a number that is not finite: in the gradient
/// already, or at this place of the engine's order.
pub(crate) fn in_step(model: &Model, place: usize) -> Place {
    let found = model.first_wrong_gradient();
    found.map_or(Place::Number(place), |(place, wrong)| {
        Place::Gradient(place, wrong)
    })
}

/// What happened, in a sentence or two for the person.
pub(crate) fn sentence(network: &Network, slots: &[u32], place: Place, when: &Moment) -> String {
    let number = |place: usize| {
        let canonical = slots.iter().position(|&slot| slot as usize == place);
        canonical.map_or_else(|| SOME_WEIGHT.to_owned(), |at| name_of(network, at))
    };
    let what = match place {
        Place::Value(node, wrong) => {
            format!(
                "the value of “{}” became {}",
                network.name(node),
                word(wrong)
            )
        }
        Place::Loss => "the loss became too large".to_owned(),
        Place::Gradient(place, wrong) => {
            format!("the gradient of {} became {}", number(place), word(wrong))
        }
        Place::Number(place) => format!("{} became too large", number(place)),
    };
    let cause = if when.largest_input > LARGE_INPUT {
        format!(
            "The inputs reach {:e}: standardise them.",
            when.largest_input
        )
    } else {
        format!(
            "The learning rate {} is probably too large; clipping gradients helps too.",
            when.rate as f32
        )
    };
    format!(
        "Training left the range of numbers in epoch {}, batch {}: {what}. {cause} The weights are those from before this batch; a reset starts again.",
        when.epoch, when.batch
    )
}

fn word(wrong: f32) -> &'static str {
    if wrong.is_nan() {
        "not a number"
    } else {
        "infinite"
    }
}

/// What a person calls the learnable number at this canonical place.
pub(crate) fn name_of(network: &Network, canonical: usize) -> String {
    let mut ids = network
        .parameters()
        .flat_map(|(id, parameter)| std::iter::repeat_n(id, parameter.elements().len()));
    let found = ids.nth(canonical);
    found.map_or_else(|| SOME_WEIGHT.to_owned(), |id| name(network, id))
}

/// What a person calls a learnable number.
fn name(network: &Network, id: ParameterId) -> String {
    match id {
        ParameterId::Node(node, _) => format!("the bias of “{}”", network.name(node)),
        ParameterId::Edge(edge) => match network.edge(edge) {
            Some(edge) => format!(
                "the weight from “{}” to “{}”",
                network.name(edge.from.node()),
                network.name(edge.to.node())
            ),
            None => SOME_WEIGHT.to_owned(),
        },
    }
}
