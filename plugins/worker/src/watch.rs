//! Whether a worker that should answer still lives.

use std::time::Duration;

/// What is to be done about a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing.
    Well,
    /// It is to be asked whether it lives; it beats in answer.
    Ask,
    /// It has not answered for too long: it is given up.
    Dead,
}

/// Watches over a worker that should be heard of. Only time that the app itself
/// lived through counts: a page that was hidden, frozen or stuck has not listened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watch {
    /// Time listened since it was last heard, or asked for nothing.
    silent: Duration,
    /// When a look was last taken.
    looked: Option<Duration>,
    was_asked: bool,
}

impl Watch {
    /// Silence after which it is asked.
    pub const PATIENCE: Duration = Duration::from_secs(3);

    /// Silence after which it is given up: longer than a large project takes to
    /// load.
    pub const END: Duration = Duration::from_secs(20);

    /// The most that counts between two looks.
    const MOST: Duration = Duration::from_millis(250);

    /// It was heard.
    pub fn hear(&mut self) {
        self.silent = Duration::ZERO;
        self.was_asked = false;
    }

    /// Looks at it, once a frame. `now` is the time since any moment;
    /// `is_expected` whether it has something to say: it works, or it was told
    /// something it has not yet obeyed.
    pub fn look(&mut self, now: Duration, is_expected: bool) -> Health {
        let since = self
            .looked
            .replace(now)
            .map(|then| now.saturating_sub(then));
        if !is_expected {
            self.hear();
            return Health::Well;
        }
        self.silent += since.unwrap_or_default().min(Self::MOST);
        if self.silent >= Self::END {
            Health::Dead
        } else if self.silent >= Self::PATIENCE && !self.was_asked {
            self.was_asked = true;
            Health::Ask
        } else {
            Health::Well
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(16);

    /// The seconds of frames after which it is first asked and then given up.
    fn follow(watch: &mut Watch, is_expected: bool, secs: u64) -> (Option<f32>, Option<f32>) {
        let began = watch.looked.unwrap_or_default();
        let mut now = began;
        let (mut asked, mut dead) = (None, None);
        while now - began < Duration::from_secs(secs) && dead.is_none() {
            now += FRAME;
            let at = Some((now - began).as_secs_f32());
            match watch.look(now, is_expected) {
                Health::Well => {}
                Health::Ask => asked = asked.or(at),
                Health::Dead => dead = at,
            }
        }
        (asked, dead)
    }

    #[test]
    fn a_silent_worker_is_asked_and_then_given_up() {
        let (asked, dead) = follow(&mut Watch::default(), true, 60);
        assert!(
            asked.is_some_and(|at| (2.9..3.2).contains(&at)),
            "{asked:?}"
        );
        assert!(
            dead.is_some_and(|at| (19.9..20.2).contains(&at)),
            "{dead:?}"
        );
    }

    #[test]
    fn a_worker_that_answers_lives() {
        let mut watch = Watch::default();
        for _ in 0..20 {
            assert_eq!(follow(&mut watch, true, 19).1, None);
            watch.hear();
        }
    }

    #[test]
    fn a_worker_of_which_nothing_is_expected_may_be_silent() {
        assert_eq!(follow(&mut Watch::default(), false, 200), (None, None));
    }

    #[test]
    fn the_time_a_page_was_hidden_does_not_count() {
        let mut watch = Watch::default();
        let mut now = Duration::ZERO;
        for _ in 0..11 {
            now += Duration::from_secs(600);
            assert_eq!(watch.look(now, true), Health::Well);
        }
    }
}
