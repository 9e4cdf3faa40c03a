//! The desk as JavaScript sees it.

use std::panic;
use std::time::Duration;

use engine::{Command, Handover};
use js_sys::{Array, ArrayBuffer, Object, Reflect};
use wasm_bindgen::handler::schedule_reinit;
use wasm_bindgen::prelude::*;
use worker::parcel::{Parcel, Pool, set};
use worker::{Message, Post};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker began.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now_ms() -> f64;

    /// Sends a message to the app.
    #[wasm_bindgen(js_name = postMessage)]
    fn post_message(message: &JsValue);
}

fn clock() -> Duration {
    Duration::from_secs_f64(now_ms().max(0.0) / 1000.0)
}

/// Sends the text of a panic to the app before the program ends.
pub fn tell_panics() {
    panic::set_hook(Box::new(|panic| {
        let text = panic
            .payload_as_str()
            .unwrap_or("for a reason it did not give");
        let message = Object::new();
        set(&message, "kind", &"broken".into());
        set(&message, "text", &text.into());
        post_message(&message);
    }));
}

/// The engine at its desk.
#[wasm_bindgen]
pub struct Desk {
    desk: worker::Desk,
    pool: Pool,
}

#[wasm_bindgen]
impl Desk {
    /// A desk without a project.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::of(worker::Desk::new())
    }

    /// Identities of tensors after which a desk is worn.
    #[wasm_bindgen(js_name = identities)]
    #[must_use]
    pub fn identities() -> f64 {
        worker::Desk::IDENTITIES as f64
    }

    /// Takes a message of the app: `{kind, bytes, numbers, spent}`.
    pub fn take(&mut self, message: &JsValue) {
        let property = |name: &str| Reflect::get(message, &name.into()).unwrap_or_default();
        if let Ok(spent) = property("spent").dyn_into::<Array>() {
            for buffer in spent
                .iter()
                .filter_map(|one| one.dyn_into::<ArrayBuffer>().ok())
            {
                self.pool.put(buffer);
            }
        }
        match property("kind").as_string().as_deref() {
            Some("command") => match read::<Command>(message) {
                Ok(command) => self.desk.take(command),
                Err(why) => self.desk.refuse(&why),
            },
            Some("kept") => self.desk.confirm_keepsake(),
            Some("ping") => self.desk.answer(),
            Some("break") => panic!("it was asked to break down"),
            _ => self.desk.refuse("it is of no known kind"),
        }
    }

    /// Works for a slice; whether there is more to do.
    pub fn work(&mut self) -> bool {
        self.desk.work(clock)
    }

    /// The next message for the app, `{kind, seq, isWorking, bytes, numbers}`, and
    /// in `transfer` the buffers that go with it; `undefined` when there is none.
    pub fn post(&mut self) -> Option<Object> {
        let post = self.desk.next_post(clock())?;
        let object = Object::new();
        let kind = match post {
            Post::Report(report) => self.enclose(&object, *report, "report"),
            Post::Keepsake(report) => self.enclose(&object, *report, "keepsake"),
            Post::Beat => "beat",
        };
        set(&object, "kind", &kind.into());
        set(&object, "seq", &(self.desk.seq() as f64).into());
        set(&object, "isWorking", &self.desk.is_working().into());
        Some(object)
    }

    /// Whether it has used up so many identities of tensors.
    #[wasm_bindgen(js_name = isWorn)]
    #[must_use]
    pub fn is_worn(&self, identities: f64) -> bool {
        self.desk.is_worn(identities as u64)
    }

    /// Gives all it knows away. The next call of anything in this module meets a
    /// new instance of the program, which begins to count from 0.
    #[wasm_bindgen(js_name = handOver)]
    #[must_use]
    pub fn hand_over(self) -> Object {
        let object = Object::new();
        let Self { desk, mut pool } = self;
        if let Some(handover) = desk.hand_over()
            && let Ok(parcel) = Parcel::of(handover, &mut pool)
        {
            parcel.write(&object);
        }
        schedule_reinit();
        object
    }

    /// A desk that goes on where another one was.
    ///
    /// # Errors
    /// When it cannot be read.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(handover: &JsValue) -> Result<Self, JsError> {
        let handover = read::<Handover>(handover).map_err(|why| JsError::new(&why))?;
        Ok(Self::of(worker::Desk::take_over(handover)))
    }

    fn of(desk: worker::Desk) -> Self {
        Self {
            desk,
            pool: Pool::default(),
        }
    }

    /// Puts a message into an object; what kind of object it is then.
    fn enclose<M: Message>(
        &mut self,
        object: &Object,
        message: M,
        kind: &'static str,
    ) -> &'static str {
        match Parcel::of(message, &mut self.pool) {
            Ok(parcel) => {
                parcel.write(object);
                set(object, "transfer", &parcel.transfer());
                kind
            }
            Err(error) => {
                self.desk.refuse(&error.to_string());
                "beat"
            }
        }
    }
}

fn read<M: Message>(object: &JsValue) -> Result<M, String> {
    let parcel = Parcel::read(object).ok_or("it has no bytes and numbers")?;
    parcel.unpack().map_err(|error| error.to_string())
}
