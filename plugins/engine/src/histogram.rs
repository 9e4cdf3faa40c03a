//! Histograms of weights, biases, gradients and activations.

use network::{NodeId, ParameterId, Role};

use crate::blocks::Weights;
use crate::compile::Place;
use crate::data::CHUNK_ROWS;
use crate::instruments::Readout;
use crate::session::{Compiled, Prepared, Session, sentence};
use crate::{Histogram, HistogramRequest, Measured, Part};

/// Numbers on their way into bins: seen once for their range, then once more.
struct Spread {
    least: f32,
    most: f32,
    sum: f64,
    total: u64,
    not_finite: u64,
    /// Σ (x − mean)².
    squares: f64,
    counts: Vec<u64>,
}

impl Spread {
    fn new(bins: usize) -> Self {
        Self {
            least: f32::INFINITY,
            most: f32::NEG_INFINITY,
            sum: 0.0,
            total: 0,
            not_finite: 0,
            squares: 0.0,
            counts: vec![0; bins],
        }
    }

    fn see(&mut self, number: f32) {
        if number.is_finite() {
            self.least = self.least.min(number);
            self.most = self.most.max(number);
            self.sum += f64::from(number);
            self.total += 1;
        } else {
            self.not_finite += 1;
        }
    }

    fn mean(&self) -> f64 {
        self.sum / self.total.max(1) as f64
    }

    fn range(&self) -> [f32; 2] {
        match self.total {
            0 => [0.0, 1.0],
            _ if self.least == self.most => [self.least - 0.5, self.most + 0.5],
            _ => [self.least, self.most],
        }
    }

    /// Puts a number into its bin, when all were seen.
    fn count(&mut self, number: f32) {
        if !number.is_finite() {
            return;
        }
        let [low, high] = self.range().map(f64::from);
        let number = f64::from(number);
        self.squares += (number - self.mean()).powi(2);
        // Past 2²⁴ there may be no half beside a number: then all are in the first.
        let share = if high > low {
            (number - low) / (high - low)
        } else {
            0.0
        };
        let bin = (share * self.counts.len() as f64) as usize;
        let last = self.counts.len().saturating_sub(1);
        if let Some(count) = self.counts.get_mut(bin.min(last)) {
            *count += 1;
        }
    }

    fn finish(self, request: HistogramRequest, epochs: u32) -> Histogram {
        Histogram {
            request,
            epochs,
            range: self.range(),
            mean: self.mean() as f32,
            deviation: (self.squares / self.total.max(1) as f64).sqrt() as f32,
            not_finite: self.not_finite,
            counts: self.counts,
        }
    }
}

/// A histogram under way. All its numbers are of the time when it was begun.
pub(crate) struct HistogramJob {
    request: HistogramRequest,
    spread: Spread,
    epochs: u32,
    weights: Option<Weights>,
    /// Rows done in this pass.
    done: usize,
    is_counting: bool,
}

impl HistogramJob {
    pub(crate) fn new(request: HistogramRequest, session: &Session) -> Self {
        let bins = request.bins.clamp(1, HistogramRequest::MAX_BINS);
        let compiled = session.compiled.as_ref().ok();
        Self {
            request: HistogramRequest { bins, ..request },
            spread: Spread::new(bins as usize),
            epochs: session.progress.epochs,
            weights: compiled.map(|compiled| compiled.model.weights().clone()),
            done: 0,
            is_counting: false,
        }
    }

    /// What was asked.
    pub(crate) fn into_request(self) -> HistogramRequest {
        self.request
    }

    /// Sees the next numbers; gives the work, and the answer when all are counted.
    pub(crate) fn advance(
        mut self,
        session: &mut Session,
    ) -> Result<(u64, Result<Histogram, Self>), String> {
        if let Some(node) = self.request.node
            && session.project.network().node(node).is_none()
        {
            return Err(format!("There is no node {} to look at.", node.0));
        }
        let Measured::Activations(part) = self.request.of else {
            let numbers = session.numbers_of(self.request)?;
            numbers.iter().for_each(|&number| self.spread.see(number));
            numbers.iter().for_each(|&number| self.spread.count(number));
            let work = numbers.len() as u64;
            return Ok((work, Ok(self.spread.finish(self.request, self.epochs))));
        };
        let work = self.pass(session, part)?;
        if self.done < rows(session, part) {
            return Ok((work, Err(self)));
        }
        self.done = 0;
        if std::mem::replace(&mut self.is_counting, true) {
            Ok((work, Ok(self.spread.finish(self.request, self.epochs))))
        } else {
            Ok((work, Err(self)))
        }
    }

    /// Passes the next rows of a part.
    fn pass(&mut self, session: &mut Session, part: Part) -> Result<u64, String> {
        let places: Vec<Place> = session.places_of(self.request.node).copied().collect();
        let (Compiled { model, plan, .. }, Prepared { data, .. }) = session.ready()?;
        let rows = data.rows(part);
        let end = rows.len().min(self.done + CHUNK_ROWS);
        let now = &rows[self.done.min(end)..end];
        self.done = end;
        let Some(weights) = self.weights.as_ref().filter(|_| !now.is_empty()) else {
            return Ok(1);
        };
        let flows = model.pass_with(weights, &data.chunk(now));
        let flows = flows.map_err(|error| sentence(&error))?;
        let readout = Readout::new(model, plan, &flows, now.len());
        let work = now.len() as u64 * model.program.work;
        for place in &places {
            for number in (0..place.size).flat_map(|element| readout.element(place, element)) {
                if self.is_counting {
                    self.spread.count(*number);
                } else {
                    self.spread.see(*number);
                }
            }
        }
        Ok(work)
    }
}

fn rows(session: &mut Session, part: Part) -> usize {
    session
        .ready()
        .map_or(0, |(_, prepared)| prepared.data.rows(part).len())
}

impl Session {
    /// The nodes whose activations count.
    fn places_of(&self, node: Option<NodeId>) -> impl Iterator<Item = &Place> {
        let places = match &self.compiled {
            Ok(compiled) => compiled.model.program.places.as_slice(),
            Err(_) => &[],
        };
        let network = self.project.network();
        let is_input = move |place: &Place| {
            let found = network.node(place.node);
            found.is_some_and(|node| network.role(node) == Role::Input)
        };
        places.iter().filter(move |place| match node {
            Some(node) => place.node == node,
            None => !is_input(place),
        })
    }

    /// The numbers that need no pass.
    fn numbers_of(&self, request: HistogramRequest) -> Result<Vec<f32>, String> {
        let Compiled { model, plan, .. } = self.compiled()?;
        let numbers = match request.of {
            Measured::LastActivations => {
                let (flows, rows) = model.last_pass();
                if rows == 0 {
                    return Err("Nothing flowed yet: no batch was trained.".to_owned());
                }
                let readout = Readout::new(model, plan, flows, rows);
                let places = self.places_of(request.node);
                let elements = places.flat_map(|place| {
                    (0..place.size).flat_map(|element| readout.element(place, element).to_vec())
                });
                return Ok(elements.collect());
            }
            Measured::Gradients if !self.has_gradient => {
                return Err("There is no gradient yet: no batch was trained.".to_owned());
            }
            Measured::Gradients => model.gradients(),
            _ => model.values(),
        };
        let network = self.project.network();
        let mut chosen = Vec::new();
        let mut rest = numbers.as_slice();
        for (id, parameter) in network.parameters() {
            let elements = parameter.elements();
            let Some((own, later)) = rest.split_at_checked(elements.len()) else {
                break;
            };
            rest = later;
            let (owner, is_weight) = match id {
                ParameterId::Node(node, _) => (Some(node), false),
                ParameterId::Edge(edge) => (network.edge(edge).map(|edge| edge.to.node()), true),
            };
            let is_wanted = match request.of {
                Measured::Weights => is_weight,
                Measured::Biases => !is_weight,
                _ => true,
            };
            if is_wanted && (request.node.is_none() || request.node == owner) {
                let present = elements.iter().zip(own).filter(|(one, _)| !one.is_pruned);
                chosen.extend(present.map(|(_, &number)| number));
            }
        }
        Ok(chosen)
    }
}
