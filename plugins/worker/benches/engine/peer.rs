//! Programs that hold contestants: started, asked a line at a time, and ended.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use engine::{Command as EngineCommand, Report, Request};
use serde_json::{Value, json};
use worker::{pack, unpack};

use crate::cases::Case;

/// As long as an answer may take: `torch.compile` takes minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// As long as a program may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// A running program with one contestant or several.
pub struct Host {
    /// Where its contestants run.
    pub place: &'static str,
    pub contestants: Vec<String>,
    pub version: String,
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    /// The last message that was numbered.
    seq: u64,
}

impl Host {
    /// Starts a program and hears what it holds; the error is a sentence without its end.
    pub fn start(place: &'static str, command: &mut Command) -> Result<Self, String> {
        command.env("OMP_NUM_THREADS", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no input or output".to_owned());
        };
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut host = Self {
            place,
            contestants: Vec::new(),
            version: String::new(),
            child,
            input,
            lines,
            seq: 100,
        };
        let hello = host.hear()?;
        let names = hello["contestants"].as_array().into_iter().flatten();
        host.contestants = names
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect();
        host.version = hello["version"].as_str().unwrap_or_default().to_owned();
        Ok(host)
    }

    fn hear(&mut self) -> Result<Value, String> {
        let line = self.lines.recv_timeout(PATIENCE).map_err(|_| {
            // One that is silent would disturb the others for good.
            self.child.kill().ok();
            "it ended, or was silent for too long"
        })?;
        let answer: Value = serde_json::from_str(&line)
            .map_err(|_| format!("it said `{}`", line.chars().take(200).collect::<String>()))?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer),
        }
    }

    fn ask(&mut self, request: &Value) -> Result<Value, String> {
        writeln!(self.input, "{request}")
            .and_then(|()| self.input.flush())
            .map_err(|_| "it has ended")?;
        self.hear()
    }

    /// Gives a contestant its task, which was written into `folder`; whether it takes part.
    pub fn load(&mut self, contestant: &str, case: &Case, folder: &Path) -> Result<bool, String> {
        let request = json!({
            "do": "load", "contestant": contestant, "task": case.name, "folder": folder,
        });
        let answer = self.ask(&request)?;
        answer["takes_part"]
            .as_bool()
            .ok_or_else(|| format!("it answered {answer}"))
    }

    /// The loss of step `steps` from the start.
    pub fn loss(&mut self, contestant: &str, steps: u32, folder: &Path) -> Result<f64, String> {
        let requests = [Request::Allow(Some(steps)), Request::Credit(1)];
        let request = self.with_messages("loss", contestant, steps, requests)?;
        let answer = self.ask(&request)?;
        if answer["report"].as_bool() == Some(true) {
            return loss_of_report(folder).map(f64::from);
        }
        answer["loss"]
            .as_f64()
            .ok_or_else(|| format!("it answered {answer}"))
    }

    /// How long so many steps take, in nanoseconds.
    pub fn time(&mut self, contestant: &str, steps: u32) -> Result<f64, String> {
        let requests = [Request::Allow(Some(steps))];
        let request = self.with_messages("time", contestant, steps, requests)?;
        let answer = self.ask(&request)?;
        answer["nanoseconds"]
            .as_f64()
            .ok_or_else(|| format!("it answered {answer}"))
    }

    /// Has the engine in the browser train so many steps and report.
    pub fn train_and_hear(&mut self, contestant: &str, steps: u32) -> Result<(), String> {
        let requests = [Request::Allow(Some(steps)), Request::Credit(1)];
        let request = self.with_messages("time", contestant, steps, requests)?;
        self.ask(&request).map(|_| ())
    }

    /// The bytes of the engine's memory in the browser.
    pub fn memory(&mut self, contestant: &str) -> Result<f64, String> {
        let answer = self.ask(&json!({ "do": "memory", "contestant": contestant }))?;
        answer["bytes"]
            .as_f64()
            .ok_or_else(|| format!("it answered {answer}"))
    }

    /// A request, with the messages that say the same to the engine in a Worker.
    fn with_messages(
        &mut self,
        what: &str,
        contestant: &str,
        steps: u32,
        requests: impl IntoIterator<Item = Request>,
    ) -> Result<Value, String> {
        let mut messages = Vec::new();
        for request in requests {
            self.seq += 1;
            let seq = self.seq;
            let packed = pack(EngineCommand { seq, request }).map_err(|it| it.to_string())?;
            messages.push(json!({ "seq": seq, "bytes": packed.bytes }));
        }
        Ok(json!({
            "do": what, "contestant": contestant, "steps": steps, "messages": messages,
        }))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // What it started (a browser) ends with it, if it is given the time; others say that they do not
        // understand, and are ended.
        if writeln!(self.input, r#"{{"do":"end"}}"#).is_ok() {
            self.lines.recv_timeout(GRACE).ok();
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The loss in the Worker's report, which was written into `folder`.
fn loss_of_report(folder: &Path) -> Result<f32, String> {
    let read = |name: &str| std::fs::read(folder.join(name)).map_err(|error| error.to_string());
    let numbers: Vec<f32> = read("report.numbers")?
        .chunks_exact(4)
        .map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]]))
        .collect();
    let report: Report = unpack(&read("report.bytes")?, &mut numbers.as_slice())
        .map_err(|error| error.to_string())?;
    match report.fault {
        Some(fault) => Err(fault.sentence),
        None => report
            .batch_loss
            .ok_or_else(|| "it did not train".to_owned()),
    }
}
