//! Our engine as a contestant: a child process that speaks the protocol of `tests/benches/peers/README.md`.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use engine::{Command, Request, Route, Trainer, WorkPace};
use serde_json::{Value, json};

use crate::cases::Case;

/// The ways through the engine that are measured, and what the table calls them.
pub const ROUTES: [(&str, Route); 2] = [("own kernel", Route::Fused), ("dfdx path", Route::Levels)];

/// As long as the worker and the app let the engine work before they look up.
const SLICE: Duration = Duration::from_millis(8);

/// A trainer and how fast it goes.
pub struct Runner {
    trainer: Trainer,
    pace: WorkPace,
    seq: u64,
}

impl Runner {
    /// One with the case loaded, waiting to be allowed to train.
    pub fn new(case: &Case, route: Route) -> Self {
        let mut runner = Self {
            trainer: Trainer::with_route(route),
            pace: WorkPace::default(),
            seq: 0,
        };
        for request in case.first_requests() {
            runner.ask(request);
        }
        runner
    }

    fn ask(&mut self, request: Request) {
        self.seq += 1;
        let seq = self.seq;
        self.trainer.handle(Command { seq, request });
    }

    /// Trains so many steps; how long it took.
    pub fn train(&mut self, steps: u32) -> Duration {
        let began = Instant::now();
        self.ask(Request::Allow(Some(steps)));
        while self
            .pace
            .work(&mut self.trainer, SLICE, || began.elapsed(), |_| ())
        {}
        began.elapsed()
    }

    /// The loss of the last step, or why there is none.
    pub fn loss(&mut self) -> Result<f32, String> {
        self.ask(Request::Credit(1));
        let report = self.trainer.take_report().ok_or("there is no report")?;
        match report.fault {
            Some(fault) => Err(fault.sentence),
            None => report
                .batch_loss
                .ok_or_else(|| "it did not train".to_owned()),
        }
    }
}

/// Obeys requests until there are no more.
pub fn serve() -> std::io::Result<()> {
    let mut say = {
        let mut out = std::io::stdout();
        move |answer: Value| {
            writeln!(out, "{answer}")?;
            out.flush()
        }
    };
    let names: Vec<&str> = ROUTES.iter().map(|(name, _)| *name).collect();
    let version = format!("this engine, {}", std::env::consts::ARCH);
    say(json!({ "contestants": names, "version": version }))?;
    let mut runners = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(|error| error.to_string())
            .and_then(|request: Value| obey(&request, &mut runners));
        say(answer.unwrap_or_else(|error| json!({ "error": error })))?;
    }
    Ok(())
}

fn obey(
    request: &Value,
    runners: &mut BTreeMap<&'static str, (Case, Runner)>,
) -> Result<Value, String> {
    let word = |name: &str| request[name].as_str().unwrap_or_default();
    let (name, route) = ROUTES
        .into_iter()
        .find(|(name, _)| *name == word("contestant"))
        .ok_or("there is no such contestant")?;
    if word("do") == "load" {
        let case = Case::named(word("task")).ok_or("there is no such task")?;
        runners.insert(name, (case, Runner::new(&case, route)));
        return Ok(json!({ "takes_part": true }));
    }
    let (case, runner) = runners.get_mut(name).ok_or("nothing is loaded")?;
    let steps = request["steps"]
        .as_u64()
        .and_then(|steps| u32::try_from(steps).ok());
    let steps = steps.ok_or("how many steps?")?;
    match word("do") {
        "loss" => {
            *runner = Runner::new(case, route);
            runner.train(steps);
            Ok(json!({ "loss": runner.loss()? }))
        }
        "time" => Ok(json!({ "nanoseconds": runner.train(steps).as_nanos() as u64 })),
        other => Err(format!("`{other}` is not understood")),
    }
}
