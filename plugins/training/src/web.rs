//! The engine's home in the browser: a Web Worker, watched over, and started again when it breaks down.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use bevy::platform::time::Instant;
use engine::{Command, Fault, Report, Request, Status};
use js_sys::{Array, Object, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, ErrorEvent, Event, MessageEvent, VisibilityState, Worker, WorkerOptions, WorkerType,
};
use worker::parcel::{Parcel, Pool, set};
use worker::{Health, Message, Watch};

/// The way to the engine and back. Nothing here waits for the engine.
pub(crate) struct Link {
    // The page has one thread: what JavaScript lends never leaves it.
    home: SendWrapper<Home>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            home: SendWrapper::new(Home::new()),
        }
    }
}

impl Link {
    /// Gives the engine a command. A worker is started to load a project; to no
    /// worker nothing is said.
    pub(crate) fn send(&self, command: Command) {
        self.home.state.borrow_mut().send(command, &self.home.state);
    }

    /// What the engine has reported since the last call, oldest first.
    pub(crate) fn receive(&self) -> Vec<Report> {
        let mut state = self.home.state.borrow_mut();
        state.look_after_worker(self.home.began);
        std::mem::take(&mut state.reports)
    }

    /// Whether the engine works, or has reported something not yet received.
    pub(crate) fn is_busy(&self) -> bool {
        let state = self.home.state.borrow();
        !state.reports.is_empty() || state.broken.is_some() || state.is_expected()
    }
}

struct Home {
    state: Rc<RefCell<State>>,
    began: Instant,
    visibility: Option<(Document, Closure<dyn FnMut()>)>,
}

impl Home {
    fn new() -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let visibility = web_sys::window()
            .and_then(|window| window.document())
            .map(|document| {
                state.borrow_mut().is_hidden = is_hidden(&document);
                let on_change = follow_visibility(document.clone(), Rc::downgrade(&state));
                let listener = on_change.as_ref().unchecked_ref();
                // It only fails for listeners that throw when they are added.
                document
                    .add_event_listener_with_callback("visibilitychange", listener)
                    .ok();
                (document, on_change)
            });
        Self {
            state,
            began: Instant::now(),
            visibility,
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some((document, on_change)) = &self.visibility {
            let listener = on_change.as_ref().unchecked_ref();
            document
                .remove_event_listener_with_callback("visibilitychange", listener)
                .ok();
        }
    }
}

/// What is known of the worker.
#[derive(Default)]
struct State {
    running: Option<Running>,
    reports: Vec<Report>,
    /// The last command given.
    last_seq: u64,
    /// The last command the worker has seen.
    seen_seq: u64,
    is_working: bool,
    /// Why the worker is to be given up.
    broken: Option<String>,
    /// The last command that changed the project, or its numbers by hand.
    change_seq: u64,
    /// The newest checkpoint, of the project as it is.
    keepsake: Option<Parcel>,
    /// The batches that were last allowed.
    allowance: Option<u32>,
    is_hidden: bool,
    /// Spent buffers on their way back.
    spent: Pool,
    watch: Watch,
}

impl State {
    fn send(&mut self, command: Command, own: &Rc<RefCell<Self>>) {
        self.last_seq = self.last_seq.max(command.seq);
        match &command.request {
            &Request::Load { revision, .. } => {
                self.change_seq = command.seq;
                let kept = self.keepsake.take();
                let is_fresh = self.running.is_none();
                if is_fresh && !self.start(own) {
                    return;
                }
                self.post(command);
                // Of a worker that broke down, if nothing was edited since.
                if is_fresh && let Some(resume) = kept.and_then(|kept| resume(&kept, revision)) {
                    self.post_request(resume);
                }
            }
            Request::Allow(batches) => {
                self.allowance = *batches;
                self.post_allowance();
            }
            request => {
                // A keepsake is of the numbers before.
                if matches!(
                    request,
                    Request::Patch { .. } | Request::Resume(_) | Request::LearnRow(_)
                ) {
                    self.change_seq = command.seq;
                    self.keepsake = None;
                }
                self.post(command);
            }
        }
    }

    /// Starts a worker; whether it could be.
    fn start(&mut self, own: &Rc<RefCell<Self>>) -> bool {
        match Running::start(&Rc::downgrade(own)) {
            Ok(running) => {
                self.running = Some(running);
                self.broken = None;
                self.watch = Watch::default();
                self.post_allowance();
                true
            }
            Err(why) => {
                self.broken = Some(why);
                false
            }
        }
    }

    fn post(&mut self, command: Command) {
        if self.running.is_none() {
            return;
        }
        match Parcel::of(command, &mut Pool::default()) {
            Ok(parcel) => self.post_object("command", Some(&parcel)),
            Err(error) => self.break_down(error.to_string()),
        }
    }

    /// Says something that the app has not said.
    fn post_request(&mut self, request: Request) {
        let seq = self.last_seq;
        self.post(Command { seq, request });
    }

    /// While nobody looks, nothing is held back: no frame would allow more.
    fn post_allowance(&mut self) {
        let allowance = if self.is_hidden { None } else { self.allowance };
        self.post_request(Request::Allow(allowance));
    }

    fn post_object(&mut self, kind: &str, parcel: Option<&Parcel>) {
        let Some(running) = &self.running else {
            return;
        };
        let object = Object::new();
        set(&object, "kind", &kind.into());
        let spent: Array = self.spent.drain().collect();
        let transfer = spent.slice(0, spent.length());
        set(&object, "spent", &spent);
        if let Some(parcel) = parcel {
            parcel.write(&object);
            for buffer in parcel.transfer().iter() {
                transfer.push(&buffer);
            }
        }
        if let Err(error) = running
            .worker
            .post_message_with_transfer(&object, &transfer)
        {
            self.break_down(text_of(&error));
        }
    }

    /// Notes why the worker is to be given up: the first reason is the cause of
    /// those that follow.
    fn break_down(&mut self, why: String) {
        self.broken.get_or_insert(why);
    }

    fn is_expected(&self) -> bool {
        self.running.is_some() && (self.is_working || self.seen_seq < self.last_seq)
    }

    /// Gives up a worker that broke down or no longer answers.
    fn look_after_worker(&mut self, began: Instant) {
        let is_ready = self
            .running
            .as_ref()
            .is_some_and(|running| running.is_ready);
        match self
            .watch
            .look(began.elapsed(), is_ready && self.is_expected())
        {
            Health::Well => {}
            Health::Ask => self.post_object("ping", None),
            Health::Dead => self.break_down("it no longer answered".to_owned()),
        }
        let Some(why) = self.broken.take() else {
            return;
        };
        let what = if is_ready {
            "broke down"
        } else {
            "could not be started"
        };
        let sentence = format!("The engine {what} ({why}).");
        self.running = None;
        self.is_working = false;
        self.seen_seq = self.last_seq;
        self.reports.push(Report {
            ack_seq: self.last_seq,
            status: Status::Faulted,
            fault: Some(Fault {
                sentence,
                needs_load: true,
            }),
            ..Report::default()
        });
    }

    /// Takes a message of the worker.
    fn hear(&mut self, message: &JsValue) {
        self.watch.hear();
        let property = |name: &str| Reflect::get(message, &name.into()).unwrap_or_default();
        if let Some(seq) = property("seq").as_f64() {
            self.seen_seq = seq as u64;
        }
        if let Some(is_working) = property("isWorking").as_bool() {
            self.is_working = is_working;
        }
        match property("kind").as_string().as_deref() {
            Some("ready") => {
                if let Some(running) = &mut self.running {
                    running.is_ready = true;
                }
            }
            Some("report") => match unpack_report(message) {
                Ok((report, parcel)) => {
                    self.spent.put(parcel.into_buffer());
                    self.reports.push(report);
                }
                Err(why) => self.break_down(why),
            },
            Some("keepsake") => {
                self.keep(message);
                self.post_object("kept", None);
            }
            Some("broken") => {
                let text = property("text").as_string();
                self.break_down(text.unwrap_or_else(|| "for a reason it did not give".to_owned()));
            }
            // A beat says no more than what was read above.
            _ => {}
        }
    }

    /// Keeps a checkpoint, unless the project was changed while it was under way.
    fn keep(&mut self, message: &JsValue) {
        if self.seen_seq < self.change_seq {
            return;
        }
        if let Some(parcel) = Parcel::read(message)
            && let Some(old) = self.keepsake.replace(parcel)
        {
            self.spent.put(old.into_buffer());
        }
    }
}

/// What makes an engine go on from a keepsake of this revision.
fn resume(keepsake: &Parcel, revision: u64) -> Option<Request> {
    let report: Report = keepsake.unpack().ok()?;
    let checkpoint = report.checkpoint.filter(|_| report.revision == revision)?;
    Some(Request::Resume(checkpoint))
}

fn unpack_report(message: &JsValue) -> Result<(Report, Parcel), String> {
    let parcel = Parcel::read(message).ok_or("its report is incomplete")?;
    let report = unpack(&parcel)?;
    Ok((report, parcel))
}

fn unpack<M: Message>(parcel: &Parcel) -> Result<M, String> {
    parcel.unpack().map_err(|error| error.to_string())
}

/// A worker and those who listen to it. Dropping it ends the worker.
struct Running {
    worker: Worker,
    /// Whether its program has begun; it may be under way for long.
    is_ready: bool,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Running {
    fn start(state: &Weak<RefCell<State>>) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker =
            Worker::new_with_options(&worker_url()?, &options).map_err(|error| text_of(&error))?;
        let listener = state.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(state) = listener.upgrade() {
                state.borrow_mut().hear(&event.data());
            }
        });
        let listener = state.clone();
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            let text = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            let text = text.filter(|text| !text.is_empty());
            if let Some(state) = listener.upgrade() {
                let why = text.unwrap_or_else(|| "its program could not be loaded".to_owned());
                state.borrow_mut().break_down(why);
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            is_ready: false,
            _on_message: on_message,
            _on_error: on_error,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

/// Where the page says that its worker is.
fn worker_url() -> Result<String, String> {
    let page = Reflect::get(&js_sys::global(), &"neurarium".into()).unwrap_or_default();
    let url = Reflect::get(&page, &"workerUrl".into()).unwrap_or_default();
    url.as_string()
        .ok_or_else(|| "the page does not say where its worker is".to_owned())
}

fn follow_visibility(document: Document, state: Weak<RefCell<State>>) -> Closure<dyn FnMut()> {
    Closure::new(move || {
        if let Some(state) = state.upgrade() {
            let mut state = state.borrow_mut();
            state.is_hidden = is_hidden(&document);
            state.post_allowance();
        }
    })
}

fn is_hidden(document: &Document) -> bool {
    document.visibility_state() == VisibilityState::Hidden
}

/// What an exception says.
fn text_of(error: &JsValue) -> String {
    let error = error.dyn_ref::<js_sys::Error>();
    error.map_or_else(
        || "for a reason it did not give".to_owned(),
        |error| String::from(error.message()),
    )
}
