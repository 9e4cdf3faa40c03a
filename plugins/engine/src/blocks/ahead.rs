//! Asking for memory ahead of its use, for tables too large for the processor's own.

/// From so many numbers on it pays, 8 MB: of smaller tables enough is near anyway, and asking
/// costs more than it brings. Measured with 32 rows and a second-level cache of 1 MB: a step
/// takes 5 % longer with it than without at 10⁵ connections, 6 to 13 % at 3·10⁵ (4 MB), 3 % at
/// 5·10⁵ (6 MB), and 9 % less at 7·10⁵ (9 MB). At 10⁶ a connection and row takes 2.1 ns without
/// and 1.2 with it on an idle machine, 3.5 and 1.5 where others use the same memory.
const LARGE: usize = 1 << 21;

/// Numbers the processor brings at once: a line of 64 bytes.
const LINE: usize = 16;

/// Whether numbers at places nobody could foresee are worth asking for, in a table of so many.
pub(crate) fn pays(numbers: usize) -> bool {
    numbers >= LARGE
}

/// Has the processor bring `count` numbers from `first` on, while it does other things.
/// Changes nothing, whatever is asked for.
pub(crate) fn ask_for(numbers: &[f32], first: usize, count: usize) {
    let last = first.saturating_add(count.saturating_sub(1));
    // Rows seldom begin with a line, so the last number may be in one more.
    for at in (first..last).step_by(LINE).chain([last]) {
        if let Some(number) = numbers.get(at) {
            bring(number);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "the standard library's prefetch takes a pointer"
)]
fn bring(number: &f32) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: the pointer comes from a reference, and a prefetch reads nothing that the
    // program sees. SSE is part of every x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(number).cast()) }
}

/// A read whose answer nobody waits for: processors have many under way.
#[cfg(not(target_arch = "x86_64"))]
fn bring(number: &f32) {
    std::hint::black_box(*number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_asked_for_nothing_happens() {
        let numbers = [1.0; 40];
        for (first, count) in [
            (0, 40),
            (39, 1),
            (40, 1),
            (30, 500),
            (usize::MAX, 8),
            (3, 0),
        ] {
            ask_for(&numbers, first, count);
        }
        ask_for(&[], 0, 1);
        assert_eq!(numbers, [1.0; 40]);
    }
}
