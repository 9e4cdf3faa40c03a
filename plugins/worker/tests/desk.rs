//! The desk: what it posts and when, and how it is renewed.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

mod common;

use std::cell::Cell;
use std::time::Duration;

use common::{commands, irregular, projects};
use engine::{Command, Report, Request, Status};
use worker::{Desk, Post, pack, unpack};

/// A clock that goes on by ten milliseconds whenever someone looks at it: every slice is as short as can be.
#[derive(Default)]
struct Clock(Cell<Duration>);

impl Clock {
    fn now(&self) -> Duration {
        self.0.set(self.0.get() + Duration::from_millis(10));
        self.0.get()
    }

    fn posts(&self, desk: &mut Desk) -> Vec<Post> {
        std::iter::from_fn(|| desk.next_post(self.now())).collect()
    }
}

fn ask(desk: &mut Desk, seq: u64, request: Request) {
    desk.take(Command { seq, request });
}

/// Works to the end and gives all reports; renews a desk whenever it is worn.
fn run(mut desk: Desk, clock: &Clock, identities: u64) -> (Desk, Vec<Report>, u32) {
    let (mut reports, mut renewals) = (Vec::new(), 0);
    loop {
        let has_more = desk.work(|| clock.now());
        for post in clock.posts(&mut desk) {
            if let Post::Report(report) = post {
                reports.push(*report);
            }
        }
        if !has_more {
            return (desk, reports, renewals);
        }
        if desk.is_worn(identities) {
            let packed = pack(desk.hand_over().unwrap()).unwrap();
            let numbers = packed.lists.concat();
            desk = Desk::take_over(unpack(&packed.bytes, &mut numbers.as_slice()).unwrap());
            renewals += 1;
        }
    }
}

fn ordered(project: project::Project) -> Desk {
    let mut desk = Desk::new();
    for command in commands(project) {
        desk.take(command);
    }
    let seq = desk.seq();
    ask(&mut desk, seq + 1, Request::Allow(Some(3_000)));
    desk
}

#[test]
fn a_desk_renewed_after_a_thousand_identities_learns_the_same_bits() {
    for (name, project) in projects() {
        let clock = Clock::default();
        let (whole, told, _) = run(ordered(project.clone()), &clock, u64::MAX);
        let (renewed, retold, renewals) = run(ordered(project), &clock, 1_000);
        assert!(renewals > 3, "{name}: {renewals} renewals");
        let [one, other] = [whole, renewed].map(|desk| desk.hand_over().unwrap());
        // Values, the memory of the optimiser, and how far it is.
        assert_eq!(one.checkpoint, other.checkpoint, "{name}");
        assert_eq!(
            (one.status, one.target_epochs),
            (other.status, other.target_epochs)
        );
        let losses = |reports: &[Report]| -> Vec<_> {
            reports
                .iter()
                .flat_map(|report| report.losses.clone())
                .collect()
        };
        assert_eq!(losses(&told), losses(&retold), "{name}");
    }
}

#[test]
fn without_credit_nothing_piles_up_and_no_loss_is_lost() {
    let clock = Clock::default();
    let mut desk = Desk::new();
    let project = projects().swap_remove(0).1;
    ask(
        &mut desk,
        1,
        Request::Load {
            project: Box::new(project),
            revision: 1,
        },
    );
    ask(
        &mut desk,
        2,
        Request::Train {
            epochs: Some(3_000),
        },
    );
    let (mut desk, mut reports, _) = run(desk, &clock, u64::MAX);
    assert_eq!(reports.len(), 2);
    ask(&mut desk, 3, Request::Credit(1));
    reports.extend(run(desk, &clock, u64::MAX).1);
    let epochs: Vec<u32> = reports
        .iter()
        .flat_map(|report| &report.losses)
        .map(|loss| loss.epoch)
        .collect();
    let first = epochs[0];
    assert_eq!(epochs, (first..first + 3_000).collect::<Vec<_>>());
    assert_eq!(reports.last().unwrap().status, Status::Finished);
}

#[test]
fn a_keepsake_comes_every_two_seconds_and_waits_for_the_one_before_it() {
    let clock = Clock::default();
    let mut desk = Desk::new();
    ask(
        &mut desk,
        1,
        Request::Load {
            project: Box::new(irregular()),
            revision: 5,
        },
    );
    ask(
        &mut desk,
        2,
        Request::Train {
            epochs: Some(u32::MAX),
        },
    );
    let keepsakes = |desk: &mut Desk, ms: u64| {
        let until = clock.now() + Duration::from_millis(ms);
        let mut kept = Vec::new();
        while clock.now() < until {
            desk.work(|| clock.now());
            for post in clock.posts(desk) {
                if let Post::Keepsake(report) = post {
                    kept.push(report);
                }
            }
        }
        kept
    };
    let kept = keepsakes(&mut desk, 7_000);
    assert_eq!(kept.len(), 1, "the app has not said that it has the first");
    assert_eq!((kept[0].revision, kept[0].ack_seq), (5, 2));
    assert!(kept[0].checkpoint.as_ref().unwrap().optimizer.steps > 0);
    desk.confirm_keepsake();
    assert_eq!(keepsakes(&mut desk, 500).len(), 1);
    desk.confirm_keepsake();
    assert_eq!(keepsakes(&mut desk, 1_000).len(), 0, "too soon");
    assert_eq!(keepsakes(&mut desk, 1_500).len(), 1);
    // Once training rests, the last one is followed by nothing.
    desk.confirm_keepsake();
    ask(&mut desk, 3, Request::Pause);
    assert!(keepsakes(&mut desk, 3_000).len() <= 1);
    desk.confirm_keepsake();
    assert_eq!(keepsakes(&mut desk, 10_000).len(), 0);
}

#[test]
fn it_beats_when_work_begins_and_ends_and_once_a_second_meanwhile() {
    let clock = Clock::default();
    let mut desk = Desk::new();
    assert_eq!(clock.posts(&mut desk), [Post::Beat], "its first");
    assert_eq!(clock.posts(&mut desk), []);
    clock.0.set(Duration::from_secs(60));
    assert_eq!(clock.posts(&mut desk), [], "it rests");
    // Nothing is reported of an allowance: the beat says that it was seen.
    ask(&mut desk, 1, Request::Allow(Some(1)));
    desk.work(|| clock.now());
    assert_eq!(clock.posts(&mut desk), [Post::Beat]);
    assert!(!desk.is_working());
    ask(
        &mut desk,
        2,
        Request::Load {
            project: Box::new(irregular()),
            revision: 5,
        },
    );
    ask(&mut desk, 3, Request::Allow(None));
    ask(
        &mut desk,
        4,
        Request::Train {
            epochs: Some(u32::MAX),
        },
    );
    let mut beats = 0;
    let until = clock.now() + Duration::from_secs(10);
    while clock.now() < until {
        desk.work(|| clock.now());
        beats += clock
            .posts(&mut desk)
            .iter()
            .filter(|post| **post == Post::Beat)
            .count();
    }
    assert!((8..=10).contains(&beats), "{beats} beats in ten seconds");
    desk.answer();
    assert_eq!(clock.posts(&mut desk), [Post::Beat]);
}

#[test]
fn a_message_that_is_not_understood_asks_for_the_project() {
    let clock = Clock::default();
    let mut desk = ordered(irregular());
    desk.refuse("it is of no known kind");
    let posts = clock.posts(&mut desk);
    let Some(Post::Report(report)) = posts.first() else {
        panic!("no report: {posts:?}");
    };
    let fault = report.fault.as_ref().unwrap();
    assert!(fault.needs_load);
    assert_eq!(
        fault.sentence,
        "The engine did not understand a message: it is of no known kind."
    );
}
