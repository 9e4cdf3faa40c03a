//! The functions of the page around the canvas, and a way to wake the program from them.

use std::cell::{Cell, RefCell};

use bevy::prelude::*;
use bevy::winit::{EventLoopProxyWrapper, WinitUserEvent};
use js_sys::{Date, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::NamedFile;

#[wasm_bindgen]
extern "C" {
    /// Keeps the newest project outside of the program's memory.
    #[wasm_bindgen(js_namespace = neurarium, catch)]
    pub(super) fn copy(name: &str, bytes: &Uint8Array) -> Result<(), JsValue>;

    /// Lets the page be left without a question.
    #[wasm_bindgen(js_namespace = neurarium, catch)]
    pub(super) fn saved() -> Result<(), JsValue>;

    /// Asks for a file: a promise of one, or of `null`.
    #[wasm_bindgen(js_namespace = neurarium, catch)]
    pub(super) fn pick(accept: &str) -> Result<Promise, JsValue>;

    /// Hands out a file.
    #[wasm_bindgen(js_namespace = neurarium, catch)]
    pub(super) fn download(name: &str, bytes: &Uint8Array) -> Result<(), JsValue>;

    /// What the browser keeps under a name, or `null`.
    #[wasm_bindgen(js_namespace = neurarium, catch)]
    pub(super) fn preference(name: &str) -> Result<JsValue, JsValue>;

    /// Has the browser keep a word under a name.
    #[wasm_bindgen(js_namespace = neurarium, js_name = setPreference, catch)]
    pub(super) fn set_preference(name: &str, word: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = neurarium, js_name = onDrop, catch)]
    fn on_drop(callback: &Function) -> Result<(), JsValue>;
}

thread_local! {
    static DROPS: RefCell<Vec<NamedFile>> = const { RefCell::new(Vec::new()) };
    /// When the timer rings that is set, by the browser's clock in milliseconds.
    static RINGS_AT: Cell<Option<f64>> = const { Cell::new(None) };
    static WAKE: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// While nothing moves no frames are made; what the browser answers wants one.
pub(super) fn learn_to_wake(proxy: Option<Res<EventLoopProxyWrapper>>) {
    let Some(proxy) = proxy.map(|proxy| (**proxy).clone()) else {
        return;
    };
    WAKE.replace(Some(Box::new(move || {
        if let Err(error) = proxy.send_event(WinitUserEvent::WakeUp) {
            debug!("the program has ended: {error}");
        }
    })));
}

/// Asks for a frame.
pub(super) fn wake() {
    WAKE.with_borrow(|wake| {
        if let Some(wake) = wake {
            wake();
        }
    });
}

/// Asks for a frame some time later. One timer is enough: who is woken too early
/// asks again.
pub(super) fn wake_in(ms: f64) {
    let now_ms = Date::now();
    let is_set = |at_ms: f64| at_ms >= now_ms && at_ms <= now_ms + ms;
    if RINGS_AT.get().is_some_and(is_set) {
        return;
    }
    RINGS_AT.set(Some(now_ms + ms));
    let ring = || {
        RINGS_AT.set(None);
        wake();
    };
    call_in(Closure::once_into_js(ring).unchecked_ref(), ms);
}

/// Lets time pass.
pub(super) async fn sleep(ms: f64) {
    let promise = Promise::new(&mut |resolve, _| call_in(&resolve, ms));
    // A promise that is only ever fulfilled.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

fn call_in(callback: &Function, ms: f64) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let ms = ms.clamp(0.0, f64::from(i32::MAX)).ceil() as i32;
    if let Err(error) = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, ms) {
        debug!("no timer: {error:?}");
    }
}

pub(super) fn listen_for_drops() {
    let callback = Closure::<dyn Fn(String, Uint8Array)>::new(|name: String, bytes: Uint8Array| {
        let file = NamedFile::with_bytes(name, bytes.to_vec());
        DROPS.with_borrow_mut(|drops| drops.push(file));
        wake();
    });
    if let Err(error) = on_drop(callback.as_ref().unchecked_ref()) {
        debug!("no drops: {error:?}");
    }
    // The page may call it as long as it lives.
    callback.forget();
}

pub(super) fn take_drops() -> Vec<NamedFile> {
    DROPS.take()
}

/// The answer of `pick`; `None` when the person thought better of it.
pub(super) fn named_file(answer: &JsValue) -> Option<NamedFile> {
    if answer.is_null() || answer.is_undefined() {
        return None;
    }
    let name = field(answer, "name").as_string()?;
    let bytes: Uint8Array = field(answer, "bytes").dyn_into().ok()?;
    Some(NamedFile::with_bytes(name, bytes.to_vec()))
}

/// A field of an object; `undefined` where there is none.
pub(super) fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
