//! Reading edits that lie in each other, only as deep as no stack suffers from.

use std::cell::Cell;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::Edit;

thread_local! {
    /// How many lists of edits are being read just now, each in the one before it.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// A list that is being read, until it is dropped.
struct Level;

impl Level {
    fn enter() -> Option<Self> {
        let depth = DEPTH.get();
        (depth < Edit::MOST_NESTED).then(|| {
            DEPTH.set(depth + 1);
            Self
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// Reads the edits of a batch.
///
/// # Errors
/// When they lie deeper in each other than [`Edit::MOST_NESTED`].
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Edit>, D::Error> {
    let Some(_level) = Level::enter() else {
        return Err(D::Error::custom(format_args!(
            "found edits deeper in each other, expected at most {} lists",
            Edit::MOST_NESTED
        )));
    };
    Vec::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    use network::NodeId;

    use super::*;

    fn nested(depth: usize) -> String {
        let edit = (0..depth).fold(Edit::RemoveNode(NodeId(0)), |edit, _| {
            Edit::Batch(vec![edit])
        });
        ron::to_string(&edit).expect("an edit has a text")
    }

    #[test]
    fn edits_lie_in_each_other_as_deep_as_is_allowed_and_no_deeper() {
        let sound = nested(Edit::MOST_NESTED);
        assert!(ron::from_str::<Edit>(&sound).is_ok());
        let error =
            ron::from_str::<Edit>(&nested(Edit::MOST_NESTED + 1)).expect_err("it is too deep");
        assert!(
            error.to_string().contains("expected at most 16 lists"),
            "{error}"
        );
        // One that failed leaves room for the next.
        assert!(ron::from_str::<Edit>(&sound).is_ok());
    }
}
