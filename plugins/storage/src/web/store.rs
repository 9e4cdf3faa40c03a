//! The newest work outside of the program's world: the page's copy of it, and its record in the browser.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use bevy::prelude::*;
use idb::Database;
use js_sys::{Date, JSON, Math, Uint8Array};
use project::Project;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::database::{self, StoreFault};
use super::{page, tabs};
use crate::slots::{self, Heading};
use crate::{FileFault, contents};

/// After this long without an answer a store is taken for blocked.
const PATIENCE_MS: f64 = 10_000.0;

/// What the store has to tell.
pub(super) enum News {
    /// Work of an earlier time, for the question.
    Found { heading: Heading, bytes: Vec<u8> },
    /// So many old records had to go.
    Removed(usize),
    /// Nothing can be kept.
    Blocked,
}

/// Everything lies here and not in the world, because the page may end between
/// two frames.
#[derive(Default)]
struct Desk {
    database: Option<Rc<Database>>,
    /// The record of this tab; `None` while no other tab knows that it is taken.
    slot: Option<String>,
    newest: Option<Newest>,
    /// What came after it and is still to be written down.
    later: Option<(String, Project)>,
    /// Whether the newest has what no file has.
    is_work: bool,
    /// Whether the newest is in the record.
    is_recorded: bool,
    /// Whether it is to be, as soon as it can.
    is_due: bool,
    /// Records that wait for their question, and the one that is asked about.
    offers: VecDeque<Heading>,
    offered: Option<Offered>,
    /// The record whose work was restored: it goes when this tab's has the work.
    superseded: Option<String>,
    news: Vec<News>,
}

#[derive(Clone)]
struct Newest {
    name: String,
    bytes: Uint8Array,
}

struct Offered {
    heading: Heading,
    bytes: Uint8Array,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Looks for work of earlier times, and makes this tab's record possible.
pub(super) fn open(name: String) {
    listen_for_the_end();
    spawn_local(async move {
        if let Err(fault) = find(&name).await {
            blocked(&fault);
        }
    });
    spawn_local(async {
        page::sleep(PATIENCE_MS).await;
        let is_open = DESK.with_borrow(|desk| desk.database.is_some());
        if !is_open {
            blocked(&StoreFault::Silent);
        }
    });
}

/// What happened since the last time.
pub(super) fn take_news() -> Vec<News> {
    DESK.with_borrow_mut(|desk| std::mem::take(&mut desk.news))
}

/// Remembers whether the open project has what no file has.
pub(super) fn set_work(is_work: bool) {
    DESK.with_borrow_mut(|desk| desk.is_work = is_work);
}

/// Hands the newest bytes to the page.
pub(super) fn hand_over(name: String, project: &Project) -> Result<(), FileFault> {
    let text = contents::text(name.as_ref(), project)?;
    let bytes = Uint8Array::from(text.as_bytes());
    if let Err(error) = page::copy(&name, &bytes) {
        debug!("the page took no copy: {error:?}");
    }
    DESK.with_borrow_mut(|desk| {
        desk.newest = Some(Newest { name, bytes });
        desk.later = None;
        desk.is_recorded = false;
    });
    Ok(())
}

/// Keeps what is to be handed over soon at hand.
pub(super) fn keep_for_later(name: String, project: Project) {
    DESK.with_borrow_mut(|desk| desk.later = Some((name, project)));
}

/// Puts what was handed over last into the record of this tab.
pub(super) fn put() {
    let put = DESK.with_borrow_mut(|desk| {
        let (Some(database), Some(slot), Some(newest)) = (&desk.database, &desk.slot, &desk.newest)
        else {
            desk.is_due = true;
            return None;
        };
        desk.is_due = false;
        desk.is_recorded = true;
        Some((database.clone(), slot.clone(), newest.clone()))
    });
    let Some((database, slot, newest)) = put else {
        return;
    };
    // Begun at once and not in the future: the page may be about to end.
    let begun = database::begin_put(&database, &slot, &newest.name, &newest.bytes);
    spawn_local(async move {
        let outcome = match begun {
            Ok(transaction) => database::finish(transaction).await,
            Err(fault) => Err(fault),
        };
        match outcome {
            // It may have been the last word of another record.
            Ok(()) if DESK.with_borrow(|desk| desk.slot.as_ref() == Some(&slot)) => {
                remove_superseded();
            }
            Ok(()) => {}
            Err(fault) => {
                DESK.with_borrow_mut(|desk| desk.is_recorded = false);
                blocked(&fault);
            }
        }
    });
}

/// Removes the record of this tab: everything is in a file.
pub(super) fn remove() {
    let slot = DESK.with_borrow_mut(|desk| {
        desk.is_due = false;
        desk.slot.clone()
    });
    if let Some(slot) = slot {
        delete(slot, false);
    }
    remove_superseded();
}

/// The offered work is open: from now on it is kept in a new record, and its old
/// one goes as soon as that is written. What was open before and had no file
/// stays in its record and is offered another time.
pub(super) fn restored() {
    flush();
    let (old, has_work) = DESK.with_borrow_mut(|desk| {
        desk.superseded = desk.offered.take().map(|offered| offered.heading.slot);
        desk.is_due = false;
        (desk.slot.take(), desk.is_work)
    });
    spawn_local(async move {
        if let Err(fault) = take_slot().await {
            blocked(&fault);
            return;
        }
        if let Some(old) = old {
            if has_work {
                tabs::let_go(&old);
            } else {
                delete(old, true);
            }
        }
    });
}

/// Removes the offered record, and offers the next.
pub(super) fn forget() {
    let offered = DESK.with_borrow_mut(|desk| desk.offered.take());
    if let Some(offered) = offered {
        delete(offered.heading.slot, true);
    }
    spawn_local(offer_next());
}

/// Hands out the bytes of the offered record, which stays; its file name.
pub(super) fn hand_out() -> Option<Result<String, FileFault>> {
    let Offered { heading, bytes } = DESK.with_borrow_mut(|desk| desk.offered.take())?;
    spawn_local(offer_next());
    let name = heading.name;
    let handed_out = page::download(&name, &bytes)
        .map_err(|_| FileFault::new(name.as_ref(), "the browser refused the download"));
    Some(handed_out.map(|()| name))
}

/// Writes down what is still to be, in the page and in the record.
fn flush() {
    // An end in the middle of a frame, by a panic: what was handed over must do.
    let Ok(later) = DESK.with(|desk| desk.try_borrow_mut().map(|mut desk| desk.later.take()))
    else {
        return;
    };
    if let Some((name, project)) = later
        && let Err(fault) = hand_over(name, &project)
    {
        debug!("{fault}");
    }
    let is_wanted = DESK.with_borrow(|desk| desk.is_work && !desk.is_recorded);
    if is_wanted {
        put();
    }
}

/// A page that is hidden may never be shown again, and is told of its end no more.
fn listen_for_the_end() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let Some(document) = window.document() else {
        return;
    };
    let watched = document.clone();
    let on_visibility = Closure::<dyn Fn()>::new(move || {
        if watched.visibility_state() == web_sys::VisibilityState::Hidden {
            flush();
        } else if !tabs::has_locks() && DESK.with_borrow(|desk| desk.is_work) {
            // While it slept another tab may have taken its record.
            put();
        }
    });
    let on_leave = Closure::<dyn Fn()>::new(flush);
    let listening = [
        document.add_event_listener_with_callback(
            "visibilitychange",
            on_visibility.as_ref().unchecked_ref(),
        ),
        window.add_event_listener_with_callback("pagehide", on_leave.as_ref().unchecked_ref()),
    ];
    for error in listening.into_iter().filter_map(Result::err) {
        debug!("the end of the page will not be heard: {error:?}");
    }
    // They listen as long as the page lives.
    on_visibility.forget();
    on_leave.forget();
}

fn blocked(fault: &StoreFault) {
    debug!("unsaved work is not kept: {fault}");
    tell(News::Blocked);
}

fn tell(news: News) {
    DESK.with_borrow_mut(|desk| desk.news.push(news));
    page::wake();
}

async fn find(name: &str) -> Result<(), StoreFault> {
    tabs::meet().await?;
    let database = Rc::new(database::open(name).await?);
    // What is found now is of other tabs: this one has written nothing yet.
    let headings = database::headings(&database).await?;
    DESK.with_borrow_mut(|desk| desk.database = Some(database));
    take_slot().await?;
    remove_surplus(&headings).await?;
    DESK.with_borrow_mut(|desk| desk.offers = headings.into());
    offer_next().await;
    Ok(())
}

/// Gives this tab a record of its own, and writes what waits for it.
async fn take_slot() -> Result<(), StoreFault> {
    let slot = slots::slot(Date::now(), Math::random());
    tabs::hold(&slot).await?;
    let is_due = DESK.with_borrow_mut(|desk| {
        desk.slot = Some(slot);
        desk.is_due
    });
    if is_due {
        put();
    }
    Ok(())
}

async fn remove_surplus(headings: &[Heading]) -> Result<(), StoreFault> {
    let mut removed = 0;
    for heading in slots::surplus(headings) {
        if tabs::hold(&heading.slot).await? {
            delete(heading.slot.clone(), true);
            removed += 1;
        }
    }
    if removed > 0 {
        tell(News::Removed(removed));
    }
    Ok(())
}

/// Offers the newest record that belongs to no open tab.
async fn offer_next() {
    if let Err(fault) = try_offer_next().await {
        blocked(&fault);
    }
}

async fn try_offer_next() -> Result<(), StoreFault> {
    let next =
        || DESK.with_borrow_mut(|desk| Some((desk.database.clone()?, desk.offers.pop_front()?)));
    while let Some((database, mut heading)) = next() {
        if !tabs::hold(&heading.slot).await? {
            continue;
        }
        let Some(value) = database::read_bytes(&database, &heading.slot).await? else {
            // Another tab was asked about it in the meantime.
            tabs::let_go(&heading.slot);
            continue;
        };
        let bytes = match value.dyn_into::<Uint8Array>() {
            Ok(bytes) => bytes,
            Err(other) => {
                heading
                    .fault
                    .get_or_insert_with(|| "found no project in the record".to_owned());
                let text = JSON::stringify(&other)
                    .map(String::from)
                    .unwrap_or_default();
                Uint8Array::from(text.as_bytes())
            }
        };
        // What cannot be read need not be copied either.
        let copied = if heading.fault.is_none() {
            bytes.to_vec()
        } else {
            Vec::new()
        };
        DESK.with_borrow_mut(|desk| {
            desk.offered = Some(Offered {
                heading: heading.clone(),
                bytes,
            });
        });
        tell(News::Found {
            heading,
            bytes: copied,
        });
        return Ok(());
    }
    Ok(())
}

fn remove_superseded() {
    let superseded = DESK.with_borrow_mut(|desk| desk.superseded.take());
    if let Some(slot) = superseded {
        delete(slot, true);
    }
}

/// Deletes a record, and lets it go if this tab writes there no more.
fn delete(slot: String, is_left: bool) {
    let Some(database) = DESK.with_borrow(|desk| desk.database.clone()) else {
        return;
    };
    spawn_local(async move {
        if let Err(fault) = database::delete(&database, &slot).await {
            // It is offered once more; nothing is lost.
            debug!("a record was not removed: {fault}");
        }
        if is_left {
            tabs::let_go(&slot);
        }
    });
}
