//! The losses of a run, epoch by epoch.

use std::ops::Index;

use engine::EpochLoss;

/// Losses in one piece of memory.
const PIECE: usize = 4_096;

/// The losses of a run, oldest first.
///
/// A run may have a million epochs, thousands in a frame: what is there is never moved
/// to make room, as a growing list would.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// All but the last have [`PIECE`] losses.
    pieces: Vec<Vec<EpochLoss>>,
}

impl Losses {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces
            .last()
            .map_or(0, |last| PIECE * (self.pieces.len() - 1) + last.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The newest.
    #[must_use]
    pub fn last(&self) -> Option<&EpochLoss> {
        self.pieces.last()?.last()
    }

    /// The one at a place, counted from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&EpochLoss> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    /// Those from a place on, at the cost of those alone.
    pub fn since(&self, place: usize) -> impl Iterator<Item = &EpochLoss> {
        let pieces = self.pieces.get(place / PIECE..).unwrap_or_default();
        pieces.iter().flatten().skip(place % PIECE)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &EpochLoss> {
        self.since(0)
    }

    /// Adds one.
    pub fn push(&mut self, loss: EpochLoss) {
        match self.pieces.last_mut() {
            Some(last) if last.len() < PIECE => last.push(loss),
            _ => {
                // A short run has a short piece.
                let room = if self.pieces.is_empty() { 0 } else { PIECE };
                let mut piece = Vec::with_capacity(room);
                piece.push(loss);
                self.pieces.push(piece);
            }
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.pieces.clear();
    }
}

impl Index<usize> for Losses {
    type Output = EpochLoss;

    fn index(&self, place: usize) -> &EpochLoss {
        &self.pieces[place / PIECE][place % PIECE]
    }
}

impl FromIterator<EpochLoss> for Losses {
    fn from_iter<I: IntoIterator<Item = EpochLoss>>(losses: I) -> Self {
        let mut all = Self::default();
        for loss in losses {
            all.push(loss);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_is_found_again_also_across_pieces() {
        let loss = |epoch| EpochLoss {
            epoch,
            train: 1.0,
            ..EpochLoss::default()
        };
        let count = 2 * PIECE + 3;
        for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, count] {
            let losses: Losses = (1..=len as u32).map(loss).collect();
            assert_eq!(losses.len(), len);
            assert_eq!(losses.is_empty(), len == 0);
            assert_eq!(losses.iter().count(), len);
            assert_eq!(losses.last().map_or(0, |last| last.epoch as usize), len);
            assert_eq!(losses.get(len), None);
            for place in [0, 1, PIECE - 1, PIECE, PIECE + 1, len] {
                let since: Vec<u32> = losses.since(place).map(|loss| loss.epoch).collect();
                let expected: Vec<u32> = (place as u32 + 1..=len as u32).collect();
                assert_eq!(since, expected, "{len} losses since {place}");
            }
        }
    }
}
