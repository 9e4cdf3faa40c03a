//! What happens, in sentences: for screen readers, and for whoever cannot see the canvas.

mod training;
mod undertaking;
mod work;

use std::collections::BTreeMap;
use std::time::Duration;

use bevy::prelude::*;
use graph::Notice;
use panels::Asked;

/// How long a sentence that must be heard keeps others waiting, and how often the
/// course of training is told: a screen reader reads each sentence to its end.
const INTERVAL: Duration = Duration::from_secs(3);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Narration>();
    app.init_resource::<Talk>();
    app.add_plugins((training::plugin, undertaking::plugin, work::plugin));
    app.add_systems(
        Last,
        (
            (
                tell_question.run_if(resource_changed::<Asked>),
                tell_notices.run_if(on_message::<Notice>),
            ),
            speak.after(Telling),
        )
            .chain()
            .in_set(NarrationSystems),
    );
}

/// When the [`Narration`] is brought up to date, in `Last`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NarrationSystems;

/// When what happened becomes sentences.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Telling;

/// The last thing worth telling: one or a few sentences.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Narration(pub String);

/// What a sentence is about, in the order in which sentences of one moment are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Question,
    Notice,
    Step,
    Selection,
    Course,
    Results,
    Answer,
    Work,
}

impl Topic {
    /// Whether it must be heard: it is told at once, and keeps others waiting.
    fn is_urgent(self) -> bool {
        matches!(self, Self::Question | Self::Notice)
    }
}

/// What is still to be told: of each topic the newest.
#[derive(Resource, Default)]
struct Talk {
    waiting: BTreeMap<Topic, String>,
    /// Until when the last sentence stays, so that it is read to its end.
    held: Duration,
}

impl Talk {
    fn say(&mut self, topic: Topic, sentence: String) {
        self.waiting.insert(topic, sentence);
    }

    /// What is to be told at this time, if anything is.
    fn next(&mut self, now: Duration) -> Option<String> {
        let is_urgent = self.waiting.keys().any(|topic| topic.is_urgent());
        if self.waiting.is_empty() || (!is_urgent && now < self.held) {
            return None;
        }
        if is_urgent {
            self.held = now + INTERVAL;
        }
        let told: Vec<String> = self
            .waiting
            .extract_if(.., |topic, _| topic.is_urgent() || !is_urgent)
            .map(|(_, sentence)| sentence)
            .collect();
        Some(told.join(" "))
    }
}

fn speak(time: Res<Time<Real>>, mut talk: ResMut<Talk>, mut narration: ResMut<Narration>) {
    if let Some(told) = talk.bypass_change_detection().next(time.elapsed()) {
        narration.0 = told;
    }
}

fn tell_question(asked: Res<Asked>, mut talk: ResMut<Talk>) {
    if let Some(question) = &asked.0 {
        let sentence = format!(
            "{}. {} {} or {}?",
            question.title, question.text, question.yes, question.no
        );
        talk.say(Topic::Question, sentence);
    }
}

fn tell_notices(mut notices: MessageReader<Notice>, mut talk: ResMut<Talk>) {
    let sentences: Vec<&str> = notices.read().map(|notice| notice.text.as_str()).collect();
    talk.say(Topic::Notice, sentences.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    #[test]
    fn sentences_of_one_moment_are_told_together_and_once() {
        let mut talk = Talk::default();
        talk.say(Topic::Selection, "Selected: a.".to_owned());
        talk.say(Topic::Step, "Done: add neuron.".to_owned());
        let told = talk.next(AT_ONCE);
        assert_eq!(told.as_deref(), Some("Done: add neuron. Selected: a."));
        assert_eq!(talk.next(INTERVAL), None);
    }

    #[test]
    fn a_notice_is_told_at_once_and_read_to_its_end() {
        let mut talk = Talk::default();
        talk.say(Topic::Course, "Training: 1 epoch.".to_owned());
        talk.say(Topic::Notice, "Saved.".to_owned());
        assert_eq!(talk.next(AT_ONCE).as_deref(), Some("Saved."));
        talk.say(Topic::Course, "Training: 7 epochs.".to_owned());
        assert_eq!(talk.next(INTERVAL / 2), None);
        let told = talk.next(INTERVAL);
        assert_eq!(told.as_deref(), Some("Training: 7 epochs."));
    }
}
