//! Dropout: which values are left out while training, by seed and place, not by order of work.

use network::NodeId;
use network::random::{Purpose, Rng, stream};

/// Where in training a chunk of rows stands: it decides what is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noise {
    seed: u64,
    chunk: u64,
}

impl Noise {
    /// The noise of a chunk: that of `done` rows into a batch of an epoch.
    pub(crate) fn new(seed: u64, epoch: u32, batch: u32, done: u32) -> Self {
        // A stream of its own gives each epoch and batch a number without pattern.
        let place = u64::from(epoch) << 32 | u64::from(batch);
        let mut rng = stream(seed, Purpose::Dropout, place);
        let number = u64::from(rng.next_u32()) << 32 | u64::from(rng.next_u32());
        Self {
            seed,
            chunk: number.wrapping_add(u64::from(done)),
        }
    }

    /// Leaves values of a node out, each with this chance, and makes up for it in
    /// the others; for gradients likewise.
    pub(crate) fn drop(self, node: NodeId, chance: f32, values: &mut [f32]) {
        let key = self.chunk ^ u64::from(node.0) << 32;
        let mut rng = stream(self.seed, Purpose::Dropout, key);
        // As many of the 2³² numbers as the chance says.
        let limit = (f64::from(chance) * f64::from(u32::MAX)) as u32;
        let factor = 1.0 / (1.0 - chance);
        for value in values {
            *value *= if rng.next_u32() < limit { 0.0 } else { factor };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(noise: Noise, node: u32, chance: f32) -> Vec<f32> {
        let mut values = vec![1.0; 100_000];
        noise.drop(NodeId(node), chance, &mut values);
        values
    }

    #[test]
    fn the_share_left_out_is_the_chance_and_the_mean_stays() {
        for chance in [0.1, 0.5, 0.9] {
            let values = kept(Noise::new(1, 0, 0, 0), 3, chance);
            let dropped = values.iter().filter(|value| **value == 0.0).count();
            let share = dropped as f32 / values.len() as f32;
            assert!((share - chance).abs() < 0.005, "{share} {chance}");
            let mean = values.iter().sum::<f32>() / values.len() as f32;
            assert!((mean - 1.0).abs() < 0.03, "{mean}");
        }
    }

    #[test]
    fn the_same_place_drops_the_same_and_others_drop_others() {
        let here = kept(Noise::new(1, 2, 3, 64), 5, 0.5);
        assert_eq!(here, kept(Noise::new(1, 2, 3, 64), 5, 0.5));
        for other in [
            kept(Noise::new(2, 2, 3, 64), 5, 0.5),
            kept(Noise::new(1, 3, 3, 64), 5, 0.5),
            kept(Noise::new(1, 2, 4, 64), 5, 0.5),
            kept(Noise::new(1, 2, 3, 0), 5, 0.5),
            kept(Noise::new(1, 2, 3, 64), 6, 0.5),
        ] {
            let same = here.iter().zip(&other).filter(|(a, b)| a == b).count();
            let share = same as f32 / here.len() as f32;
            assert!((share - 0.5).abs() < 0.01, "{share}");
        }
    }
}
