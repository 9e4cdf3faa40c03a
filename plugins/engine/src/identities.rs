//! How many tensor identities dfdx has given away.

use dfdx::tensor::Cpu;

use crate::blocks::new_key;

/// How many tensors and steps of tapes this program has made so far. dfdx counts
/// them in a `usize`, which on wasm wraps around after 2³²: whoever trains there
/// begins with a new instance of the program long before, see
/// [`crate::Trainer::hand_over`]. `None` when memory is short.
///
/// Asking makes one more.
#[must_use]
pub fn identities_used() -> Option<u64> {
    let key = new_key(&Cpu::default()).ok()?;
    // dfdx shows the number in this way only.
    let shown = format!("{key:?}");
    let (_, rest) = shown.split_once("UniqueId(")?;
    let (number, _) = rest.split_once(')')?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tensor_is_counted() {
        let before = identities_used().expect("memory for an empty tensor");
        for _ in 0..10 {
            new_key(&Cpu::default()).expect("memory for an empty tensor");
        }
        let after = identities_used().expect("memory for an empty tensor");
        // Other tests make tensors at the same time.
        assert!(after > before + 10, "{before}, then {after}");
    }
}
