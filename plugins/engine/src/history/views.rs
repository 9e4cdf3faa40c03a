//! Views for looking back: all learnable numbers in a byte each, in a store of fixed size.

use std::collections::TryReserveError;
use std::ops::Range;

use super::quantise::{GROUP, Scale, encode};
use super::thinning::thin;

/// Bytes that are asked for at a time, so that a short training costs little.
const PAGE_BYTES: usize = 1 << 18;

/// When a view was taken, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) step: u64,
    pub(super) epochs: u32,
    pub(super) batch: u32,
    slot: u32,
}

/// Room for some views.
struct Page {
    codes: Vec<u8>,
    scales: Vec<Scale>,
}

/// Views in the order of their steps. When the store is full they are thinned, so that
/// old times get coarser and the whole run fits.
pub(super) struct Views {
    /// Numbers in a view, in the engine's order.
    numbers: usize,
    per_page: usize,
    most: usize,
    pages: Vec<Page>,
    stamps: Vec<Stamp>,
    free: Vec<u32>,
}

impl Views {
    /// A store for views of so many numbers that never takes more bytes than these.
    pub(super) fn new(numbers: usize, bytes: usize) -> Self {
        let of_view = bytes_of_view(numbers);
        Self {
            numbers,
            per_page: (PAGE_BYTES / of_view).max(1),
            most: (bytes / of_view).min(u32::MAX as usize),
            pages: Vec::new(),
            stamps: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.stamps.len()
    }

    /// Bytes in use, with those that wait to be filled.
    pub(super) fn bytes(&self) -> usize {
        let of_page =
            |page: &Page| page.codes.capacity() + page.scales.capacity() * size_of::<Scale>();
        self.pages.iter().map(of_page).sum::<usize>()
            + self.stamps.capacity() * size_of::<Stamp>()
            + self.free.capacity() * size_of::<u32>()
            + self.pages.capacity() * size_of::<Page>()
    }

    pub(super) fn first(&self) -> Option<Stamp> {
        self.stamps.first().copied()
    }

    /// The view at this step or the last one before it; before all of them the first.
    pub(super) fn at(&self, step: u64) -> Option<Stamp> {
        let after = self.stamps.partition_point(|stamp| stamp.step <= step);
        self.stamps.get(after.saturating_sub(1)).copied()
    }

    /// The numbers of a view, and how far any of them may be off.
    pub(super) fn read(&self, stamp: Stamp) -> (Vec<f32>, f32) {
        let (codes, scales) = self.raw(stamp);
        let numbers = codes
            .chunks(GROUP)
            .zip(scales)
            .flat_map(|(codes, scale)| codes.iter().map(|&code| scale.decode(code)));
        let bounds = scales.iter().map(|scale| scale.error_bound());
        (numbers.collect(), bounds.fold(0.0, f32::max))
    }

    /// All views, in order.
    pub(super) fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    /// The bytes and scales of a view.
    pub(super) fn raw(&self, stamp: Stamp) -> (&[u8], &[Scale]) {
        let (codes, scales) = self.places(stamp.slot);
        match self.pages.get(stamp.slot as usize / self.per_page) {
            Some(page) => (&page.codes[codes], &page.scales[scales]),
            None => (&[], &[]),
        }
    }

    /// Takes a view of numbers at a step, after so many epochs and batches; steps must
    /// ascend.
    pub(super) fn push(&mut self, step: u64, counts: (u32, u32), numbers: &[f32]) {
        if numbers.len() != self.numbers {
            return;
        }
        self.insert(step, counts, |codes, scales| {
            let groups = numbers.chunks(GROUP).zip(codes.chunks_mut(GROUP));
            for ((numbers, codes), scale) in groups.zip(scales) {
                *scale = encode(numbers, codes);
            }
        });
    }

    /// Takes a view that `fill` writes.
    pub(super) fn insert(
        &mut self,
        step: u64,
        (epochs, batch): (u32, u32),
        fill: impl FnOnce(&mut [u8], &mut [Scale]),
    ) {
        if self.most == 0 {
            return;
        }
        if self.stamps.len() >= self.most {
            let free = &mut self.free;
            thin(
                &mut self.stamps,
                |stamp| stamp.step,
                |stamp| free.push(stamp.slot),
            );
        }
        let Some(slot) = self.free_slot() else {
            return;
        };
        let (codes, scales) = self.places(slot);
        let Some(page) = self.pages.get_mut(slot as usize / self.per_page) else {
            return;
        };
        fill(&mut page.codes[codes], &mut page.scales[scales]);
        self.stamps.push(Stamp {
            step,
            epochs,
            batch,
            slot,
        });
    }

    /// Where in its page the bytes and scales of a view lie.
    fn places(&self, slot: u32) -> (Range<usize>, Range<usize>) {
        let place = slot as usize % self.per_page;
        let groups = self.numbers.div_ceil(GROUP);
        (
            place * self.numbers..(place + 1) * self.numbers,
            place * groups..(place + 1) * groups,
        )
    }

    /// Forgets this step and all later ones.
    pub(super) fn forget_from(&mut self, step: u64) {
        let keep = self.stamps.partition_point(|stamp| stamp.step < step);
        self.free
            .extend(self.stamps.drain(keep..).map(|stamp| stamp.slot));
    }

    fn free_slot(&mut self) -> Option<u32> {
        if self.free.is_empty() && self.add_page().is_err() {
            // There is no such memory: what there is must do.
            self.most = self.pages.len() * self.per_page;
        }
        self.free.pop()
    }

    fn add_page(&mut self) -> Result<(), TryReserveError> {
        let slots = self.pages.len() * self.per_page;
        let more = self.per_page.min(self.most.saturating_sub(slots));
        if more == 0 {
            return Ok(());
        }
        if self.pages.is_empty() {
            // All at once: lists that grow take twice their room for a moment.
            self.stamps.try_reserve_exact(self.most)?;
            self.free.try_reserve_exact(self.most)?;
            let pages = self.most.div_ceil(self.per_page);
            self.pages.try_reserve_exact(pages)?;
        }
        let groups = self.numbers.div_ceil(GROUP);
        let (mut codes, mut scales) = (Vec::new(), Vec::new());
        codes.try_reserve_exact(more * self.numbers)?;
        codes.resize(more * self.numbers, 0);
        scales.try_reserve_exact(more * groups)?;
        scales.resize(more * groups, Scale::default());
        self.pages.push(Page { codes, scales });
        let slots = slots as u32;
        self.free.extend((slots..slots + more as u32).rev());
        Ok(())
    }
}

/// Bytes of a view with what is noted beside it.
fn bytes_of_view(numbers: usize) -> usize {
    let of_numbers = numbers + numbers.div_ceil(GROUP) * size_of::<Scale>();
    of_numbers + size_of::<Stamp>() + size_of::<u32>() + size_of::<Page>()
}
