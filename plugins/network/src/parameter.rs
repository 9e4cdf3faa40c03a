//! Parameters: tensors of learnable numbers, each with a value, a start and a lock.

use serde::{Deserialize, Serialize};

use crate::{EdgeId, NodeId};

/// The size of each axis; `[]` is a single number.
pub type Shape = Vec<u32>;

/// How many numbers a shape holds; one for `[]`.
#[must_use]
pub fn shape_size(shape: &[u32]) -> usize {
    shape.iter().map(|&axis| axis as usize).product()
}

/// One learnable number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// The number now. Finite.
    pub value: f32,
    /// The number that a reset brings back. Finite.
    pub start: f32,
    /// A frozen number is never changed by training or by a reset.
    pub is_frozen: bool,
    /// A pruned number is cut out: it is 0, and nothing changes that until it is
    /// given back.
    pub is_pruned: bool,
}

impl Element {
    /// An unfrozen number that starts where it is.
    #[must_use]
    pub fn new(value: f32) -> Self {
        Self {
            value,
            start: value,
            is_frozen: false,
            is_pruned: false,
        }
    }

    /// Whether training may change it.
    #[must_use]
    pub fn is_learnable(&self) -> bool {
        !self.is_frozen && !self.is_pruned
    }

    /// The number a reset brings back.
    #[must_use]
    pub fn reset_value(&self) -> f32 {
        if self.is_learnable() {
            self.start
        } else {
            self.value
        }
    }

    /// Takes a number; a pruned one stays 0.
    pub(crate) fn take(&mut self, value: f32) {
        if !self.is_pruned {
            self.value = value;
        }
    }
}

/// A tensor of learnable numbers, row-major. A single number takes no
/// allocation: a network may have a million weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Parameter(Inner);

#[derive(Clone, Debug, PartialEq)]
enum Inner {
    Scalar(Element),
    /// Boxed, so that a scalar pays for no more than itself.
    Tensor(Box<Tensor>),
}

#[derive(Clone, Debug, PartialEq)]
struct Tensor {
    shape: Shape,
    elements: Vec<Element>,
}

impl Parameter {
    /// A parameter of shape `[]`.
    #[must_use]
    pub fn scalar(value: f32) -> Self {
        Self(Inner::Scalar(Element::new(value)))
    }

    /// A parameter of this shape holding these numbers, row-major; `None` when
    /// their count is not the shape's.
    #[must_use]
    pub fn tensor(shape: &[u32], values: &[f32]) -> Option<Self> {
        let elements = values.iter().copied().map(Element::new).collect();
        Self::from_elements(shape, elements)
    }

    /// A parameter of this shape holding these elements, row-major; `None` when
    /// their count is not the shape's.
    #[must_use]
    pub fn from_elements(shape: &[u32], elements: Vec<Element>) -> Option<Self> {
        if elements.len() != shape_size(shape) {
            return None;
        }
        Some(Self(match (shape, elements.as_slice()) {
            ([], &[element]) => Inner::Scalar(element),
            _ => Inner::Tensor(Box::new(Tensor {
                shape: shape.to_vec(),
                elements,
            })),
        }))
    }

    /// The size of each axis.
    #[must_use]
    pub fn shape(&self) -> &[u32] {
        match &self.0 {
            Inner::Scalar(_) => &[],
            Inner::Tensor(tensor) => &tensor.shape,
        }
    }

    /// The numbers, row-major.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        match &self.0 {
            Inner::Scalar(element) => std::slice::from_ref(element),
            Inner::Tensor(tensor) => &tensor.elements,
        }
    }

    /// The numbers, row-major, to be changed in place.
    pub fn elements_mut(&mut self) -> &mut [Element] {
        match &mut self.0 {
            Inner::Scalar(element) => std::slice::from_mut(element),
            Inner::Tensor(tensor) => &mut tensor.elements,
        }
    }

    /// The first number: *the* number of a scalar, zero for an empty tensor.
    #[must_use]
    pub fn first(&self) -> f32 {
        self.elements().first().map_or(0.0, |element| element.value)
    }
}

/// The form a parameter has in a file and in a message.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Written {
    /// One unfrozen number that is where it started.
    At(f32),
    /// One number.
    Number {
        value: f32,
        start: f32,
        is_frozen: bool,
        #[serde(default)]
        is_pruned: bool,
    },
    /// Many numbers, row-major; `frozen` and `pruned` are indices.
    Tensor {
        shape: Vec<u32>,
        values: Vec<f32>,
        starts: Vec<f32>,
        frozen: Vec<u32>,
        #[serde(default)]
        pruned: Vec<u32>,
    },
}

impl From<Parameter> for Written {
    fn from(parameter: Parameter) -> Self {
        match parameter.0 {
            Inner::Scalar(element) => {
                let Element {
                    value,
                    start,
                    is_frozen,
                    is_pruned,
                } = element;
                if element.is_learnable() && value.to_bits() == start.to_bits() {
                    Self::At(value)
                } else {
                    Self::Number {
                        value,
                        start,
                        is_frozen,
                        is_pruned,
                    }
                }
            }
            Inner::Tensor(tensor) => {
                let Tensor { shape, elements } = *tensor;
                let those = |is_it: fn(&Element) -> bool| {
                    (0..)
                        .zip(&elements)
                        .filter(|(_, element)| is_it(element))
                        .map(|(index, _)| index)
                        .collect()
                };
                Self::Tensor {
                    shape,
                    values: elements.iter().map(|e| e.value).collect(),
                    starts: elements.iter().map(|e| e.start).collect(),
                    frozen: those(|element| element.is_frozen),
                    pruned: those(|element| element.is_pruned),
                }
            }
        }
    }
}

impl TryFrom<Written> for Parameter {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let (shape, mut elements, frozen, pruned) = match written {
            // Most of a file is these: no list is made for them.
            Written::At(value) if value.is_finite() => return Ok(Self::scalar(value)),
            Written::At(value) => (
                Vec::new(),
                vec![Element::new(value)],
                Vec::new(),
                Vec::new(),
            ),
            Written::Number {
                value,
                start,
                is_frozen,
                is_pruned,
            } => {
                let element = Element {
                    value,
                    start,
                    is_frozen,
                    is_pruned,
                };
                (Vec::new(), vec![element], Vec::new(), Vec::new())
            }
            Written::Tensor {
                shape,
                values,
                starts,
                frozen,
                pruned,
            } => {
                if starts.len() != values.len() {
                    return Err(format!(
                        "found {} starts, expected {} as there are values",
                        starts.len(),
                        values.len()
                    ));
                }
                let elements = values
                    .iter()
                    .zip(starts)
                    .map(|(&value, start)| Element {
                        start,
                        ..Element::new(value)
                    })
                    .collect();
                (shape, elements, frozen, pruned)
            }
        };
        let expected = shape
            .iter()
            .try_fold(1usize, |size, &axis| size.checked_mul(axis as usize));
        if expected != Some(elements.len()) {
            return Err(format!(
                "found {} values, expected as many as the shape {shape:?} holds",
                elements.len()
            ));
        }
        let numbers = elements.iter().flat_map(|e| [e.value, e.start]);
        if let Some(number) = numbers.into_iter().find(|number| !number.is_finite()) {
            return Err(format!("found {number}, expected a finite number"));
        }
        for index in frozen {
            marked(&mut elements, "frozen", index)?.is_frozen = true;
        }
        for index in pruned {
            marked(&mut elements, "pruned", index)?.is_pruned = true;
        }
        let is_wrong = |element: &&Element| element.is_pruned && element.value != 0.0;
        if let Some(element) = elements.iter().find(is_wrong) {
            return Err(format!(
                "found a pruned number of {}, expected 0",
                element.value
            ));
        }
        Self::from_elements(&shape, elements).ok_or_else(|| "the shape is too large".to_owned())
    }
}

/// The element a list of indices means.
fn marked<'a>(
    elements: &'a mut [Element],
    list: &str,
    index: u32,
) -> Result<&'a mut Element, String> {
    let count = elements.len();
    elements
        .get_mut(index as usize)
        .ok_or_else(|| format!("found {list} index {index}, expected one below {count}"))
}

/// Where a parameter lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ParameterId {
    /// The parameter of this index of a node (a neuron's bias is index 0).
    Node(NodeId, u16),
    /// The weight of an edge.
    Edge(EdgeId),
}

/// One number of one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ElementId {
    /// The parameter.
    pub parameter: ParameterId,
    /// Row-major index of the number in it.
    pub index: u32,
}

impl ElementId {
    /// The bias of a neuron.
    #[must_use]
    pub fn bias(node: NodeId) -> Self {
        Self {
            parameter: ParameterId::Node(node, 0),
            index: 0,
        }
    }

    /// The (first) weight of a connection.
    #[must_use]
    pub fn weight(edge: EdgeId) -> Self {
        Self {
            parameter: ParameterId::Edge(edge),
            index: 0,
        }
    }
}
