//! A list sorted by number, in shared pieces: a copy is cheap, an edit copies one piece.

use std::fmt;
use std::sync::Arc;

/// Something with a number of its own by which it is sorted and found.
pub(crate) trait Keyed: Clone {
    /// How many lie in one piece at most: what an edit copies when a copy of the
    /// list is held elsewhere.
    const PIECE: usize;

    /// The number.
    fn key(&self) -> u32;
}

/// Items sorted by number. Against a `BTreeMap` and `imbl::OrdMap` see the table
/// in the crate's README.
#[derive(Clone)]
pub(crate) struct Chunks<T> {
    /// The lowest number of each piece: one dense list to search.
    firsts: Vec<u32>,
    /// None is empty.
    pieces: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            firsts: Vec::new(),
            pieces: Vec::new(),
            len: 0,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Chunks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.pieces.iter().flat_map(|piece| piece.iter()))
            .finish()
    }
}

/// Pieces that are shared are taken to be equal unseen, so an item must equal
/// itself.
impl<T: Keyed + PartialEq> PartialEq for Chunks<T> {
    fn eq(&self, other: &Self) -> bool {
        if self.len != other.len {
            return false;
        }
        let mut pairs = self.pieces.iter().zip(&other.pieces);
        let is_cut_alike = self.pieces.len() == other.pieces.len()
            && pairs.clone().all(|(a, b)| a.len() == b.len());
        if is_cut_alike {
            pairs.all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
        } else {
            self.iter().eq(other.iter())
        }
    }
}

impl<T: Keyed> Chunks<T> {
    /// The list of items that ascend by number, each number once.
    pub(crate) fn from_sorted(items: Vec<T>) -> Self {
        let len = items.len();
        let mut pieces = Vec::with_capacity(len.div_ceil(T::PIECE));
        let mut rest = items.into_iter();
        loop {
            let piece: Vec<T> = rest.by_ref().take(T::PIECE).collect();
            if piece.is_empty() {
                break;
            }
            pieces.push(Arc::new(piece));
        }
        let firsts = pieces.iter().map(|piece| first_key(piece)).collect();
        Self {
            firsts,
            pieces,
            len,
        }
    }

    /// The highest number.
    pub(crate) fn last_key(&self) -> Option<u32> {
        Some(self.pieces.last()?.last()?.key())
    }

    /// All items, ascending.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &T> + DoubleEndedIterator {
        Counted {
            inner: self.pieces.iter().flat_map(|piece| piece.iter()),
            left: self.len,
        }
    }

    /// All items, ascending. Their numbers must stay.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pieces
            .iter_mut()
            .flat_map(|piece| Arc::make_mut(piece).iter_mut())
    }

    pub(crate) fn get(&self, key: u32) -> Option<&T> {
        let piece = self.pieces.get(self.piece_of(key)?)?;
        piece.get(place(piece, key).ok()?)
    }

    pub(crate) fn contains(&self, key: u32) -> bool {
        self.get(key).is_some()
    }

    /// The item of this number; its number must stay.
    pub(crate) fn get_mut(&mut self, key: u32) -> Option<&mut T> {
        let at = self.piece_of(key)?;
        let piece = self.pieces.get_mut(at)?;
        let place = place(piece, key).ok()?;
        Arc::make_mut(piece).get_mut(place)
    }

    /// Inserts an item; one of the same number stays, and the new one is dropped.
    pub(crate) fn insert(&mut self, item: T) {
        let key = item.key();
        let at = self.piece_of(key).unwrap_or(0);
        let is_last = at + 1 >= self.pieces.len();
        let Some(piece) = self.pieces.get_mut(at) else {
            *self = Self::from_sorted(vec![item]);
            return;
        };
        let Err(place) = place(piece, key) else {
            return;
        };
        let piece = Arc::make_mut(piece);
        self.len += 1;
        if piece.len() < T::PIECE {
            piece.reserve_exact(T::PIECE - piece.len());
            piece.insert(place, item);
            self.firsts[at] = first_key(piece);
            return;
        }
        // What grows at its end leaves full pieces behind.
        let cut = if is_last && place == piece.len() {
            place
        } else {
            piece.len() / 2
        };
        let mut rest = Vec::with_capacity(T::PIECE);
        rest.extend(piece.drain(cut..));
        if place < cut {
            piece.insert(place, item);
        } else {
            rest.insert(place - cut, item);
        }
        self.firsts[at] = first_key(piece);
        self.firsts.insert(at + 1, first_key(&rest));
        self.pieces.insert(at + 1, Arc::new(rest));
    }

    /// Takes out the item of this number.
    pub(crate) fn remove(&mut self, key: u32) -> Option<T> {
        let at = self.piece_of(key)?;
        let place = place(self.pieces.get(at)?, key).ok()?;
        let piece = Arc::make_mut(&mut self.pieces[at]);
        let item = piece.remove(place);
        self.len -= 1;
        if piece.is_empty() {
            self.pieces.remove(at);
            self.firsts.remove(at);
        } else {
            self.firsts[at] = first_key(piece);
            if piece.len() < T::PIECE / 4 {
                self.merge(at);
            }
        }
        Some(item)
    }

    /// Joins a small piece to a neighbour when both together are well below full.
    fn merge(&mut self, at: usize) {
        let is_small = |left: &usize| {
            let pair = self.pieces.get(*left).zip(self.pieces.get(left + 1));
            pair.is_some_and(|(a, b)| a.len() + b.len() <= T::PIECE * 3 / 4)
        };
        let mut pairs = [at.checked_sub(1), Some(at)].into_iter().flatten();
        let Some(left) = pairs.find(is_small) else {
            return;
        };
        let other = self.pieces.remove(left + 1);
        self.firsts.remove(left + 1);
        Arc::make_mut(&mut self.pieces[left]).extend(Arc::unwrap_or_clone(other));
    }

    /// The piece in which a number lies, if it is there at all.
    fn piece_of(&self, key: u32) -> Option<usize> {
        // Where no number is missing and all pieces are full, this is it.
        let guess = key.checked_sub(*self.firsts.first()?)? as usize / T::PIECE;
        let is_above = |at: usize| self.firsts.get(at).is_none_or(|&first| first > key);
        if !is_above(guess) && is_above(guess + 1) {
            return Some(guess);
        }
        self.firsts
            .partition_point(|&first| first <= key)
            .checked_sub(1)
    }
}

fn first_key<T: Keyed>(piece: &[T]) -> u32 {
    piece.first().map_or(0, Keyed::key)
}

/// Where in a piece a number is, or would be.
fn place<T: Keyed>(piece: &[T], key: u32) -> Result<usize, usize> {
    // Where no number is missing, an item lies as far from the first as its
    // number does.
    let guess = key.wrapping_sub(first_key(piece)) as usize;
    match piece.get(guess) {
        Some(item) if item.key() == key => Ok(guess),
        _ => piece.binary_search_by_key(&key, Keyed::key),
    }
}

/// An iterator whose length is known.
struct Counted<I> {
    inner: I,
    left: usize,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let item = self.inner.next()?;
        self.left -= 1;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    fn fold<B, F: FnMut(B, I::Item) -> B>(self, start: B, f: F) -> B {
        self.inner.fold(start, f)
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Counted<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        let item = self.inner.next_back()?;
        self.left -= 1;
        Some(item)
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Item(u32, u32);

    impl Keyed for Item {
        const PIECE: usize = 8;

        fn key(&self) -> u32 {
            self.0
        }
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_would_hold(
            start in prop::collection::btree_set(0u32..60, 0..40),
            edits in prop::collection::vec((any::<bool>(), 0u32..60), 0..120),
        ) {
            let mut list = Chunks::from_sorted(start.iter().map(|&key| Item(key, 0)).collect());
            let mut map: BTreeMap<u32, u32> = start.iter().map(|&key| (key, 0)).collect();
            let held = list.clone();
            for (step, (is_insertion, key)) in (1..).zip(edits) {
                if is_insertion {
                    list.insert(Item(key, step));
                    map.entry(key).or_insert(step);
                } else {
                    prop_assert_eq!(list.remove(key).map(|item| item.1), map.remove(&key));
                }
                prop_assert_eq!(list.iter().len(), map.len());
                prop_assert!(list.iter().map(|item| (item.0, item.1)).eq(map.clone()));
                prop_assert!(list.iter().rev().map(|item| item.0).eq(map.keys().rev().copied()));
                prop_assert_eq!(list.last_key(), map.keys().next_back().copied());
                for key in 0..60 {
                    prop_assert_eq!(list.get(key).map(|item| item.1), map.get(&key).copied());
                }
                let afresh = Chunks::from_sorted(list.iter().copied().collect());
                prop_assert_eq!(&list, &afresh);
            }
            prop_assert!(held.iter().map(|item| item.0).eq(start));
        }
    }

    #[test]
    fn a_copy_keeps_what_the_original_loses() {
        let mut list = Chunks::from_sorted((0..10).map(|key| Item(key, key)).collect());
        let copy = list.clone();
        list.iter_mut().for_each(|item| item.1 = 99);
        list.get_mut(3).expect("3 is there").1 = 7;
        assert!(copy.iter().all(|item| item.0 == item.1));
        assert_eq!(list.get(3), Some(&Item(3, 7)));
        assert_ne!(list, copy);
    }

    #[test]
    fn pieces_that_shrink_are_joined() {
        let mut list = Chunks::from_sorted((0..400).map(|key| Item(key, 0)).collect());
        for key in (0..400).filter(|key| key % 50 != 0) {
            list.remove(key);
        }
        assert_eq!(list.iter().len(), 8);
        assert!(list.pieces.len() <= 5, "{}", list.pieces.len());
    }
}
