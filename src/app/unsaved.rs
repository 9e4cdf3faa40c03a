//! Before work would be lost: one question, and then what was wanted.

use bevy::prelude::*;
use bevy::window::WindowCloseRequested;
use graph::Document;
use panels::{Answer, Asked, FileIntent, Question};
use storage::{FileRequest, Recovered, ReplaceRequest};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Wanted>();
    app.add_systems(
        Update,
        (
            want_to_leave.run_if(on_message::<WindowCloseRequested>),
            want_files.run_if(on_message::<FileIntent>),
            offer_recovered
                .run_if(resource_changed::<Recovered>.or_eager(resource_changed::<Wanted>)),
            hear_answer.run_if(on_message::<Answer>),
            go_on_once_saved.run_if(is_saving),
        )
            .chain()
            .before(storage::FileSystems),
    );
    app.add_systems(
        Update,
        want_replacement
            .after(storage::FileSystems)
            .run_if(on_message::<ReplaceRequest>),
    );
}

/// What a person wants that may lose work.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    /// Close the program.
    Leave,
    /// Something that replaces the open project.
    Files(FileRequest),
    /// See the work again that the last run did not save.
    Recover,
}

/// What waits for an answer.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    wish: Option<Wish>,
    /// Whether it waits until all is saved.
    is_saving: bool,
    /// Whether the person would rather not say what becomes of rescued work: it
    /// stays where it is.
    is_recovery_put_off: bool,
}

fn is_saving(wanted: Res<Wanted>) -> bool {
    wanted.is_saving
}

fn want_to_leave(
    mut closing: MessageReader<WindowCloseRequested>,
    document: Res<Document>,
    mut wanted: ResMut<Wanted>,
    mut asked: ResMut<Asked>,
    mut exit: MessageWriter<AppExit>,
) {
    closing.clear();
    if document.is_unsaved() {
        wanted.wish = Some(Wish::Leave);
        asked.0 = Some(about_unsaved("Save it before Neurarium closes?"));
    } else {
        exit.write(AppExit::Success);
    }
}

fn want_files(
    mut intents: MessageReader<FileIntent>,
    document: Res<Document>,
    mut wanted: ResMut<Wanted>,
    mut asked: ResMut<Asked>,
    mut requests: MessageWriter<FileRequest>,
) {
    for intent in intents.read() {
        let (request, is_replacing) = match *intent {
            FileIntent::New => (FileRequest::New, true),
            FileIntent::Open => (FileRequest::Open(None), true),
            FileIntent::OpenExample(index) => (FileRequest::OpenExample(index), true),
            FileIntent::Save => (FileRequest::Save, false),
            FileIntent::SaveAs => (FileRequest::SaveAs(None), false),
            FileIntent::LoadCsv => (FileRequest::LoadCsv(None), false),
        };
        if is_replacing && document.is_unsaved() {
            ask_before(request, &mut wanted, &mut asked);
        } else {
            requests.write(request);
        }
    }
}

fn want_replacement(
    mut replacements: MessageReader<ReplaceRequest>,
    mut wanted: ResMut<Wanted>,
    mut asked: ResMut<Asked>,
) {
    for ReplaceRequest(request) in replacements.read() {
        ask_before(request.clone(), &mut wanted, &mut asked);
    }
}

fn ask_before(request: FileRequest, wanted: &mut Wanted, asked: &mut Asked) {
    wanted.wish = Some(Wish::Files(request));
    asked.0 = Some(about_unsaved(
        "Save it before another project takes its place?",
    ));
}

fn offer_recovered(
    recovered: Res<Recovered>,
    mut wanted: ResMut<Wanted>,
    mut asked: ResMut<Asked>,
) {
    let Some(rescued) = &recovered.0 else {
        return;
    };
    if wanted.wish.is_some() || wanted.is_recovery_put_off {
        return;
    }
    wanted.wish = Some(Wish::Recover);
    let (title, text, yes) = match &rescued.project {
        Ok(_) => (
            "There is work from last time",
            "Neurarium ended before it was saved. Bring it back?".to_owned(),
            "Bring back",
        ),
        Err(fault) => (
            "Work from last time cannot be read",
            format!("{fault}. Download it as it is? It stays here until you throw it away."),
            "Download",
        ),
    };
    asked.0 = Some(Question {
        title: title.to_owned(),
        text,
        yes: yes.to_owned(),
        no: "Throw away".to_owned(),
    });
}

fn about_unsaved(text: &str) -> Question {
    Question {
        title: "You have unsaved work".to_owned(),
        text: text.to_owned(),
        yes: "Save".to_owned(),
        no: "Discard".to_owned(),
    }
}

fn hear_answer(
    mut answers: MessageReader<Answer>,
    mut asked: ResMut<Asked>,
    mut wanted: ResMut<Wanted>,
    mut requests: MessageWriter<FileRequest>,
    mut exit: MessageWriter<AppExit>,
) {
    for answer in answers.read() {
        asked.0 = None;
        let wish = wanted.wish.take();
        match (answer, wish) {
            (Answer::Yes, Some(Wish::Recover)) => {
                requests.write(FileRequest::Restore);
            }
            (Answer::No, Some(Wish::Recover)) => {
                requests.write(FileRequest::Forget);
            }
            (Answer::Yes, wish) => {
                wanted.wish = wish;
                wanted.is_saving = true;
                requests.write(FileRequest::Save);
            }
            (Answer::No, Some(wish)) => fulfil(wish, &mut requests, &mut exit),
            (Answer::Cancel, Some(Wish::Recover)) => wanted.is_recovery_put_off = true,
            (Answer::No, None) | (Answer::Cancel, _) => {}
        }
    }
}

/// A save that fails or is given up leaves everything as it is; the next answer
/// or save decides.
fn go_on_once_saved(
    document: Res<Document>,
    mut wanted: ResMut<Wanted>,
    mut requests: MessageWriter<FileRequest>,
    mut exit: MessageWriter<AppExit>,
) {
    if document.is_unsaved() {
        return;
    }
    wanted.is_saving = false;
    if let Some(wish) = wanted.wish.take() {
        fulfil(wish, &mut requests, &mut exit);
    }
}

fn fulfil(
    wish: Wish,
    requests: &mut MessageWriter<FileRequest>,
    exit: &mut MessageWriter<AppExit>,
) {
    match wish {
        Wish::Leave => {
            exit.write(AppExit::Success);
        }
        Wish::Files(request) => {
            requests.write(request);
        }
        Wish::Recover => {}
    }
}
