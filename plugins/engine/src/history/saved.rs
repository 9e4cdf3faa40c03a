//! The history as it travels from one trainer to another.

use serde::{Deserialize, Serialize};

use super::quantise::{GROUP, Scale};
use super::{History, Keyframe};

/// All that is remembered of a training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedHistory {
    /// The most bytes it may use.
    pub budget: u64,
    /// The step the values are of.
    pub present: u64,
    /// The last step known.
    pub last: u64,
    /// The last step of the present one's stretch; `None`: it is the last stretch.
    pub reach: Option<u64>,
    /// Whether no keyframe leads to the present state.
    pub is_cut: bool,
    /// Step, whole epochs and batches of each view.
    pub stamps: Vec<(u64, u32, u32)>,
    /// The bytes of all views, one after another.
    pub codes: Vec<u8>,
    /// Least number and step of each group of 64 of all views.
    pub scales: Vec<f32>,
    /// The keyframes.
    pub keyframes: Vec<Keyframe>,
}

impl History {
    /// Gives all it knows away.
    pub(crate) fn save(self) -> SavedHistory {
        let mut saved = SavedHistory {
            budget: self.budget,
            present: self.present,
            last: self.last,
            reach: self.reach,
            is_cut: self.is_cut,
            keyframes: self.keyframes.into_frames(),
            ..SavedHistory::default()
        };
        for &stamp in self.views.stamps() {
            let (codes, scales) = self.views.raw(stamp);
            saved.stamps.push((stamp.step, stamp.epochs, stamp.batch));
            saved.codes.extend_from_slice(codes);
            let pairs = scales.iter().flat_map(|scale| [scale.least, scale.step]);
            saved.scales.extend(pairs);
        }
        saved
    }

    /// Goes on from what another one knew of a network with so many numbers in the
    /// engine's order; if it is of another one, from its counts alone.
    pub(crate) fn load(saved: SavedHistory, numbers: usize) -> Self {
        let mut history = Self::new(saved.budget);
        history.present = saved.present;
        history.begin(numbers);
        let groups = numbers.div_ceil(GROUP);
        let views = saved.stamps.len();
        let fits = Some(saved.codes.len()) == views.checked_mul(numbers)
            && Some(saved.scales.len()) == views.checked_mul(2 * groups)
            && saved.present <= saved.last
            && saved.stamps.is_sorted_by(|a, b| a.0 < b.0)
            && saved.keyframes.is_sorted_by_key(|frame| frame.step);
        if !fits {
            return history;
        }
        history.last = saved.last;
        history.reach = saved.reach;
        history.is_cut = saved.is_cut;
        history.noted = saved.present;
        let codes = saved.codes.chunks_exact(numbers.max(1));
        let scales = saved.scales.chunks_exact(2 * groups.max(1));
        for ((&(step, epochs, batch), from), pairs) in saved.stamps.iter().zip(codes).zip(scales) {
            history
                .views
                .insert(step, (epochs, batch), |codes, scales| {
                    codes.copy_from_slice(from);
                    for (scale, pair) in scales.iter_mut().zip(pairs.chunks_exact(2)) {
                        *scale = Scale {
                            least: pair[0],
                            step: pair[1],
                        };
                    }
                });
        }
        for frame in saved.keyframes {
            history.keyframes.add(frame);
        }
        history
    }
}
