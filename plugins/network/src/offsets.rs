//! Lengths laid end to end in the order of their keys: where each begins.

use std::iter::repeat_n;
use std::ops::Range;
use std::sync::Arc;

use crate::{EdgeId, NodeId};

/// How many keys lie in one piece at most.
const PIECE: usize = 512;

/// What lengths belong to.
pub(crate) trait Key: Copy + Ord {
    /// A number that ascends as the keys do: where none is missing, it tells the
    /// place.
    fn number(self) -> u64;
}

impl Key for EdgeId {
    fn number(self) -> u64 {
        u64::from(self.0)
    }
}

impl Key for (NodeId, u16) {
    fn number(self) -> u64 {
        u64::from(self.0.0) << 16 | u64::from(self.1)
    }
}

/// Keys, ascending, each with a length, in shared pieces: a copy is cheap, and an
/// edit copies one piece. A key whose neighbours all have a length of one costs
/// no more than itself.
#[derive(Clone, Debug)]
pub(crate) struct Offsets<K> {
    /// The lowest key of each piece.
    firsts: Vec<K>,
    /// Where each piece begins.
    begins: Vec<u32>,
    /// None is empty.
    pieces: Vec<Arc<Piece<K>>>,
    /// All lengths together.
    len: u32,
}

#[derive(Clone, Debug, Default)]
struct Piece<K> {
    keys: Vec<K>,
    /// The length of each; left out when all are one.
    lens: Option<Vec<u32>>,
}

impl<K: Key> Piece<K> {
    fn of(items: &[(K, u32)]) -> Self {
        let is_plain = items.iter().all(|&(_, len)| len == 1);
        Self {
            keys: items.iter().map(|&(key, _)| key).collect(),
            lens: (!is_plain).then(|| items.iter().map(|&(_, len)| len).collect()),
        }
    }

    /// Where a key is, or would be.
    fn place(&self, key: K) -> Result<usize, usize> {
        let first = self.keys.first().map_or(0, |first| first.number());
        let guess = key.number().wrapping_sub(first) as usize;
        match self.keys.get(guess) {
            Some(&other) if other == key => Ok(guess),
            _ => self.keys.binary_search(&key),
        }
    }

    /// All lengths together.
    fn len(&self) -> u32 {
        self.before(self.keys.len())
    }

    /// The lengths of those before a place, together.
    fn before(&self, place: usize) -> u32 {
        match &self.lens {
            None => place as u32,
            Some(lens) => lens.iter().take(place).sum(),
        }
    }

    fn lens(&self) -> impl Iterator<Item = u32> {
        let count = self.keys.len();
        let (written, plain) = match &self.lens {
            Some(lens) => (lens.as_slice(), 0),
            None => (&[][..], count),
        };
        written.iter().copied().chain(repeat_n(1, plain))
    }

    fn items(&self) -> impl Iterator<Item = (K, u32)> {
        self.keys.iter().copied().zip(self.lens())
    }
}

impl<K> Default for Offsets<K> {
    fn default() -> Self {
        Self {
            firsts: Vec::new(),
            begins: Vec::new(),
            pieces: Vec::new(),
            len: 0,
        }
    }
}

/// Equal when the same keys have the same lengths.
impl<K: Key> PartialEq for Offsets<K> {
    fn eq(&self, other: &Self) -> bool {
        let is_shared = self.pieces.len() == other.pieces.len()
            && self
                .pieces
                .iter()
                .zip(&other.pieces)
                .all(|(a, b)| Arc::ptr_eq(a, b));
        is_shared || (self.len == other.len && self.iter().eq(other.iter()))
    }
}

impl<K: Key> Eq for Offsets<K> {}

impl<K: Key> Offsets<K> {
    /// The offsets of keys that ascend, each with its length.
    pub(crate) fn from_sorted(items: impl IntoIterator<Item = (K, u32)>) -> Self {
        let mut offsets = Self::default();
        let mut piece = Vec::with_capacity(PIECE);
        for item in items {
            if piece.len() == PIECE {
                offsets.pieces.push(Arc::new(Piece::of(&piece)));
                piece.clear();
            }
            piece.push(item);
        }
        if !piece.is_empty() {
            offsets.pieces.push(Arc::new(Piece::of(&piece)));
        }
        offsets.count_from(0);
        offsets
    }

    /// All lengths together.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Where a key begins.
    pub(crate) fn begin(&self, key: K) -> Option<u32> {
        let at = self.piece_of(key)?;
        let piece = self.pieces.get(at)?;
        let place = piece.place(key).ok()?;
        Some(self.begins[at] + piece.before(place))
    }

    /// Where a key begins and ends.
    pub(crate) fn range(&self, key: K) -> Option<Range<u32>> {
        let at = self.piece_of(key)?;
        let piece = self.pieces.get(at)?;
        let place = piece.place(key).ok()?;
        let [begin, end] = [place, place + 1].map(|place| self.begins[at] + piece.before(place));
        Some(begin..end)
    }

    /// Each key with where it begins, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, u32)> {
        self.pieces
            .iter()
            .flat_map(|piece| piece.items())
            .scan(0, |begin, (key, len)| {
                let item = (key, *begin);
                *begin += len;
                Some(item)
            })
    }

    /// Inserts a key; one that is there takes the new length.
    pub(crate) fn insert(&mut self, key: K, len: u32) {
        let at = self.piece_of(key).unwrap_or(0);
        let is_last = at + 1 >= self.pieces.len();
        let Some(piece) = self.pieces.get_mut(at) else {
            *self = Self::from_sorted([(key, len)]);
            return;
        };
        let place = piece.place(key);
        if let (Err(place), 1, None) = (place, len, &piece.lens)
            && piece.keys.len() < PIECE
        {
            let keys = &mut Arc::make_mut(piece).keys;
            keys.insert(place, key);
            self.firsts[at] = keys[0];
            self.begins[at + 1..]
                .iter_mut()
                .for_each(|begin| *begin += 1);
            self.len += 1;
            return;
        }
        let mut items: Vec<(K, u32)> = piece.items().collect();
        match place {
            Ok(place) => items[place].1 = len,
            Err(place) => items.insert(place, (key, len)),
        }
        // What grows at its end leaves full pieces behind.
        let cut = match items.len() {
            ..=PIECE => items.len(),
            _ if is_last && place == Err(PIECE) => PIECE,
            count => count / 2,
        };
        self.pieces[at] = Arc::new(Piece::of(&items[..cut]));
        if cut < items.len() {
            self.pieces
                .insert(at + 1, Arc::new(Piece::of(&items[cut..])));
        }
        self.count_from(at);
    }

    /// Takes out a key.
    pub(crate) fn remove(&mut self, key: K) {
        let Some(at) = self.piece_of(key) else {
            return;
        };
        let Some(piece) = self.pieces.get_mut(at) else {
            return;
        };
        let Ok(place) = piece.place(key) else {
            return;
        };
        let piece = Arc::make_mut(piece);
        piece.keys.remove(place);
        let len = match &mut piece.lens {
            Some(lens) => lens.remove(place),
            None => 1,
        };
        if piece.keys.len() < PIECE / 4 {
            self.tidy(at);
            self.count_from(at.saturating_sub(1));
        } else {
            self.firsts[at] = piece.keys[0];
            self.begins[at + 1..].iter_mut().for_each(|b| *b -= len);
            self.len -= len;
        }
    }

    /// Drops an empty piece, and joins a small one to a neighbour when both
    /// together are well below full.
    fn tidy(&mut self, at: usize) {
        if self.pieces[at].keys.is_empty() {
            self.pieces.remove(at);
            return;
        }
        let is_small = |left: &usize| {
            let pair = self.pieces.get(*left).zip(self.pieces.get(left + 1));
            pair.is_some_and(|(a, b)| a.keys.len() + b.keys.len() <= PIECE * 3 / 4)
        };
        let mut pairs = [at.checked_sub(1), Some(at)].into_iter().flatten();
        if let Some(left) = pairs.find(is_small) {
            let (a, b) = (&self.pieces[left], &self.pieces[left + 1]);
            let items: Vec<(K, u32)> = a.items().chain(b.items()).collect();
            self.pieces[left] = Arc::new(Piece::of(&items));
            self.pieces.remove(left + 1);
        }
    }

    /// Counts anew where the pieces from this one on begin.
    fn count_from(&mut self, at: usize) {
        let mut begin = match at.checked_sub(1) {
            Some(before) => self.begins[before] + self.pieces[before].len(),
            None => 0,
        };
        self.firsts.truncate(at);
        self.begins.truncate(at);
        for piece in &self.pieces[at..] {
            self.firsts.extend(piece.keys.first());
            self.begins.push(begin);
            begin += piece.len();
        }
        self.len = begin;
    }

    /// The piece in which a key lies, if it is there at all.
    fn piece_of(&self, key: K) -> Option<usize> {
        // Where no number is missing and all pieces are full, this is it.
        let distance = key.number().checked_sub(self.firsts.first()?.number())?;
        let guess = distance as usize / PIECE;
        let is_above = |at: usize| self.firsts.get(at).is_none_or(|&first| first > key);
        if !is_above(guess) && is_above(guess + 1) {
            return Some(guess);
        }
        self.firsts
            .partition_point(|&first| first <= key)
            .checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    impl Key for u32 {
        fn number(self) -> u64 {
            u64::from(self)
        }
    }

    /// Where each key begins, counted plainly.
    fn counted(map: &BTreeMap<u32, u32>) -> Vec<(u32, u32)> {
        let mut begin = 0;
        let mut list = Vec::new();
        for (&key, &len) in map {
            list.push((key, begin));
            begin += len;
        }
        list
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn keys_begin_where_the_lengths_before_them_end(
            start in prop::collection::btree_map(0u32..4000, prop_oneof![9 => Just(1u32), 1 => 0u32..5], 0..1800),
            is_plain in any::<bool>(),
            edits in prop::collection::vec((0u32..4000, prop_oneof![8 => Just(1u32), 1 => 0u32..5]), 0..40),
            low in 0u32..3000,
        ) {
            let mut map = start;
            if is_plain {
                map.values_mut().for_each(|len| *len = 1);
            }
            let mut offsets = Offsets::from_sorted(map.clone());
            let (held, before) = (offsets.clone(), counted(&map));
            for (key, len) in edits {
                offsets.insert(key, len);
                map.insert(key, len);
                prop_assert_eq!(offsets.iter().collect::<Vec<_>>(), counted(&map));
            }
            // Enough removals that pieces are joined and dropped.
            for key in low..low + 1000 {
                offsets.remove(key);
                map.remove(&key);
            }
            let list = counted(&map);
            prop_assert_eq!(offsets.iter().collect::<Vec<_>>(), list.clone());
            prop_assert_eq!(offsets.len(), map.values().sum::<u32>());
            for (key, begin) in list {
                prop_assert_eq!(offsets.begin(key), Some(begin));
            }
            prop_assert_eq!(offsets.begin(low), None);
            prop_assert_eq!(&offsets, &Offsets::from_sorted(map));
            prop_assert_eq!(held.iter().collect::<Vec<_>>(), before);
        }
    }

    #[test]
    fn keys_that_are_appended_one_by_one_fill_their_pieces() {
        let mut offsets = Offsets::default();
        for key in 0..5000u32 {
            offsets.insert(key, 1);
        }
        assert_eq!(offsets.pieces.len(), 5000usize.div_ceil(PIECE));
        assert_eq!(offsets.begin(4999), Some(4999));
    }
}
