//! The share of maps in the work of training: at most a tenth.

/// Training counts so many times as much as the maps it pays for.
const TRAINING_PER_MAPS: u64 = 10;

/// What training has earned for maps. It saves no more than one picture costs, so
/// that a long training without maps is not followed by a long standstill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MapShare {
    /// Training not yet used up by maps, in the unit of `WorkBudget`.
    saved: u64,
    /// The most that is saved.
    most: u64,
}

impl MapShare {
    /// Begins with nothing earned, for pictures of this cost.
    pub(super) fn begin(&mut self, cost: u64) {
        let most = cost.saturating_mul(TRAINING_PER_MAPS);
        if most != self.most {
            *self = Self { saved: 0, most };
        }
    }

    /// Training was done.
    pub(super) fn earn(&mut self, work: u64) {
        self.saved = self.saved.saturating_add(work).min(self.most);
    }

    /// Whether training has paid for so much work on maps.
    pub(super) fn allows(self, cost: u64) -> bool {
        self.saved >= cost.saturating_mul(TRAINING_PER_MAPS)
    }

    /// Maps were made that training pays for.
    pub(super) fn pay(&mut self, cost: u64) {
        let cost = cost.saturating_mul(TRAINING_PER_MAPS);
        self.saved = self.saved.saturating_sub(cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_take_a_tenth_of_training_and_save_up_one_picture_at_most() {
        let mut share = MapShare::default();
        share.begin(50);
        assert!(!share.allows(1));
        share.earn(99);
        assert!(share.allows(9) && !share.allows(10));
        share.pay(9);
        assert!(share.allows(0) && !share.allows(1));
        share.earn(u64::MAX);
        assert!(share.allows(50) && !share.allows(51));
    }
}
