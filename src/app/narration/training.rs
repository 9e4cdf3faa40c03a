//! How training goes and what it came to, in sentences.

use std::time::Duration;

use bevy::prelude::*;
use panels::style::number;
use panels::trial::measured;
use training::{Evaluation, Part, Progress, Status};

use super::{INTERVAL, Talk, Telling, Topic};

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        Last,
        tell_progress
            .run_if(resource_changed::<Progress>)
            .in_set(Telling),
    );
}

/// What was told last of training.
#[derive(Default)]
struct Told {
    status: Status,
    epochs: u32,
    at: Duration,
    evaluations: Vec<Evaluation>,
}

fn tell_progress(
    progress: Res<Progress>,
    time: Res<Time<Real>>,
    mut told: Local<Told>,
    mut talk: ResMut<Talk>,
) {
    let evaluations = progress.evaluations.iter();
    if let Some(evaluation) = evaluations
        .rev()
        .find(|one| !told.evaluations.contains(one))
    {
        talk.say(Topic::Results, results(evaluation));
    }
    if told.evaluations != progress.evaluations {
        told.evaluations.clone_from(&progress.evaluations);
    }
    let now = time.elapsed();
    let is_news = progress.status != told.status || progress.epochs < told.epochs;
    let is_due = progress.epochs != told.epochs && now >= told.at + INTERVAL;
    if !is_news && !is_due {
        return;
    }
    told.status = progress.status;
    told.epochs = progress.epochs;
    told.at = now;
    if let Some(sentence) = course(&progress) {
        talk.say(Topic::Course, sentence);
    }
}

/// How training goes. A fault is told as the notice it comes with.
fn course(progress: &Progress) -> Option<String> {
    let epochs = match progress.epochs {
        1 => "1 epoch".to_owned(),
        epochs => format!("{epochs} epochs"),
    };
    let loss = progress.losses.last().map_or(String::new(), |loss| {
        let validation = loss.validation.map_or(String::new(), |validation| {
            format!(", validation loss {}", number(validation))
        });
        format!(", loss {}{validation}", number(loss.train))
    });
    match progress.status {
        Status::Idle => Some("Not trained yet.".to_owned()),
        Status::Training if progress.epochs == 0 => Some("Training began.".to_owned()),
        Status::Training => Some(format!("Training: {epochs}{loss}.")),
        Status::Paused => Some(format!("Paused after {epochs}{loss}.")),
        Status::Finished => Some(format!("Trained {epochs}{loss}.")),
        Status::Faulted => None,
    }
}

/// What a part of the data showed.
fn results(evaluation: &Evaluation) -> String {
    let part = match evaluation.part {
        Part::Train => "Training rows",
        Part::Validation => "Validation rows",
        Part::Test => "Test rows",
    };
    let Some(loss) = evaluation.loss else {
        return format!("{part}: there are none.");
    };
    let mut sentence = format!("{part}: loss {}", number(loss));
    for metric in &evaluation.metrics {
        sentence.push_str(&format!(", {} {}", metric.name.name(), measured(metric)));
    }
    sentence.push('.');
    sentence
}

#[cfg(test)]
mod tests {
    use training::EpochLoss;

    use super::*;

    fn after(status: Status, epochs: u32, validation: Option<f32>) -> Progress {
        Progress {
            status,
            epochs,
            losses: [EpochLoss {
                epoch: epochs,
                train: 0.012,
                validation,
                ..EpochLoss::default()
            }]
            .into_iter()
            .collect(),
            ..Progress::default()
        }
    }

    #[test]
    fn the_course_of_training_is_told_in_a_sentence() {
        let told = |status, epochs| course(&after(status, epochs, None));
        assert_eq!(
            told(Status::Finished, 120).as_deref(),
            Some("Trained 120 epochs, loss 0.0120.")
        );
        assert_eq!(
            told(Status::Paused, 1).as_deref(),
            Some("Paused after 1 epoch, loss 0.0120.")
        );
        assert_eq!(
            course(&after(Status::Training, 7, Some(0.5))).as_deref(),
            Some("Training: 7 epochs, loss 0.0120, validation loss 0.5000.")
        );
        assert_eq!(
            course(&Progress::default()).as_deref(),
            Some("Not trained yet.")
        );
    }

    #[test]
    fn what_has_no_rows_was_not_measured() {
        let evaluation = Evaluation {
            part: Part::Test,
            epochs: 3,
            rows: 0,
            loss: None,
            metrics: Vec::new(),
            predictions: Vec::new(),
            penalty: 0.0,
            classes: Vec::new(),
            groups: Vec::new(),
            confusion: None,
        };
        assert_eq!(results(&evaluation), "Test rows: there are none.");
    }
}
