//! The browser keeps unsaved work edit by edit: a copy in the page, a record that outlives it.

use std::path::Path;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use graph::{Document, Notice, Values};
use network::Kinds;

use super::page;
use super::store::{self, News};
use crate::keeping::{HandOver, Keeping, Record, Seen};
use crate::recovery::{AnswerSystems, Answered, RecoveryFile};
use crate::{FileFault, FileState, FileSystems, ProjectSaved, Recovered, Rescued, contents};

/// What a person is told where nothing can be kept.
const BLOCKED: &str =
    "Your browser does not let this page keep unsaved work: download it before you leave.";

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<Keeper>()
        .add_systems(Startup, open_store)
        .add_systems(
            Update,
            (
                hear_store.before(FileSystems),
                follow_answer
                    .in_set(FileSystems)
                    .after(AnswerSystems)
                    .run_if(on_message::<Answered>),
            ),
        )
        .add_systems(Last, keep_work);
}

/// What was kept, and what was said.
#[derive(Resource, Default)]
struct Keeper {
    keeping: Keeping,
    /// Whether the person was told that nothing can be kept.
    is_told: bool,
}

impl Keeper {
    fn tell_once(&mut self, notices: &mut MessageWriter<Notice>, sentence: impl Into<String>) {
        if !std::mem::replace(&mut self.is_told, true) {
            notices.write(Notice::failed(sentence));
        }
    }
}

fn open_store(file: Res<RecoveryFile>) {
    if let Some(name) = &file.0 {
        store::open(name.to_string_lossy().into_owned());
    }
}

fn hear_store(
    mut keeper: ResMut<Keeper>,
    mut recovered: ResMut<Recovered>,
    mut notices: MessageWriter<Notice>,
) {
    for news in store::take_news() {
        match news {
            News::Found { heading, bytes } => {
                let path = Path::new(&heading.name);
                let project = match heading.fault {
                    Some(fault) => Err(FileFault::new(path, fault)),
                    None => contents::project(path, &bytes, &Kinds::default()).map(Box::new),
                };
                let stem = path.file_stem().unwrap_or_default();
                recovered.0 = Some(Rescued {
                    name: stem.to_string_lossy().into_owned(),
                    project,
                });
            }
            News::Removed(1) => {
                notices.write(Notice::info(
                    "The oldest unsaved work was removed to make room for newer.",
                ));
            }
            News::Removed(count) => {
                notices.write(Notice::info(format!(
                    "The oldest {count} unsaved projects were removed to make room for newer."
                )));
            }
            News::Blocked => keeper.tell_once(&mut notices, BLOCKED),
        }
    }
}

fn follow_answer(
    mut answers: MessageReader<Answered>,
    mut keeper: ResMut<Keeper>,
    mut notices: MessageWriter<Notice>,
) {
    for answer in answers.read() {
        match answer {
            Answered::Restored => {
                store::restored();
                keeper.keeping.begin_new_record();
            }
            Answered::Forgotten => store::forget(),
            Answered::HandedOut => {
                let Some(handed_out) = store::hand_out() else {
                    continue;
                };
                notices.write(match handed_out {
                    Ok(name) => Notice::info(super::saved_sentence(name.as_ref())),
                    Err(fault) => Notice::failed(format!("{fault}.")),
                });
            }
        }
    }
}

fn keep_work(
    time: Res<Time<Real>>,
    document: Res<Document>,
    values: Res<Values>,
    state: Res<FileState>,
    mut saves: MessageReader<ProjectSaved>,
    mut keeper: ResMut<Keeper>,
    mut notices: MessageWriter<Notice>,
) {
    let keeper = &mut *keeper;
    for saved in saves.read() {
        keeper.keeping.saved(saved.generation, saved.epochs);
    }
    let seen = Seen {
        generation: document.generation(),
        revision: document.revision(),
        numbers: values.revision(),
        epochs: values.epochs(),
        is_unsaved: document.is_unsaved(),
    };
    let todo = keeper
        .keeping
        .observe(time.elapsed_secs_f64() * 1_000.0, seen);
    store::set_work(keeper.keeping.is_work());
    match todo.hand_over {
        HandOver::Nothing => {}
        HandOver::Later => store::keep_for_later(state.file_name(), document.current(&values)),
        HandOver::Now => {
            let began = Instant::now();
            if let Err(fault) = store::hand_over(state.file_name(), &document.current(&values)) {
                keeper.tell_once(
                    &mut notices,
                    format!("Unsaved work cannot be kept for the next start. {fault}."),
                );
            }
            keeper.keeping.took(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    if todo.is_saved_told
        && let Err(error) = page::saved()
    {
        debug!("the page was not told: {error:?}");
    }
    match todo.record {
        Record::Leave => {}
        Record::Put => store::put(),
        Record::Remove => store::remove(),
    }
    if let Some(ms) = todo.look_again_in_ms {
        page::wake_in(ms);
    }
}
