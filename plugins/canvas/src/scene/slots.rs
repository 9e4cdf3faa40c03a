//! Slots: which thing each instance is, in an order that edits seldom disturb.

/// The places of things in a list of instances. They ascend by number, as the
/// network's own lists do; what goes leaves its slot empty, so that everything
/// behind it stays where it is, and finds it again when it comes back.
#[derive(Clone, Debug)]
pub struct Slots<Id> {
    ids: Vec<Id>,
    /// Slots nothing is in, ascending.
    empty: Vec<usize>,
}

impl<Id> Default for Slots<Id> {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            empty: Vec::new(),
        }
    }
}

/// With a larger share of empty slots than one in this many, the list is made anew.
const EMPTY_SHARE: usize = 4;

impl<Id: Copy + Ord> Slots<Id> {
    /// A slot for each of these ids, which ascend.
    pub(super) fn of(ids: impl Iterator<Item = Id>) -> Self {
        Self {
            ids: ids.collect(),
            empty: Vec::new(),
        }
    }

    /// How many slots there are, empty ones and all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// How many things are there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ids.len() - self.empty.len()
    }

    /// Whether there is no slot at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The slot of a thing that is there.
    #[must_use]
    pub fn find(&self, id: Id) -> Option<usize> {
        let slot = self.ids.binary_search(&id).ok()?;
        self.empty.binary_search(&slot).is_err().then_some(slot)
    }

    /// For very many questions at once: what each thing's slot is.
    pub(super) fn table(&self) -> SlotTable<'_, Id>
    where
        Id: Into<u32>,
    {
        let most = 4 * self.ids.len() + 64;
        let last = self.ids.last().map_or(0, |&id| id.into() as usize);
        if last >= most {
            return SlotTable::Sparse(self);
        }
        let mut slots = vec![SlotTable::<Id>::NONE; last + 1];
        for (slot, id) in self.iter() {
            slots[id.into() as usize] = slot as u32;
        }
        SlotTable::Dense(slots)
    }

    /// What is there, with its slot, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Id)> {
        self.runs()
            .flat_map(|run| run.clone().zip(self.ids[run].iter().copied()))
    }

    /// The runs of slots without an empty one between them, in ascending order.
    pub fn runs(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.empty.iter().map(|&slot| slot + 1));
        let ends = self.empty.iter().copied().chain([self.ids.len()]);
        starts
            .zip(ends)
            .map(|(start, end)| start..end)
            .filter(|run| !run.is_empty())
    }

    /// A slot for what comes: its own, or a new one at the end. `None` where it
    /// would have to come between others: the list is then to be made anew.
    pub(super) fn add(&mut self, id: Id) -> Option<usize> {
        match self.ids.binary_search(&id) {
            Ok(slot) => {
                if let Ok(place) = self.empty.binary_search(&slot) {
                    self.empty.remove(place);
                }
                Some(slot)
            }
            Err(slot) if slot == self.ids.len() => {
                self.ids.push(id);
                Some(slot)
            }
            Err(_) => None,
        }
    }

    /// Empties the slot of what went, and names it.
    pub(super) fn remove(&mut self, id: Id) -> Option<usize> {
        let slot = self.ids.binary_search(&id).ok()?;
        let place = self.empty.binary_search(&slot).err()?;
        self.empty.insert(place, slot);
        Some(slot)
    }

    /// Whether so many slots are empty that the list should be made anew.
    pub(super) fn is_sparse(&self) -> bool {
        self.empty.len() * EMPTY_SHARE > self.ids.len() + 64
    }
}

/// The slot of each thing, to be asked very often.
pub(super) enum SlotTable<'a, Id> {
    /// By number.
    Dense(Vec<u32>),
    /// Where numbers are far apart, as ever.
    Sparse(&'a Slots<Id>),
}

impl<Id: Copy + Ord + Into<u32>> SlotTable<'_, Id> {
    const NONE: u32 = u32::MAX;

    pub(super) fn find(&self, id: Id) -> Option<usize> {
        match self {
            Self::Dense(slots) => {
                let slot = *slots.get(id.into() as usize)?;
                (slot != Self::NONE).then_some(slot as usize)
            }
            Self::Sparse(slots) => slots.find(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Slots<u32> {
        Slots::of([2, 3, 5, 7].into_iter())
    }

    #[test]
    fn what_goes_and_comes_back_finds_its_slot_again() {
        let mut slots = slots();
        assert_eq!(slots.remove(3), Some(1));
        assert_eq!(slots.remove(3), None);
        assert_eq!(slots.find(3), None);
        assert_eq!(slots.find(5), Some(2), "the others stay where they are");
        assert_eq!(slots.add(3), Some(1));
        assert_eq!(slots.find(3), Some(1));
    }

    #[test]
    fn the_table_finds_what_the_list_finds() {
        for ids in [vec![2, 3, 5, 7], vec![3, 900_000], Vec::new()] {
            let mut slots = Slots::of(ids.iter().copied());
            slots.remove(3);
            let table = slots.table();
            for id in (0..12).chain([899_999, 900_000, u32::MAX]) {
                assert_eq!(table.find(id), slots.find(id), "{id} of {ids:?}");
            }
        }
    }

    #[test]
    fn what_is_new_comes_to_the_end_and_never_between_others() {
        let mut slots = slots();
        assert_eq!(slots.add(11), Some(4));
        assert_eq!(slots.add(4), None);
        assert_eq!(slots.len(), 5);
    }

    #[test]
    fn runs_leave_out_what_is_empty() {
        let mut slots = slots();
        slots.remove(2);
        slots.remove(5);
        let runs: Vec<_> = slots.runs().collect();
        assert_eq!(runs, [1..2, 3..4]);
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(1, 3), (3, 7)]);
        slots.remove(7);
        slots.remove(3);
        assert_eq!(slots.iter().count(), 0);
    }

    #[test]
    fn a_list_with_many_holes_is_to_be_made_anew() {
        let mut slots = Slots::of(0..1_000_u32);
        for id in 0..200 {
            slots.remove(id);
        }
        assert!(!slots.is_sparse());
        for id in 200..300 {
            slots.remove(id);
        }
        assert!(slots.is_sparse());
    }
}
