//! When the newest work is handed over and when it is recorded, decided without a clock of its own.

/// Handing over that costs less than this, in milliseconds, is done at each edit.
const CHEAP_MS: f64 = 3.0;
/// The shortest pause between two costlier ones.
const EDIT_PAUSE_MS: f64 = 300.0;
/// A pause lasts this many times as long as what it is between.
const EDIT_SHARE: f64 = 5.0;
/// The shortest pause between two when training alone has changed something.
const LEARN_PAUSE_MS: f64 = 3_000.0;
/// The same share for those.
const LEARN_SHARE: f64 = 40.0;
/// Numbers that rest this long are learned to the end.
const QUIET_MS: f64 = 400.0;
/// The pause between two records.
const RECORD_PAUSE_MS: f64 = 1_000.0;

/// What a frame shows of the open project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    /// `Document::generation`.
    pub generation: u64,
    /// `Document::revision`.
    pub revision: u64,
    /// `Values::revision`.
    pub numbers: u64,
    /// The epochs behind the numbers.
    pub epochs: u32,
    /// Whether there are edits that no file has.
    pub is_unsaved: bool,
}

impl Seen {
    fn edits(&self) -> (u64, u64) {
        (self.generation, self.revision)
    }

    fn contents(&self) -> (u64, u64, u64) {
        (self.generation, self.revision, self.numbers)
    }
}

/// What is to be done with the bytes of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// The bytes handed over last are new enough.
    Nothing,
    /// Soon; what is there now is to be at hand should the page end before.
    Later,
    /// Now.
    Now,
}

/// What is to be done with the record of this tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// Nothing.
    Leave,
    /// What was handed over last is put there.
    Put,
    /// There is nothing left to rescue.
    Remove,
}

/// What is to be done in a frame, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Todo {
    /// With the bytes.
    pub hand_over: HandOver,
    /// Whether to tell the page that it may be left without a question.
    pub is_saved_told: bool,
    /// With the record.
    pub record: Record,
    /// After how many milliseconds to look again, if nothing else happens.
    pub look_again_in_ms: Option<f64>,
}

/// Looks at the open project frame by frame. What it orders it takes as done.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    seen: Option<Seen>,
    /// When the numbers last changed, in milliseconds of whoever calls.
    numbers_at_ms: f64,
    /// The epochs behind what a file has, or the example.
    base_epochs: u32,
    handed_over: Option<HandedOver>,
    /// What handing over took last, in milliseconds.
    cost_ms: f64,
    recorded: Option<Recorded>,
}

#[derive(Clone, Copy, Debug)]
struct HandedOver {
    seen: Seen,
    at_ms: f64,
    /// Whether it has what no file has.
    is_work: bool,
}

#[derive(Clone, Copy, Debug)]
struct Recorded {
    contents: (u64, u64, u64),
    at_ms: f64,
    is_there: bool,
}

impl Keeping {
    /// Whether there is work that no file has: edits, or learned numbers, which a
    /// closed page loses more easily than a closed program.
    pub(crate) fn is_work(&self) -> bool {
        self.seen
            .is_some_and(|seen| seen.is_unsaved || seen.epochs != self.base_epochs)
    }

    /// Remembers how long handing over took.
    pub(crate) fn took(&mut self, ms: f64) {
        self.cost_ms = ms;
    }

    /// Remembers that a file has the numbers of this epoch.
    pub(crate) fn saved(&mut self, generation: u64, epochs: u32) {
        if self.seen.is_none_or(|seen| seen.generation == generation) {
            self.base_epochs = epochs;
        }
    }

    /// Another record is the place for what is kept from now on.
    pub(crate) fn begin_new_record(&mut self) {
        self.recorded = None;
    }

    /// What is to be done now, at this time in milliseconds, which never goes back.
    pub(crate) fn observe(&mut self, now_ms: f64, seen: Seen) -> Todo {
        let before = self.seen.replace(seen);
        let is_opened = before.is_none_or(|before| before.generation != seen.generation);
        if is_opened {
            self.base_epochs = seen.epochs;
        }
        if before.is_none_or(|before| before.numbers != seen.numbers) {
            self.numbers_at_ms = now_ms;
        }

        let due_in_ms = self.due_in_ms(now_ms, &seen, is_opened);
        let is_edited = self
            .handed_over
            .is_none_or(|last| last.seen.edits() != seen.edits());
        let hand_over = match due_in_ms {
            Some(ms) if ms <= 0.0 => HandOver::Now,
            Some(_) if is_edited => HandOver::Later,
            _ => HandOver::Nothing,
        };
        if hand_over == HandOver::Now {
            self.handed_over = Some(HandedOver {
                seen,
                at_ms: now_ms,
                is_work: self.is_work(),
            });
        }
        let was_unsaved = before.is_some_and(|before| before.is_unsaved);
        let is_saved_told = !seen.is_unsaved && (was_unsaved || hand_over == HandOver::Now);
        let (record, record_in_ms) = self.record(now_ms);
        let waits = [due_in_ms, record_in_ms].into_iter().flatten();
        Todo {
            hand_over,
            is_saved_told,
            record,
            look_again_in_ms: waits.filter(|&ms| ms > 0.0).reduce(f64::min),
        }
    }

    /// In how many milliseconds the bytes are to be handed over; `None`: they are
    /// the newest.
    fn due_in_ms(&self, now_ms: f64, seen: &Seen, is_opened: bool) -> Option<f64> {
        let Some(last) = self.handed_over else {
            return Some(0.0);
        };
        if is_opened {
            return Some(0.0);
        }
        let passed_ms = now_ms - last.at_ms;
        let pause_ms = if self.cost_ms < CHEAP_MS {
            0.0
        } else {
            EDIT_PAUSE_MS.max(EDIT_SHARE * self.cost_ms)
        };
        if last.seen.edits() != seen.edits() {
            return Some(pause_ms - passed_ms);
        }
        if last.seen.numbers == seen.numbers {
            return None;
        }
        let learning_ms = LEARN_PAUSE_MS.max(LEARN_SHARE * self.cost_ms) - passed_ms;
        let resting_ms = (QUIET_MS - (now_ms - self.numbers_at_ms)).max(pause_ms - passed_ms);
        Some(learning_ms.min(resting_ms))
    }

    fn record(&mut self, now_ms: f64) -> (Record, Option<f64>) {
        let is_there = self.recorded.is_some_and(|last| last.is_there);
        if !self.is_work() {
            if let Some(last) = &mut self.recorded {
                last.is_there = false;
            }
            let record = if is_there {
                Record::Remove
            } else {
                Record::Leave
            };
            return (record, None);
        }
        let Some(newest) = self.handed_over.filter(|last| last.is_work) else {
            return (Record::Leave, None);
        };
        let contents = newest.seen.contents();
        if let Some(last) = self.recorded {
            if is_there && last.contents == contents {
                return (Record::Leave, None);
            }
            let wait_ms = RECORD_PAUSE_MS - (now_ms - last.at_ms);
            if wait_ms > 0.0 {
                return (Record::Leave, Some(wait_ms));
            }
        }
        self.recorded = Some(Recorded {
            contents,
            at_ms: now_ms,
            is_there: true,
        });
        (Record::Put, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENED: Seen = Seen {
        generation: 1,
        revision: 1,
        numbers: 1,
        epochs: 40,
        is_unsaved: false,
    };

    fn edited(revision: u64) -> Seen {
        Seen {
            revision,
            numbers: revision,
            is_unsaved: true,
            ..OPENED
        }
    }

    fn learned(numbers: u64) -> Seen {
        Seen {
            numbers,
            epochs: 40 + numbers as u32,
            ..OPENED
        }
    }

    fn opened(cost_ms: f64) -> Keeping {
        let mut keeping = Keeping::default();
        let todo = keeping.observe(0.0, OPENED);
        assert_eq!(
            todo,
            Todo {
                hand_over: HandOver::Now,
                is_saved_told: true,
                record: Record::Leave,
                look_again_in_ms: None,
            },
            "a crash card can offer it, and the page may be left"
        );
        keeping.took(cost_ms);
        keeping
    }

    #[test]
    fn what_rests_is_left_alone() {
        let mut keeping = opened(1.0);
        for now_ms in [16.0, 1_000.0, 60_000.0] {
            let todo = keeping.observe(now_ms, OPENED);
            assert_eq!(
                (todo.hand_over, todo.record, todo.look_again_in_ms),
                (HandOver::Nothing, Record::Leave, None)
            );
        }
    }

    #[test]
    fn each_edit_of_a_small_project_is_handed_over_at_once() {
        let mut keeping = opened(1.0);
        for revision in 2..20 {
            let todo = keeping.observe(16.0 * revision as f64, edited(revision));
            assert_eq!(todo.hand_over, HandOver::Now);
            assert!(!todo.is_saved_told);
        }
    }

    #[test]
    fn edits_of_a_large_project_wait_for_one_another_and_none_is_left_out() {
        let mut keeping = opened(80.0);
        assert_eq!(keeping.observe(500.0, edited(2)).hand_over, HandOver::Now);
        let todo = keeping.observe(516.0, edited(3));
        assert_eq!(todo.hand_over, HandOver::Later);
        assert_eq!(todo.look_again_in_ms, Some(384.0), "five times 80 ms");
        assert_eq!(keeping.observe(800.0, edited(4)).hand_over, HandOver::Later);
        assert_eq!(keeping.observe(900.0, edited(4)).hand_over, HandOver::Now);
        let todo = keeping.observe(916.0, edited(4));
        assert_eq!(todo.hand_over, HandOver::Nothing);
    }

    #[test]
    fn the_record_follows_at_once_and_then_once_a_second() {
        let mut keeping = opened(1.0);
        assert_eq!(keeping.observe(100.0, edited(2)).record, Record::Put);
        let todo = keeping.observe(200.0, edited(3));
        assert_eq!(
            (todo.record, todo.look_again_in_ms),
            (Record::Leave, Some(900.0))
        );
        assert_eq!(keeping.observe(1_100.0, edited(3)).record, Record::Put);
        assert_eq!(keeping.observe(9_000.0, edited(3)).record, Record::Leave);
    }

    #[test]
    fn saved_work_has_no_record_and_the_page_may_be_left() {
        let mut keeping = opened(1.0);
        keeping.observe(100.0, edited(2));
        let saved = Seen {
            is_unsaved: false,
            ..edited(2)
        };
        keeping.saved(1, 40);
        let todo = keeping.observe(116.0, saved);
        assert_eq!((todo.record, todo.is_saved_told), (Record::Remove, true));
        let todo = keeping.observe(132.0, saved);
        assert_eq!((todo.record, todo.is_saved_told), (Record::Leave, false));
        let todo = keeping.observe(5_000.0, edited(3));
        assert_eq!(todo.record, Record::Put, "and work after it has one again");
    }

    #[test]
    fn learned_numbers_are_kept_every_few_seconds_and_when_training_rests() {
        let mut keeping = opened(1.0);
        let (mut times, mut now_ms) = (Vec::new(), 0.0);
        for numbers in 2..500 {
            now_ms += 16.0;
            let todo = keeping.observe(now_ms, learned(numbers));
            if todo.hand_over == HandOver::Now {
                assert_eq!(todo.record, Record::Put);
                assert!(todo.is_saved_told, "learning again is no reason to stay");
                times.push(now_ms);
            }
        }
        assert_eq!(times, [3_008.0, 6_016.0]);
        let rests = learned(499);
        let todo = keeping.observe(now_ms + 100.0, rests);
        assert_eq!(todo.hand_over, HandOver::Nothing);
        assert_eq!(todo.look_again_in_ms, Some(300.0));
        let todo = keeping.observe(now_ms + 400.0, rests);
        assert_eq!(todo.hand_over, HandOver::Now);
    }

    #[test]
    fn learned_numbers_that_a_file_has_are_no_work() {
        let mut keeping = opened(1.0);
        keeping.observe(100.0, learned(2));
        let todo = keeping.observe(500.0, learned(2));
        assert_eq!(todo.record, Record::Put);
        assert!(keeping.is_work());
        keeping.saved(1, learned(2).epochs);
        assert_eq!(keeping.observe(516.0, learned(2)).record, Record::Remove);
        assert!(!keeping.is_work());
    }

    #[test]
    fn another_project_takes_the_record_away_and_a_late_save_changes_nothing() {
        let mut keeping = opened(1.0);
        keeping.observe(100.0, edited(2));
        let other = Seen {
            generation: 2,
            revision: 3,
            numbers: 3,
            epochs: 7,
            is_unsaved: false,
        };
        let todo = keeping.observe(116.0, other);
        assert_eq!(
            (todo.hand_over, todo.record, todo.is_saved_told),
            (HandOver::Now, Record::Remove, true)
        );
        keeping.saved(1, 40);
        assert!(!keeping.is_work());
    }

    #[test]
    fn what_is_restored_is_recorded_in_its_new_place_at_once() {
        let mut keeping = opened(1.0);
        keeping.observe(100.0, edited(2));
        keeping.begin_new_record();
        let restored = Seen {
            generation: 2,
            ..edited(3)
        };
        let todo = keeping.observe(116.0, restored);
        assert_eq!((todo.hand_over, todo.record), (HandOver::Now, Record::Put));
    }
}
