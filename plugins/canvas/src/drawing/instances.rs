//! Lists of instances that remember which of their parts the GPU has not seen yet.

use std::ops::Range;

use bytemuck::Pod;

/// Two dirty ranges closer than this many elements are sent as one: a second
/// write costs more than the untouched elements between them.
const MERGE_GAP: usize = 64;

/// With more ranges than this, one write of everything between the first and
/// the last is the cheaper way.
const MAX_RANGES: usize = 16;

/// The parts of a list that changed since it was last uploaded: sorted, apart
/// from each other by more than [`MERGE_GAP`], and never more than [`MAX_RANGES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirtyRanges(Vec<Range<usize>>);

impl DirtyRanges {
    /// Adds a range of indices; an empty one changes nothing.
    pub fn add(&mut self, added: Range<usize>) {
        if added.is_empty() {
            return;
        }
        let first = self
            .0
            .partition_point(|range| range.end + MERGE_GAP < added.start);
        let mut merged = added;
        let mut last = first;
        while let Some(range) = self.0.get(last) {
            if range.start > merged.end + MERGE_GAP {
                break;
            }
            merged = merged.start.min(range.start)..merged.end.max(range.end);
            last += 1;
        }
        self.0.splice(first..last, [merged]);
        if self.0.len() > MAX_RANGES {
            self.0 = vec![self.hull()];
        }
    }

    /// The smallest single range that holds them all.
    #[must_use]
    pub fn hull(&self) -> Range<usize> {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ranges in ascending order, cut off at `len`; nothing is dirty afterwards.
    pub fn take(&mut self, len: usize) -> Vec<Range<usize>> {
        let mut ranges = std::mem::take(&mut self.0);
        for range in &mut ranges {
            range.end = range.end.min(len);
        }
        ranges.retain(|range| range.start < range.end);
        ranges
    }
}

/// A list whose bytes are a vertex buffer: each change marks only the elements
/// it touched, and [`revision`](Self::revision) rises so that a reader can tell
/// at once that nothing happened.
#[derive(Clone, Debug)]
pub struct Instances<T> {
    items: Vec<T>,
    dirty: DirtyRanges,
    revision: u64,
}

impl<T> Default for Instances<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            dirty: DirtyRanges::default(),
            revision: 0,
        }
    }
}

impl<T: Pod> Instances<T> {
    /// The elements in drawing order.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Rises with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Puts `items` in place of everything and hands the old list back, so that
    /// its memory can be used for the next one.
    pub fn replace(&mut self, items: Vec<T>) -> Vec<T> {
        let old = std::mem::replace(&mut self.items, items);
        self.mark(0..self.items.len());
        old
    }

    /// Lets `edit` change the element at `index`. False, and nothing happens, if
    /// there is no such element.
    pub fn edit(&mut self, index: usize, edit: impl FnOnce(&mut T)) -> bool {
        let Some(item) = self.items.get_mut(index) else {
            return false;
        };
        edit(item);
        self.mark(index..index + 1);
        true
    }

    /// Copies `items` over the elements from `start` on. False, and nothing
    /// happens, if they do not all fit.
    pub fn overwrite(&mut self, start: usize, items: &[T]) -> bool {
        let range = start..start.saturating_add(items.len());
        let Some(target) = self.items.get_mut(range.clone()) else {
            return false;
        };
        target.copy_from_slice(items);
        self.mark(range);
        true
    }

    /// Appends an element and returns its index.
    pub fn push(&mut self, item: T) -> usize {
        let index = self.items.len();
        self.items.push(item);
        self.mark(index..index + 1);
        index
    }

    /// Removes the element at `index`, moves the last one into its place, and
    /// returns the removed one.
    pub fn swap_remove(&mut self, index: usize) -> Option<T> {
        if index >= self.items.len() {
            return None;
        }
        let removed = self.items.swap_remove(index);
        self.mark(index..(index + 1).min(self.items.len()));
        Some(removed)
    }

    /// Removes everything and keeps the memory.
    pub fn clear(&mut self) {
        if !self.items.is_empty() {
            self.items.clear();
            self.mark(0..0);
        }
    }

    /// The ranges that changed since the revision `seen`, which is then the
    /// present one.
    pub(super) fn take_news(&mut self, seen: &mut u64) -> Vec<Range<usize>> {
        if *seen == self.revision {
            return Vec::new();
        }
        *seen = self.revision;
        self.take_dirty()
    }

    /// The ranges that changed since the last call.
    pub fn take_dirty(&mut self) -> Vec<Range<usize>> {
        self.dirty.take(self.items.len())
    }

    fn mark(&mut self, range: Range<usize>) {
        self.dirty.add(range);
        self.revision += 1;
    }
}

/// Marks a person's attention or a state puts on a neuron or a wire: a set of
/// bits the shaders read.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, bytemuck::Zeroable)]
pub struct Marks(u32);

impl Marks {
    /// No mark at all.
    pub const NONE: Self = Self(0);
    /// Selected: a ring around a neuron, a halo along a wire.
    pub const SELECTED: Self = Self(1);
    /// Under the pointer, or on the path that hovering lights up.
    pub const HOVERED: Self = Self(1 << 1);
    /// Kept as it is by training: a lock on a neuron, a frosted core in a wire.
    pub const FROZEN: Self = Self(1 << 2);
    /// Stepped back, because something else is lit.
    pub const DIMMED: Self = Self(1 << 3);
    /// A wire being drawn may end here.
    pub const VALID_TARGET: Self = Self(1 << 4);
    /// A wire being drawn must not end here.
    pub const INVALID_TARGET: Self = Self(1 << 5);
    /// On a way into what is pointed at, or that itself. Wires between two such
    /// neurons are lit.
    pub const UPSTREAM: Self = Self(1 << 6);
    /// On a way out of what is pointed at, or that itself. Wires between two such
    /// neurons are lit.
    pub const DOWNSTREAM: Self = Self(1 << 7);
    /// A neuron that gives nothing whatever comes: a badge with a ring struck through.
    pub const DEAD: Self = Self(1 << 8);
    /// A neuron at the flat ends of its function: a badge with a curve cut off above
    /// and below.
    pub const SATURATED: Self = Self(1 << 9);

    /// A bundle of wires, drawn as one ribbon.
    pub const BUNDLE: Self = Self(1 << 10);
    /// A wire that is cut off: dots instead of a line, and two strokes through its middle.
    pub const PRUNED: Self = Self(1 << 11);

    /// The bits as the shader sees them.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These marks without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every mark of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(ranges: Vec<Range<usize>>) -> Vec<(usize, usize)> {
        ranges
            .into_iter()
            .map(|range| (range.start, range.end))
            .collect()
    }

    fn ranges_after(added: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut dirty = DirtyRanges::default();
        for &(start, end) in added {
            dirty.add(start..end);
        }
        pairs(dirty.0)
    }

    #[test]
    fn neighbouring_changes_become_one_range_and_distant_ones_stay_apart() {
        assert_eq!(ranges_after(&[(10, 11), (12, 13)]), [(10, 13)]);
        assert_eq!(
            ranges_after(&[(1000, 1001), (3, 5)]),
            [(3, 5), (1000, 1001)]
        );
        assert_eq!(
            ranges_after(&[(0, 1), (1000, 1001), (500, 501), (400, 940)]),
            [(0, 1), (400, 1001)]
        );
        assert!(ranges_after(&[(5, 5)]).is_empty());
    }

    #[test]
    fn a_range_swallows_all_ranges_inside_it() {
        assert_eq!(
            ranges_after(&[(200, 201), (400, 401), (600, 601), (0, 700)]),
            [(0, 700)]
        );
    }

    #[test]
    fn many_scattered_changes_collapse_to_their_hull() {
        let scattered: Vec<_> = (0..=MAX_RANGES).map(|i| (i * 1000, i * 1000 + 1)).collect();
        assert_eq!(ranges_after(&scattered), [(0, MAX_RANGES * 1000 + 1)]);
    }

    #[test]
    fn editing_one_element_dirties_only_that_element() {
        let mut list = Instances::default();
        list.replace(vec![0_u32; 20_000]);
        assert_eq!(pairs(list.take_dirty()), [(0, 20_000)]);
        let revision = list.revision();
        assert!(list.edit(7_000, |item| *item = 9));
        assert_eq!(pairs(list.take_dirty()), [(7_000, 7_001)]);
        assert!(list.revision() > revision);
        assert!(list.take_dirty().is_empty());
    }

    #[test]
    fn an_index_outside_the_list_changes_nothing() {
        let mut list = Instances::default();
        list.push(1_u32);
        let revision = list.revision();
        assert!(!list.edit(1, |item| *item = 9));
        assert!(!list.overwrite(usize::MAX, &[1, 2]));
        assert!(!list.overwrite(0, &[1, 2]));
        assert_eq!(list.swap_remove(3), None);
        assert_eq!(list.revision(), revision);
    }

    #[test]
    fn removing_an_element_dirties_the_place_the_last_one_moved_to() {
        let mut list = Instances::default();
        list.replace(vec![1_u32, 2, 3]);
        list.take_dirty();
        assert_eq!(list.swap_remove(0), Some(1));
        assert_eq!(list.as_slice(), [3, 2]);
        assert_eq!(pairs(list.take_dirty()), [(0, 1)]);
        list.swap_remove(1);
        assert!(
            list.take_dirty().is_empty(),
            "the last element leaves no gap"
        );
    }

    #[test]
    fn ranges_beyond_the_end_are_cut_off() {
        let mut list = Instances::default();
        list.replace(vec![1_u32, 2, 3]);
        list.clear();
        assert!(list.take_dirty().is_empty());
    }

    #[test]
    fn marks_are_distinct_bits() {
        let all = [
            Marks::SELECTED,
            Marks::HOVERED,
            Marks::FROZEN,
            Marks::DIMMED,
            Marks::VALID_TARGET,
            Marks::INVALID_TARGET,
            Marks::UPSTREAM,
            Marks::DOWNSTREAM,
            Marks::BUNDLE,
            Marks::PRUNED,
            Marks::DEAD,
            Marks::SATURATED,
        ];
        let union = all.into_iter().fold(Marks::NONE, Marks::with);
        assert_eq!(union.bits().count_ones() as usize, all.len());
        assert!(union.contains(Marks::FROZEN));
        assert!(!union.without(Marks::FROZEN).contains(Marks::FROZEN));
    }
}
