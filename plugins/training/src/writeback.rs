//! The newest report is written into the world.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use engine::{EarlyStop, EpochLoss, Report, Request, Status};
use graph::{Document, Notice, Values};

use crate::sync::Dispatch;
use crate::{
    GradientHealth, Losses, Maps, NodeHealth, Probe, Progress, TraceState, TrainingSystems,
};

pub(super) fn plugin(app: &mut App) {
    // Registered by the window too; without a window it is read by no one.
    app.add_message::<RequestRedraw>();
    app.add_systems(
        Update,
        (write_back, stay_awake)
            .chain()
            .in_set(TrainingSystems::Writeback),
    );
}

/// The flat lists of the newest reports that brought some.
#[derive(Default)]
struct Lists {
    values: Vec<f32>,
    gradients: Vec<f32>,
    signals: Vec<f32>,
    epochs: u32,
}

fn write_back(
    document: Res<Document>,
    dispatch: ResMut<Dispatch>,
    mut values: ResMut<Values>,
    mut progress: ResMut<Progress>,
    mut probe: ResMut<Probe>,
    mut maps: ResMut<Maps>,
    mut trace: ResMut<TraceState>,
    mut health: ResMut<NodeHealth>,
    mut gradient: ResMut<GradientHealth>,
    mut notices: MessageWriter<Notice>,
) {
    let reports = dispatch.link.receive();
    if reports.is_empty() {
        return;
    }
    let dispatch = dispatch.into_inner();
    let mut lists = Lists::default();
    let credit = reports.len() as u32;
    for mut report in reports {
        let standing = dispatch.judge(report.ack_seq, report.revision);
        if !standing.is_of_project {
            continue;
        }
        if standing.is_of_run {
            // A resource that is looked at mutably counts as changed.
            let next = dispatch.next_epoch;
            if report.losses.iter().any(|loss| loss.epoch >= next) {
                take_run(
                    &report.losses,
                    &mut dispatch.next_epoch,
                    &mut progress.losses,
                );
            }
        }
        if let Some(fault) = report.fault.take() {
            let mut sentence = fault.sentence;
            if fault.needs_load {
                sentence.push_str(if dispatch.will_load(document.revision()) {
                    " It was started again with your network."
                } else {
                    " Your network is kept; press Train to try again."
                });
            }
            if report.status == Status::Faulted {
                progress.fault = Some(sentence.clone());
            }
            notices.write(Notice::failed(sentence));
            if fault.needs_load {
                // All else in it is about a project that is given up.
                set_if_other(
                    &mut progress,
                    |progress| &mut progress.status,
                    report.status,
                );
                dispatch.lose_track();
                continue;
            }
        }
        if let Some(stop) = report.early_stop {
            notices.write(Notice::info(ended(stop)));
        }
        write_progress(&mut progress, &report);
        if !standing.is_of_network {
            continue;
        }
        if standing.is_newest {
            for evaluation in report.evaluations.drain(..) {
                progress
                    .evaluations
                    .retain(|one| one.part != evaluation.part);
                progress.evaluations.push(evaluation);
            }
        }
        // While training runs, wires show what training passes through them.
        if report.probe.is_some() && report.status == Status::Training {
            report.signals.clear();
        }
        if let Some(answer) = report.probe.take()
            && dispatch.is_last_probe(answer.id)
            && !probe.inputs.is_empty()
        {
            probe.answer = Some(answer);
        }
        if let Some(answer) = report.trace.take()
            && dispatch.trace.id == answer.id
            && let Some(row) = dispatch.trace.row.clone()
        {
            trace.take(*answer, row);
        }
        if standing.is_newest
            && !report.health.is_empty()
            && let Some(found) = NodeHealth::of_report(document.project(), &report.health)
        {
            health.set_if_neq(found);
        }
        if standing.is_newest
            && let Some(found) = report.gradient_flow.take()
        {
            gradient.set_if_neq(GradientHealth(Some(found)));
        }
        if let Some(answer) = report.maps.take()
            && maps.request.is_some()
        {
            maps.maps = Some(answer);
            maps.revision += 1;
        }
        lists.take_newer(report);
    }
    dispatch.numbers += u64::from(!lists.values.is_empty());
    if !lists.is_empty() {
        let Lists {
            values: mut numbers,
            gradients,
            signals,
            epochs,
        } = lists;
        dispatch.overlay(&mut numbers, values.layout());
        values.write_back(numbers, gradients, signals, epochs);
    }
    dispatch.send(Request::Credit(credit));
}

impl Lists {
    fn take_newer(&mut self, report: Report) {
        for (list, newer) in [
            (&mut self.values, report.values),
            (&mut self.gradients, report.gradients),
            (&mut self.signals, report.signals),
        ] {
            if !newer.is_empty() {
                *list = newer;
            }
        }
        self.epochs = report.epochs;
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.gradients.is_empty() && self.signals.is_empty()
    }
}

/// Takes the losses that go on where the run stands. A report may hold some from
/// before a reset together with the first ones after it; and when none was taken for
/// long, epochs are left out between others.
fn take_run(losses: &[EpochLoss], next_epoch: &mut u32, run: &mut Losses) {
    let mut before = u32::MAX;
    for loss in losses {
        let leaps = before < *next_epoch && loss.epoch > *next_epoch;
        if leaps || loss.epoch == *next_epoch {
            run.push(*loss);
            *next_epoch = loss.epoch.saturating_add(1);
        }
        before = loss.epoch;
    }
}

fn write_progress(progress: &mut ResMut<Progress>, report: &Report) {
    let [validation, test] = report.other_rows;
    let rows = [report.rows_per_epoch, validation, test];
    set_if_other(progress, |progress| &mut progress.status, report.status);
    set_if_other(progress, |progress| &mut progress.epochs, report.epochs);
    set_if_other(
        progress,
        |progress| &mut progress.target_epochs,
        report.target_epochs,
    );
    set_if_other(progress, |progress| &mut progress.batch, report.batch);
    set_if_other(progress, |progress| &mut progress.batches, report.batches);
    set_if_other(progress, |progress| &mut progress.rows, rows);
    set_if_other(progress, |progress| &mut progress.rate, report.rate);
    if report.early_stop.is_some() || report.status == Status::Training {
        set_if_other(
            progress,
            |progress| &mut progress.early_stop,
            report.early_stop,
        );
    }
}

/// How training ended by itself, in a sentence.
fn ended(stop: EarlyStop) -> String {
    let EarlyStop {
        epoch,
        best_epoch,
        is_restored,
        ..
    } = stop;
    let kept = if is_restored {
        format!("; the numbers of epoch {best_epoch} were brought back")
    } else {
        String::new()
    };
    format!(
        "Stopped after epoch {epoch}: validation was best in epoch {best_epoch} and got no better since{kept}."
    )
}

/// Sets a field; the resource counts as changed only if it does.
fn set_if_other<T: PartialEq>(
    progress: &mut ResMut<Progress>,
    field: impl Fn(&mut Progress) -> &mut T,
    value: T,
) {
    let slot = field(progress.bypass_change_detection());
    if *slot != value {
        *slot = value;
        progress.set_changed();
    }
}

/// While the engine works, the app goes on looking, even if nothing else moves.
fn stay_awake(dispatch: Res<Dispatch>, mut redraws: MessageWriter<RequestRedraw>) {
    if dispatch.link.is_busy() {
        redraws.write(RequestRedraw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(epochs: &[u32]) -> Vec<EpochLoss> {
        epochs
            .iter()
            .map(|&epoch| EpochLoss {
                epoch,
                train: 1.0,
                ..EpochLoss::default()
            })
            .collect()
    }

    #[test]
    fn losses_from_before_a_reset_are_not_taken_for_those_after_it() {
        let (mut next_epoch, mut run) = (1, Losses::default());
        take_run(&losses(&[57, 58, 1, 2]), &mut next_epoch, &mut run);
        take_run(&losses(&[58]), &mut next_epoch, &mut run);
        assert_eq!(run, losses(&[1, 2]).into_iter().collect());
        assert_eq!(next_epoch, 3);
    }

    #[test]
    fn a_run_goes_on_over_epochs_that_were_left_out() {
        let (mut next_epoch, mut run) = (3, Losses::default());
        take_run(&losses(&[3, 4, 9, 20]), &mut next_epoch, &mut run);
        // Training went back, and past where it was.
        take_run(&losses(&[11, 18, 25, 26]), &mut next_epoch, &mut run);
        assert_eq!(run, losses(&[3, 4, 9, 20, 25, 26]).into_iter().collect());
        assert_eq!(next_epoch, 27);
    }
}
