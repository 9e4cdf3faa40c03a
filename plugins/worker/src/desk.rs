//! The engine at its desk: commands come in, slices of work are done, posts go out.

use std::collections::VecDeque;
use std::time::Duration;

use engine::{Command, Fault, Handover, Report, Status, Trainer, WorkPace, identities_used};

/// How long it works before commands are looked for.
const SLICE: Duration = Duration::from_millis(8);

/// How old the app's keepsake may become while training runs.
const KEEPSAKE: Duration = Duration::from_secs(2);

/// How often it beats while it works and has nothing else to post.
const BEAT: Duration = Duration::from_secs(1);

/// Something for the app.
#[derive(Clone, Debug, PartialEq)]
pub enum Post {
    /// What the engine reports.
    Report(Box<Report>),
    /// A report that holds a checkpoint and nothing else but the revision and the
    /// command it belongs to: kept in case the worker breaks down.
    Keepsake(Box<Report>),
    /// It lives.
    Beat,
}

/// A trainer with its pace. Time is the caller's, as a duration since any moment.
#[derive(Default)]
pub struct Desk {
    trainer: Trainer,
    pace: WorkPace,
    /// The last command seen.
    seq: u64,
    is_working: bool,
    posts: VecDeque<Post>,
    /// Whether anything was learned since the last keepsake.
    has_learned: bool,
    /// When the last keepsake was posted.
    kept_at: Option<Duration>,
    /// Whether the app has taken the last keepsake: it gets one at a time.
    is_keepsake_under_way: bool,
    /// What the app was last told: whether it works, which command it has seen, when.
    told: Option<(bool, u64, Duration)>,
    /// The identities used when this desk began.
    began_at: u64,
}

impl Desk {
    /// Identities of tensors after which it is worn: a quarter of those there are
    /// on wasm.
    pub const IDENTITIES: u64 = 1 << 30;

    /// A desk without a project.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Trainer::new())
    }

    /// A desk that goes on where another one was.
    #[must_use]
    pub fn take_over(handover: Handover) -> Self {
        let seq = handover.ack_seq;
        Self {
            seq,
            is_working: true,
            ..Self::of(Trainer::take_over(handover))
        }
    }

    fn of(trainer: Trainer) -> Self {
        Self {
            trainer,
            began_at: identities_used().unwrap_or(0),
            ..Self::default()
        }
    }

    /// Gives all it knows away; `None` when that is nothing.
    #[must_use]
    pub fn hand_over(self) -> Option<Handover> {
        self.trainer.hand_over()
    }

    /// Whether it has used up so many identities of tensors.
    #[must_use]
    pub fn is_worn(&self, identities: u64) -> bool {
        identities_used().is_some_and(|used| used.saturating_sub(self.began_at) >= identities)
    }

    /// Takes a command.
    pub fn take(&mut self, command: Command) {
        self.seq = self.seq.max(command.seq);
        self.trainer.handle(command);
        self.is_working = true;
    }

    /// Says that a message could not be understood: the project must be loaded
    /// again, because an edit may be lost.
    pub fn refuse(&mut self, why: &str) {
        self.posts.push_back(Post::Report(Box::new(Report {
            ack_seq: self.seq,
            status: Status::Faulted,
            fault: Some(Fault {
                sentence: format!("The engine did not understand a message: {why}."),
                needs_load: true,
            }),
            ..Report::default()
        })));
    }

    /// The app has the last keepsake.
    pub fn confirm_keepsake(&mut self) {
        self.is_keepsake_under_way = false;
    }

    /// The app asks whether it lives: it will beat.
    pub fn answer(&mut self) {
        self.told = None;
    }

    /// Works for a slice; whether there is more to do.
    pub fn work(&mut self, clock: impl Fn() -> Duration) -> bool {
        self.has_learned |= self.trainer.status() == Status::Training;
        self.is_working = self.pace.work(&mut self.trainer, SLICE, clock, |_| ());
        if let Some(report) = self.trainer.take_report() {
            self.posts.push_back(Post::Report(Box::new(report)));
        }
        self.is_working
    }

    /// The next thing to be posted, if there is one.
    pub fn next_post(&mut self, now: Duration) -> Option<Post> {
        let post = self
            .posts
            .pop_front()
            .or_else(|| self.keepsake(now))
            .or_else(|| self.beat(now))?;
        self.told = Some((self.is_working, self.seq, now));
        Some(post)
    }

    /// The last command seen.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether there is more to do.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.is_working
    }

    fn keepsake(&mut self, now: Duration) -> Option<Post> {
        let kept_at = *self.kept_at.get_or_insert(now);
        let is_due = self.has_learned
            && !self.is_keepsake_under_way
            && now.saturating_sub(kept_at) >= KEEPSAKE;
        if !is_due {
            return None;
        }
        let (revision, checkpoint) = self.trainer.checkpoint()?;
        self.kept_at = Some(now);
        self.has_learned = false;
        self.is_keepsake_under_way = true;
        Some(Post::Keepsake(Box::new(Report {
            ack_seq: self.seq,
            revision,
            checkpoint: Some(Box::new(checkpoint)),
            ..Report::default()
        })))
    }

    fn beat(&self, now: Duration) -> Option<Post> {
        let is_known = self.told.is_some_and(|(is_working, seq, at)| {
            let is_fresh = !is_working || now.saturating_sub(at) < BEAT;
            is_working == self.is_working && seq == self.seq && is_fresh
        });
        (!is_known).then_some(Post::Beat)
    }
}
