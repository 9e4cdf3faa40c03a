//! What a person waits for: answers to probes, traces, evaluations and maps.

use super::{Outbox, Trainer};
use crate::evaluation::EvaluationJob;
use crate::histogram::HistogramJob;
use crate::instruments;
use crate::maps::MapJob;
use crate::session::{Session, sentence};
use crate::trace::Unlearned;
use crate::{MapRequest, Part, ProbeRequest, Status, TraceRequest, TraceRow};

impl Trainer {
    /// Makes one step on one row. Traces and probes that wait are answered with the
    /// numbers from before it, because they were asked before it.
    pub(super) fn learn_row(&mut self, row: &TraceRow) {
        while self.answer_one().is_some() {}
        if let Err(sentence) = self.check() {
            self.tell(sentence);
            return;
        }
        let Some(session) = &mut self.session else {
            return;
        };
        match session.learn_row(row) {
            Ok(()) => {}
            Err(Unlearned::Refused(sentence)) => self.tell(sentence),
            Err(Unlearned::Diverged(sentence)) => self.fail(sentence),
        }
    }

    /// Answers a probe or a trace, if one waits; gives the work.
    pub(super) fn answer_one(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        let result = if let Some(request) = self.probe.take() {
            answer_probe(session, &request, &mut self.outbox)
        } else {
            let request = self.trace.take()?;
            answer_trace(session, &request, &mut self.outbox)
        };
        Some(self.work_or_told(result))
    }

    /// The next chunk of a histogram, if one is asked for.
    pub(super) fn histogram_one(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        let job = match (self.histogram.take(), self.histogram_job.take()) {
            (Some(request), _) => HistogramJob::new(request, session),
            (None, job) => job?,
        };
        let result = job.advance(session).map(|(work, result)| {
            match result {
                Ok(histogram) => self.outbox.histogram = Some(Box::new(histogram)),
                Err(job) => self.histogram_job = Some(job),
            }
            work
        });
        Some(self.work_or_told(result))
    }

    /// The next chunk of an evaluation, if one is asked for.
    pub(super) fn evaluate_one(&mut self) -> Option<u64> {
        let session = self.session.as_mut()?;
        let job = match self.evaluation_job.take() {
            Some(job) => job,
            None => EvaluationJob::new(self.evaluations.pop_front()?),
        };
        let result = evaluate(session, job, &mut self.evaluation_job, &mut self.outbox);
        Some(self.work_or_told(result))
    }

    /// The next chunk of maps, if they are wanted and training has paid for it.
    pub(super) fn map_one(&mut self) -> Option<u64> {
        if !self.wants_maps() {
            return None;
        }
        let is_training = self.may_train();
        let session = self.session.as_mut()?;
        let version = session.version;
        let epochs = session.progress.epochs;
        let (compiled, prepared) = match session.ready() {
            Ok(ready) => ready,
            Err(sentence) => return Some(self.give_maps_up(sentence)),
        };
        let (model, request) = (&compiled.model, self.map_request.as_ref()?);
        let is_running = self.status == Status::Training;
        let mut job = match self.map_job.take() {
            Some(job) if is_running || job.version == version => job,
            // When the numbers come to rest, maps of others are not finished.
            _ => {
                let job = MapJob::new(request, model, &prepared.data, epochs, version);
                self.map_share.begin(job.whole_cost(model));
                job
            }
        };
        // The first maps are what a person waits for, and when training has done
        // what it was allowed there is time.
        let cost = job.cost(model);
        let is_paid = is_training && self.mapped.is_some();
        if is_paid && !self.map_share.allows(cost) {
            self.map_job = Some(job);
            return None;
        }
        let result = job.advance(
            model,
            &compiled.plan,
            &prepared.data,
            prepared.questions.rule(),
        );
        let work = model.program.work;
        if is_paid {
            self.map_share.pay(cost);
        }
        match result {
            Ok((cells, Some(maps))) => {
                self.outbox.maps = Some(maps);
                self.mapped = Some(job.version);
                Some(cells as u64 * work)
            }
            Ok((cells, None)) => {
                self.map_job = Some(job);
                Some(cells as u64 * work)
            }
            Err(error) => Some(self.give_maps_up(sentence(&error))),
        }
    }

    fn give_maps_up(&mut self, sentence: String) -> u64 {
        self.map_request = None;
        self.map_job = None;
        self.tell(sentence);
        1
    }

    pub(super) fn start_maps(&mut self, request: MapRequest) {
        if self.can_map(&request) {
            self.map_request = Some(request);
            self.map_job = None;
            self.mapped = None;
        } else {
            self.tell("A map can only be drawn over two inputs of the network.".to_owned());
        }
    }

    pub(super) fn stop_maps(&mut self) {
        self.map_request = None;
        self.map_job = None;
        self.outbox.maps = None;
    }

    pub(super) fn can_map(&self, request: &MapRequest) -> bool {
        let is_finite = |range: [f32; 2]| range.iter().all(|number| number.is_finite());
        let is_input = |id| {
            self.session.as_ref().is_some_and(|session| {
                let network = session.project.network();
                let node = network.node(id);
                node.is_some_and(|node| network.role(node) == network::Role::Input)
            })
        };
        is_input(request.x)
            && is_input(request.y)
            && is_finite(request.x_range)
            && is_finite(request.y_range)
    }

    /// Maps are made again when the numbers changed and the last ones were sent.
    pub(super) fn wants_maps(&self) -> bool {
        let version = self.session.as_ref().map(|session| session.version);
        self.map_job.is_some()
            || self.map_request.is_some() && self.outbox.maps.is_none() && self.mapped != version
    }

    fn work_or_told(&mut self, result: Result<u64, String>) -> u64 {
        result.unwrap_or_else(|sentence| {
            self.tell(sentence);
            1
        })
    }
}

fn answer_probe(
    session: &mut Session,
    request: &ProbeRequest,
    outbox: &mut Outbox,
) -> Result<u64, String> {
    let epochs = session.progress.epochs;
    let (compiled, prepared) = session.ready()?;
    let (answer, signals) = instruments::probe(
        &compiled.model,
        &compiled.plan,
        &prepared.data,
        request,
        epochs,
    )
    .map_err(|error| sentence(&error))?;
    let work = compiled.model.program.work;
    outbox.probe = Some(answer);
    outbox.signals = signals;
    Ok(work)
}

fn answer_trace(
    session: &mut Session,
    request: &TraceRequest,
    outbox: &mut Outbox,
) -> Result<u64, String> {
    let (trace, work) = session.trace(request)?;
    outbox.trace = Some(Box::new(trace));
    Ok(work)
}

fn evaluate(
    session: &mut Session,
    mut job: EvaluationJob,
    slot: &mut Option<EvaluationJob>,
    outbox: &mut Outbox,
) -> Result<u64, String> {
    let subject = session.subject()?;
    let (rows, result) = job.advance(&subject).map_err(|error| sentence(&error))?;
    let work = rows as u64 * subject.model.program.work;
    match result {
        Some(evaluation) => {
            if evaluation.part == Part::Train {
                session.health.learn(job.health());
            }
            outbox.evaluations.push(evaluation);
        }
        None => *slot = Some(job),
    }
    Ok(work)
}
