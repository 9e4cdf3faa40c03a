//! The records of work in IndexedDB: each is known by the slot it lies in.

use bevy::prelude::*;
use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams, Transaction, TransactionMode};
use js_sys::{Date, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{page, tabs};
use crate::slots::{self, Heading};

/// What is known of each record without its bytes.
const HEADINGS: &str = "headings";
/// The bytes of each record.
const PROJECTS: &str = "projects";

/// Why the store cannot be used. Only for the log: a person is told one sentence,
/// whatever it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreFault {
    #[error("{0}")]
    Database(#[from] idb::Error),
    #[error("{0:?}")]
    Browser(JsValue),
    #[error("the transaction was aborted: {0:?}")]
    Aborted(Option<String>),
    #[error("no answer")]
    Silent,
}

impl From<JsValue> for StoreFault {
    fn from(value: JsValue) -> Self {
        Self::Browser(value)
    }
}

/// Opens the database of this name, and makes it if it is not there.
pub(super) async fn open(name: &str) -> Result<Database, StoreFault> {
    let mut request = Factory::new()?.open(name, Some(slots::FORMAT))?;
    request.on_upgrade_needed(|event| {
        let created = event.database().and_then(|database| {
            for store in [HEADINGS, PROJECTS] {
                database.create_object_store(store, ObjectStoreParams::new())?;
            }
            Ok(())
        });
        if let Err(error) = created {
            debug!("the store was not made: {error}");
        }
    });
    let mut database = request.await?;
    // A newer Neurarium in another tab may change the form: it is not kept waiting.
    database.on_version_change(|event| {
        if let Ok(database) = event.database() {
            database.close();
        }
    });
    Ok(database)
}

/// All records without their bytes, sorted.
pub(super) async fn headings(database: &Database) -> Result<Vec<Heading>, StoreFault> {
    let transaction = database.transaction(&[HEADINGS], TransactionMode::ReadOnly)?;
    let store = transaction.object_store(HEADINGS)?;
    let (keys, values) = (store.get_all_keys(None, None)?, store.get_all(None, None)?);
    let (keys, values) = (keys.await?, values.await?);
    let mut headings: Vec<Heading> = keys
        .iter()
        .zip(&values)
        .filter_map(|(key, value)| {
            Some(Heading::of(
                key.as_string()?,
                page::field(value, "version").as_f64(),
                page::field(value, "name").as_string(),
                page::field(value, "time").as_f64(),
                page::field(value, "bytes")
                    .as_f64()
                    .map(|bytes| bytes as usize),
            ))
        })
        .collect();
    slots::sort(&mut headings);
    Ok(headings)
}

/// What a record holds: bytes, unless somebody else wrote it.
pub(super) async fn read_bytes(
    database: &Database,
    slot: &str,
) -> Result<Option<JsValue>, StoreFault> {
    let transaction = database.transaction(&[PROJECTS], TransactionMode::ReadOnly)?;
    let store = transaction.object_store(PROJECTS)?;
    Ok(store.get(JsValue::from_str(slot))?.await?)
}

/// Begins to write a record: what is handed to the browser is written even if the page ends.
pub(super) fn begin_put(
    database: &Database,
    slot: &str,
    name: &str,
    bytes: &Uint8Array,
) -> Result<Transaction, StoreFault> {
    let heading = Object::new();
    let fields: [(&str, JsValue); 4] = [
        ("version", slots::FORMAT.into()),
        ("name", name.into()),
        ("time", Date::now().into()),
        ("bytes", bytes.length().into()),
    ];
    for (name, value) in fields {
        Reflect::set(&heading, &name.into(), &value)?;
    }
    let slot = JsValue::from_str(slot);
    let transaction = database.transaction(&[HEADINGS, PROJECTS], TransactionMode::ReadWrite)?;
    transaction
        .object_store(HEADINGS)?
        .put(&heading, Some(&slot))?;
    transaction
        .object_store(PROJECTS)?
        .put(bytes, Some(&slot))?;
    Ok(transaction.commit()?)
}

/// Deletes a record.
pub(super) async fn delete(database: &Database, slot: &str) -> Result<(), StoreFault> {
    let key = || JsValue::from_str(slot);
    let transaction = database.transaction(&[HEADINGS, PROJECTS], TransactionMode::ReadWrite)?;
    transaction.object_store(HEADINGS)?.delete(key())?;
    transaction.object_store(PROJECTS)?.delete(key())?;
    finish(transaction.commit()?).await
}

/// Waits until a transaction has come to its end. (That of `idb` ends with the
/// first error, and is called once more by the abort that follows.)
pub(super) async fn finish(mut transaction: Transaction) -> Result<(), StoreFault> {
    let (end, complete) = tabs::promise();
    let abort = complete.clone();
    transaction.on_complete(move |_| tabs::call(&complete, &JsValue::TRUE));
    transaction.on_abort(move |_| tabs::call(&abort, &JsValue::FALSE));
    if JsFuture::from(end).await?.is_truthy() {
        return Ok(());
    }
    Err(StoreFault::Aborted(
        transaction.error().map(|error| error.message()),
    ))
}
