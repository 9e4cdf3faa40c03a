//! Keyframes: whole checkpoints, from which steps are made again exactly.

use serde::{Deserialize, Serialize};

use super::thinning::thin;
use crate::Checkpoint;

/// Bytes beside the lists of a keyframe, rounded up for what an allocator adds.
const FRAME_BYTES: usize = size_of::<Keyframe>() + size_of::<Box<Keyframe>>() + 64;

/// Training at the end of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keyframe {
    /// Steps since the project was loaded.
    pub step: u64,
    /// The last step that training alone leads to from here; `None`: the present one
    /// is of this stretch.
    pub reach: Option<u64>,
    /// All of it.
    pub checkpoint: Checkpoint,
}

impl Keyframe {
    fn bytes(&self) -> usize {
        let Checkpoint {
            values,
            optimizer,
            best,
            ..
        } = &self.checkpoint;
        let lists = [values, &optimizer.first, &optimizer.second, best];
        bytes_of(lists.into_iter().map(Vec::capacity).sum())
    }
}

/// Bytes of a keyframe that holds so many numbers in all its lists.
pub(super) fn bytes_of(numbers: usize) -> usize {
    FRAME_BYTES + numbers * size_of::<f32>()
}

/// Keyframes in the order of their steps, within a number of bytes. When they are too
/// many they are thinned, as views are.
#[derive(Default)]
pub(super) struct Keyframes {
    #[expect(
        clippy::vec_box,
        reason = "a list that grows takes twice its room for a moment: its places are small"
    )]
    frames: Vec<Box<Keyframe>>,
    bytes: usize,
    most_bytes: usize,
}

impl Keyframes {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let waiting = self.frames.capacity() - self.frames.len();
        self.bytes + waiting * size_of::<Box<Keyframe>>()
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.frames.first().map(|frame| frame.step)
    }

    /// What the exact state of a step is made from.
    pub(super) fn base(&self, step: u64) -> Option<&Keyframe> {
        let after = self.frames.partition_point(|frame| frame.step <= step);
        let frame = self.frames.get(after.checked_sub(1)?)?;
        let is_reached = frame.reach.is_none_or(|reach| step <= reach);
        is_reached.then_some(frame)
    }

    /// Makes room for a keyframe of so many bytes; whether there is. A single one is
    /// given up only when it is needed for nothing else.
    pub(super) fn make_room(&mut self, bytes: usize, is_needed: bool) -> bool {
        if bytes + 8 * size_of::<Box<Keyframe>>() > self.most_bytes {
            return false;
        }
        while self.bytes() + bytes + self.growth() > self.most_bytes {
            let len = self.frames.len();
            if len == 0 || len == 1 && !is_needed {
                return false;
            }
            thin(&mut self.frames, |frame| frame.step, drop);
            self.frames.shrink_to(self.frames.len());
            self.bytes = self.frames.iter().map(|frame| frame.bytes()).sum();
        }
        true
    }

    /// Bytes that one more place in the list takes.
    fn growth(&self) -> usize {
        if self.frames.len() < self.frames.capacity() {
            return 0;
        }
        // Twice as many, and the old ones until they are moved.
        (2 * self.frames.len()).max(4) * size_of::<Box<Keyframe>>()
    }

    /// Takes a keyframe, for which there must be room; steps must ascend.
    pub(super) fn push(&mut self, frame: Keyframe) {
        self.frames.push(Box::new(frame));
        self.bytes += self.frames.last().map_or(0, |frame| frame.bytes());
    }

    /// Keeps those of a condition.
    pub(super) fn retain(&mut self, stays: impl Fn(&Keyframe) -> bool) {
        self.frames.retain(|frame| stays(frame));
        self.bytes = self.frames.iter().map(|frame| frame.bytes()).sum();
    }

    /// Changes how far stretches reach.
    pub(super) fn set_reach(&mut self, before: Option<u64>, after: Option<u64>) {
        for frame in self.frames.iter_mut().filter(|frame| frame.reach == before) {
            frame.reach = after;
        }
    }

    /// Takes a keyframe if there is room.
    pub(super) fn add(&mut self, frame: Keyframe) {
        if self.make_room(frame.bytes(), false) {
            self.push(frame);
        }
    }

    /// Gives all away.
    pub(super) fn into_frames(self) -> Vec<Keyframe> {
        self.frames.into_iter().map(|frame| *frame).collect()
    }
}
