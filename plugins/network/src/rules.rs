//! What must hold for one node, edge, parameter or list of numbers.

use crate::{
    Activation, Edge, Element, Endpoint, Kind, Kinds, Learning, NetworkError, Node, Parameter,
    PortSpec, Position, Role, Shape,
};

/// What the rules of edges ask of a node's kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports {
    role: Option<Role>,
    inputs: Vec<PortSpec>,
    outputs: Vec<PortSpec>,
}

impl Ports {
    pub(crate) fn of(kinds: &Kinds, node: &Node) -> Self {
        let Some(kind) = kinds.get(&node.kind) else {
            return Self::default();
        };
        Self {
            role: Some(kind.role()),
            inputs: kind.inputs(node),
            outputs: kind.outputs(node),
        }
    }
}

/// Whether two ports may be joined, but for loops; the shape the weight then has.
/// Whether they are joined already is asked when all before it holds.
pub(crate) fn check_ends(
    (from, source, leaving): (Endpoint, &Node, &Ports),
    (to, target, entering): (Endpoint, &Node, &Ports),
    delay: u8,
    is_joined: impl FnOnce() -> bool,
) -> Result<Shape, NetworkError> {
    if delay > 1 {
        return Err(NetworkError::BadDelay {
            from: source.name.clone(),
            to: target.name.clone(),
            delay,
        });
    }
    if entering.role == Some(Role::Input) {
        return Err(NetworkError::IntoInput(target.name.clone()));
    }
    if leaving.role == Some(Role::Output) {
        return Err(NetworkError::OutOfOutput(source.name.clone()));
    }
    if from.node() == to.node() && delay == 0 {
        return Err(NetworkError::ToItself(source.name.clone()));
    }
    if is_joined() {
        return Err(NetworkError::AlreadyConnected {
            from: source.name.clone(),
            to: target.name.clone(),
        });
    }
    let given = port(source, "output", from, &leaving.outputs)?;
    let taken = port(target, "input", to, &entering.inputs)?;
    match () {
        () if taken.shape.is_empty() => Ok(given.shape.clone()),
        () if taken.shape == given.shape => Ok(Shape::new()),
        () => Err(NetworkError::ShapeMismatch {
            from: source.name.clone(),
            to: target.name.clone(),
            found: given.shape.clone(),
            expected: taken.shape.clone(),
        }),
    }
}

fn port<'a>(
    node: &Node,
    side: &'static str,
    end: Endpoint,
    ports: &'a [PortSpec],
) -> Result<&'a PortSpec, NetworkError> {
    ports
        .get(usize::from(end.port().0))
        .ok_or_else(|| NetworkError::UnknownPort {
            name: node.name.clone(),
            side,
            port: end.port().0,
            count: ports.len(),
        })
}

/// Whether the weight of an edge has this shape and is finite; its name is made
/// only for the sentence.
pub(crate) fn check_weight(
    edge: &Edge,
    shape: &[u32],
    name: impl FnOnce() -> String,
) -> Result<(), NetworkError> {
    let is_finite = |e: &Element| e.value.is_finite() && e.start.is_finite();
    if edge.weight.shape() == shape && edge.weight.elements().iter().all(is_finite) {
        return Ok(());
    }
    check_parameter(&name(), "weight", &edge.weight, shape)
}

pub(crate) fn check_name(name: &str) -> Result<(), NetworkError> {
    let is_blank = name.trim().is_empty();
    if is_blank || name.chars().count() > Node::MAX_NAME || name.chars().any(char::is_control) {
        let shown: String = name
            .chars()
            .map(|c| if c.is_control() { '�' } else { c })
            .take(Node::MAX_NAME + 1)
            .collect();
        return Err(NetworkError::BadName(shown));
    }
    Ok(())
}

pub(crate) fn check_position(name: &str, position: Position) -> Result<(), NetworkError> {
    match position.into_iter().find(|number| !number.is_finite()) {
        Some(found) => Err(NetworkError::NotFinite {
            name: name.to_owned(),
            what: "position".to_owned(),
            found,
        }),
        None => Ok(()),
    }
}

pub(crate) fn check_learning(
    role: Role,
    name: &str,
    learning: Learning,
) -> Result<(), NetworkError> {
    let Learning {
        rate_factor,
        dropout,
    } = learning;
    let wrong = |what, found, expected| {
        let name = name.to_owned();
        Err(NetworkError::Learning {
            name,
            what,
            found,
            expected,
        })
    };
    if !(0.0..=Learning::MAX_RATE_FACTOR).contains(&rate_factor) {
        return wrong("learning rate factor", rate_factor, "0 to 1000");
    }
    if !(0.0..1.0).contains(&dropout) {
        return wrong(
            "dropout",
            dropout,
            "a number from 0 up to but not including 1",
        );
    }
    if dropout > 0.0 && role != Role::Hidden {
        return wrong("dropout", dropout, "0, as only hidden neurons may drop out");
    }
    Ok(())
}

pub(crate) fn check_activation(
    kind: &dyn Kind,
    name: &str,
    activation: Activation,
) -> Result<(), NetworkError> {
    let allowed = kind.activations();
    let is_same = |other: &Activation| other.index() == activation.index();
    if allowed.iter().any(is_same) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().map(|activation| activation.name()).collect();
    Err(NetworkError::ActivationNotAllowed {
        name: name.to_owned(),
        activation: activation.name(),
        allowed: names.join(", "),
    })
}

pub(crate) fn check_parameter(
    name: &str,
    what: &str,
    parameter: &Parameter,
    shape: &[u32],
) -> Result<(), NetworkError> {
    if parameter.shape() != shape {
        return Err(NetworkError::ParameterShape {
            name: name.to_owned(),
            what: what.to_owned(),
            found: parameter.shape().to_vec(),
            expected: shape.to_vec(),
        });
    }
    let numbers = parameter.elements().iter().flat_map(|e| [e.value, e.start]);
    match numbers.into_iter().find(|number| !number.is_finite()) {
        Some(found) => Err(NetworkError::NotFinite {
            name: name.to_owned(),
            what: what.to_owned(),
            found,
        }),
        None => Ok(()),
    }
}

pub(crate) fn check_list(numbers: &[f32], expected: usize) -> Result<(), NetworkError> {
    if numbers.len() != expected {
        return Err(NetworkError::SnapshotSize {
            found: numbers.len(),
            expected,
        });
    }
    match numbers.iter().find(|number| !number.is_finite()) {
        Some(&found) => Err(NetworkError::NotFinite {
            name: "the network".to_owned(),
            what: "value".to_owned(),
            found,
        }),
        None => Ok(()),
    }
}
