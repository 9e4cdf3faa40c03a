//! Tabs that are open at the same time: each holds the records it writes or asks about, and no other takes them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::page;

/// How long tabs have to answer where there are no locks.
const ROLL_CALL_MS: f64 = 400.0;
/// What a tab asks the others where there are no locks.
const WHO_IS_THERE: &str = "who";

#[wasm_bindgen]
extern "C" {
    /// Web Locks: held until they are let go or the tab is gone, however it went.
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;

    type BroadcastChannel;

    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;

    #[wasm_bindgen(method, js_name = postMessage, catch)]
    fn post_message(this: &BroadcastChannel, message: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, callback: &Function);
}

thread_local! {
    /// The slots this tab holds, and how to let each go.
    static HELD: RefCell<BTreeMap<String, Option<Function>>> = const { RefCell::new(BTreeMap::new()) };
    /// The slots others answered to hold, where there are no locks.
    static OTHERS: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    static HAS_LOCKS: Cell<bool> = const { Cell::new(true) };
}

/// Learns of the other tabs. Locks are there in every page that is served
/// securely; elsewhere the tabs are asked, and only one that sleeps too deeply to
/// answer is taken for gone.
pub(super) async fn meet() -> Result<(), JsValue> {
    if locks().is_some() {
        return Ok(());
    }
    HAS_LOCKS.set(false);
    let channel = BroadcastChannel::new("neurarium")?;
    let answering: BroadcastChannel = channel.clone().unchecked_into();
    let callback = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let Some(message) = page::field(&event, "data").as_string() else {
            return;
        };
        if message != WHO_IS_THERE {
            OTHERS.with_borrow_mut(|others| others.insert(message));
            return;
        }
        let held: Vec<String> = HELD.with_borrow(|held| held.keys().cloned().collect());
        for slot in held {
            // A channel that is closed belongs to a tab that ends.
            let _ = answering.post_message(&slot);
        }
    });
    channel.set_onmessage(callback.as_ref().unchecked_ref());
    // It answers as long as the tab lives.
    callback.forget();
    channel.post_message(WHO_IS_THERE)?;
    page::sleep(ROLL_CALL_MS).await;
    Ok(())
}

/// Whether a tab that sleeps keeps what it holds.
pub(super) fn has_locks() -> bool {
    HAS_LOCKS.get()
}

/// Holds a slot until the end of this tab, unless another tab does.
pub(super) async fn hold(slot: &str) -> Result<bool, JsValue> {
    let release = match locks() {
        Some(locks) => match lock(&locks, slot).await? {
            Some(release) => Some(release),
            None => return Ok(false),
        },
        None if OTHERS.with_borrow(|others| others.contains(slot)) => return Ok(false),
        None => None,
    };
    HELD.with_borrow_mut(|held| held.insert(slot.to_owned(), release));
    Ok(true)
}

/// Lets a slot go: another tab may offer what is in it.
pub(super) fn let_go(slot: &str) {
    let release = HELD.with_borrow_mut(|held| held.remove(slot)).flatten();
    if let Some(release) = release {
        call(&release, &JsValue::UNDEFINED);
    }
}

fn locks() -> Option<LockManager> {
    let navigator = page::field(&js_sys::global(), "navigator");
    let locks = page::field(&navigator, "locks");
    locks.is_object().then(|| locks.unchecked_into())
}

/// Takes a lock if it is free: what to call to let it go.
async fn lock(locks: &LockManager, slot: &str) -> Result<Option<Function>, JsValue> {
    let (held, release) = promise();
    let (answer, tell) = promise();
    let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let is_ours = !lock.is_null();
        call(&tell, &is_ours.into());
        // The lock is held until this promise is fulfilled.
        if is_ours { held.into() } else { JsValue::NULL }
    });
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &true.into())?;
    let request = locks.request(
        &format!("neurarium/{slot}"),
        &options,
        callback.unchecked_ref(),
    )?;
    // The request itself ends with the lock, or at once where locks are forbidden.
    let first = Promise::race(&Array::of2(&answer, &request));
    let is_ours = JsFuture::from(first).await?.is_truthy();
    Ok(is_ours.then_some(release))
}

/// A promise and the function that fulfils it.
pub(super) fn promise() -> (Promise, Function) {
    let mut fulfil = None;
    let promise = Promise::new(&mut |resolve, _| fulfil = Some(resolve));
    // The callback above is called before `Promise::new` returns.
    let fulfil = fulfil.unwrap_or_else(|| Function::new_no_args(""));
    (promise, fulfil)
}

pub(super) fn call(function: &Function, argument: &JsValue) {
    // The functions that fulfil a promise never throw.
    let _ = function.call1(&JsValue::UNDEFINED, argument);
}
