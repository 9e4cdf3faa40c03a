//! What must hold for one node, edge, parameter or list of numbers.

use crate::{Activation, Endpoint, Kind, NetworkError, Node, Parameter, PortSpec, Position};

pub(crate) fn port(
    node: &Node,
    side: &'static str,
    end: Endpoint,
    ports: Vec<PortSpec>,
) -> Result<PortSpec, NetworkError> {
    let count = ports.len();
    ports
        .into_iter()
        .nth(usize::from(end.port().0))
        .ok_or_else(|| NetworkError::UnknownPort {
            name: node.name.clone(),
            side,
            port: end.port().0,
            count,
        })
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

pub(crate) fn check_activation(
    kind: &dyn Kind,
    name: &str,
    activation: Activation,
) -> Result<(), NetworkError> {
    let allowed = kind.activations();
    if allowed.contains(&activation) {
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
