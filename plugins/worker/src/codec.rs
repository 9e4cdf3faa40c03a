//! The form in which messages travel: structure as bytes, long lists of numbers apart.

use datasets::{Table, TableError};
use engine::{Checkpoint, Command, Handover, Report, Request};
use project::{Edit, EditError, Project};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a message cannot be packed or unpacked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CodecError {
    /// The bytes are no such message.
    #[error("{}", plainly(.0))]
    Structure(#[from] postcard::Error),
    /// It says otherwise how many lists it has than its structure does.
    #[error("the message says it has {said} lists of numbers, but has {found}")]
    Lists {
        /// What it says.
        said: usize,
        /// What its structure has.
        found: usize,
    },
    /// The numbers end before its lists do.
    #[error("the message ends before its numbers do")]
    NumbersMissing,
    /// There are more numbers than its lists hold.
    #[error("the message has more numbers than places for them")]
    NumbersLeft,
    /// Its rows are no table.
    #[error("the rows of the message are no table: {0}")]
    Table(#[from] TableError),
    /// Its rows do not fit its network.
    #[error("the rows of the message do not fit its network: {0}")]
    Rows(Box<EditError>),
}

/// What is wrong with the bytes of a message: postcard keeps no word of what a type has to
/// say of itself.
fn plainly(error: &postcard::Error) -> String {
    match error {
        postcard::Error::SerdeDeCustom => format!(
            "the message has a part that cannot be: something the engine does not know, a value out of its range, or edits in each other deeper than {} lists",
            Edit::MOST_NESTED
        ),
        postcard::Error::DeserializeUnexpectedEnd => {
            "the message ends before it is complete".to_owned()
        }
        _ => "the message is none of those the engine knows".to_owned(),
    }
}

/// What is done with each list.
type Visit<'a> = dyn FnMut(&mut Vec<f32>) -> Result<(), CodecError> + 'a;

/// Something that travels.
pub trait Message: Serialize + DeserializeOwned {
    /// Shows each long list of numbers, always in the same order, and takes over
    /// what becomes of it.
    ///
    /// # Errors
    /// What `visit` returns, or when the lists no longer fit the rest.
    fn visit_lists(&mut self, visit: &mut Visit<'_>) -> Result<(), CodecError>;
}

/// A message without its lists, and its lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// Lengths of the lists and the structure, by postcard.
    pub bytes: Vec<u8>,
    /// The lists in their order.
    pub lists: Vec<Vec<f32>>,
}

/// Where the numbers of a message come from.
pub trait Numbers {
    /// The next numbers; `None` when there are not so many left.
    fn take(&mut self, len: usize) -> Option<Vec<f32>>;

    /// Whether all were taken.
    fn is_empty(&self) -> bool;
}

impl Numbers for &[f32] {
    fn take(&mut self, len: usize) -> Option<Vec<f32>> {
        let (taken, rest) = self.split_at_checked(len)?;
        *self = rest;
        Some(taken.to_vec())
    }

    fn is_empty(&self) -> bool {
        <[f32]>::is_empty(self)
    }
}

/// Takes a message apart.
///
/// # Errors
/// When its rows do not fit its network, which a valid project never brings about.
pub fn pack<M: Message>(mut message: M) -> Result<Packed, CodecError> {
    let mut lists = Vec::new();
    message.visit_lists(&mut |list| {
        lists.push(std::mem::take(list));
        Ok(())
    })?;
    let lengths: Vec<usize> = lists.iter().map(Vec::len).collect();
    Ok(Packed {
        bytes: postcard::to_stdvec(&(lengths, message))?,
        lists,
    })
}

/// Puts a message together again.
///
/// # Errors
/// When bytes and numbers are no such message.
pub fn unpack<M: Message>(bytes: &[u8], numbers: &mut impl Numbers) -> Result<M, CodecError> {
    let ((lengths, mut message), rest): ((Vec<usize>, M), _) = postcard::take_from_bytes(bytes)?;
    if !rest.is_empty() {
        return Err(postcard::Error::DeserializeBadEncoding.into());
    }
    let mut found = 0;
    message.visit_lists(&mut |list| {
        // A missing length is told below, with how many there are.
        let length = lengths.get(found).copied().unwrap_or(0);
        found += 1;
        *list = numbers.take(length).ok_or(CodecError::NumbersMissing)?;
        Ok(())
    })?;
    if found != lengths.len() {
        let said = lengths.len();
        return Err(CodecError::Lists { said, found });
    }
    if numbers.is_empty() {
        Ok(message)
    } else {
        Err(CodecError::NumbersLeft)
    }
}

impl Message for Command {
    fn visit_lists(&mut self, visit: &mut Visit<'_>) -> Result<(), CodecError> {
        match &mut self.request {
            Request::Load { project, .. } => visit_project(project, visit),
            Request::Patch { edits, .. } => edits
                .iter_mut()
                .try_for_each(|edit| visit_edit(edit, visit)),
            Request::Resume(checkpoint) => visit_checkpoint(checkpoint, visit),
            // Short, all of them.
            Request::Train { .. }
            | Request::TrainOneEpoch
            | Request::Pause
            | Request::Probe(_)
            | Request::Trace(_)
            | Request::LearnRow(_)
            | Request::SubStep(_)
            | Request::Maps(_)
            | Request::StopMaps
            | Request::Histogram(_)
            | Request::SetHistoryBudget(_)
            | Request::LookBack(_)
            | Request::GoBack(_)
            | Request::Evaluate(_)
            | Request::Checkpoint
            | Request::Credit(_)
            | Request::Allow(_) => Ok(()),
        }
    }
}

impl Message for Report {
    fn visit_lists(&mut self, visit: &mut Visit<'_>) -> Result<(), CodecError> {
        visit(&mut self.values)?;
        visit(&mut self.gradients)?;
        visit(&mut self.signals)?;
        if let Some(trace) = &mut self.trace {
            visit(&mut trace.gradients)?;
            visit(&mut trace.updates)?;
        }
        if let Some(step) = &mut self.sub_step {
            visit(&mut step.row_losses)?;
            visit(&mut step.gradients)?;
            visit(&mut step.before)?;
            visit(&mut step.after)?;
        }
        if let Some(maps) = &mut self.maps {
            visit(&mut maps.cells)?;
            visit(&mut maps.close.cells)?;
            visit(&mut maps.close.values)?;
        }
        if let Some(past) = &mut self.past {
            visit(&mut past.values)?;
        }
        match &mut self.checkpoint {
            Some(checkpoint) => visit_checkpoint(checkpoint, visit),
            None => Ok(()),
        }
    }
}

impl Message for Handover {
    fn visit_lists(&mut self, visit: &mut Visit<'_>) -> Result<(), CodecError> {
        visit_project(&mut self.project, visit)?;
        if let Some(checkpoint) = &mut self.checkpoint {
            visit_checkpoint(checkpoint, visit)?;
        }
        visit(&mut self.history.scales)?;
        for frame in &mut self.history.keyframes {
            visit_checkpoint(&mut frame.checkpoint, visit)?;
        }
        self.unsent.visit_lists(visit)
    }
}

fn visit_checkpoint(checkpoint: &mut Checkpoint, visit: &mut Visit<'_>) -> Result<(), CodecError> {
    visit(&mut checkpoint.values)?;
    visit(&mut checkpoint.optimizer.first)?;
    visit(&mut checkpoint.optimizer.second)?;
    visit(&mut checkpoint.best)
}

fn visit_edit(edit: &mut Edit, visit: &mut Visit<'_>) -> Result<(), CodecError> {
    match edit {
        Edit::SetTable(table) => visit_table(table, visit),
        Edit::Restore(learned) => {
            visit(&mut learned.snapshot.values)?;
            visit(&mut learned.snapshot.starts)
        }
        Edit::AddNode {
            column: Some(placed),
            ..
        } => visit(&mut placed.column.values),
        Edit::Batch(edits) => edits
            .iter_mut()
            .try_for_each(|edit| visit_edit(edit, visit)),
        _ => Ok(()),
    }
}

/// A project without rows is a project: its rows can go and come.
fn visit_project(project: &mut Project, visit: &mut Visit<'_>) -> Result<(), CodecError> {
    let mut table = Box::new(project.table().clone());
    visit_table(&mut table, visit)?;
    project::apply(project, &Edit::SetTable(table))
        .map(|_| ())
        .map_err(|error| CodecError::Rows(Box::new(error)))
}

fn visit_table(table: &mut Table, visit: &mut Visit<'_>) -> Result<(), CodecError> {
    // Without columns there are no numbers, and rows that only a table knows of.
    if table.columns().is_empty() {
        return Ok(());
    }
    let mut columns = table.columns().to_vec();
    for column in &mut columns {
        visit(&mut column.values)?;
    }
    *table = Table::from_columns(columns)?;
    Ok(())
}
