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
            FileIntent::Cancel => (FileRequest::Cancel, false),
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

#[cfg(test)]
mod tests {
    use graph::{GraphPlugin, Request};
    use network::KindId;
    use project::gesture;
    use storage::Rescued;

    use super::*;

    /// Only the questions; files are asked for, but nobody fetches them.
    fn create_test_app() -> App {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, GraphPlugin, plugin))
            .add_message::<WindowCloseRequested>()
            .add_message::<FileIntent>()
            .add_message::<Answer>()
            .add_message::<FileRequest>()
            .add_message::<ReplaceRequest>()
            .init_resource::<Recovered>()
            .init_resource::<Asked>();
        app.update();
        let neuron = gesture::add_neuron(
            app.world().resource::<Document>().project(),
            KindId::HIDDEN,
            [0.0; 2],
        );
        app.world_mut()
            .write_message(Request::edit("add neuron", neuron));
        app.update();
        app
    }

    fn rescue(app: &mut App) {
        app.world_mut().resource_mut::<Recovered>().0 = Some(Rescued {
            name: "XOR".to_owned(),
            project: Ok(Box::default()),
        });
        app.update();
    }

    fn answer(app: &mut App, answer: Answer) {
        app.world_mut().write_message(answer);
        app.update();
        app.update();
    }

    fn asked(app: &App) -> Option<&str> {
        let question = app.world().resource::<Asked>().0.as_ref();
        question.map(|question| question.title.as_str())
    }

    fn requests(app: &mut App) -> Vec<FileRequest> {
        let mut messages = app.world_mut().resource_mut::<Messages<FileRequest>>();
        messages.drain().collect()
    }

    const UNSAVED: Option<&str> = Some("You have unsaved work");
    const RESCUED: Option<&str> = Some("There is work from last time");

    #[test]
    fn a_dropped_project_asks_before_it_takes_the_place_of_unsaved_work() {
        let mut app = create_test_app();
        let wish = FileRequest::OpenExample(1);
        app.world_mut().write_message(ReplaceRequest(wish.clone()));
        app.update();
        assert_eq!(asked(&app), UNSAVED);
        assert_eq!(requests(&mut app), []);
        answer(&mut app, Answer::No);
        assert_eq!(asked(&app), None);
        assert_eq!(requests(&mut app), [wish]);
    }

    #[test]
    fn rescued_work_that_comes_while_another_question_is_open_is_offered_after_it() {
        let mut app = create_test_app();
        app.world_mut().write_message(FileIntent::New);
        app.update();
        assert_eq!(asked(&app), UNSAVED);
        rescue(&mut app);
        assert_eq!(asked(&app), UNSAVED);
        answer(&mut app, Answer::Cancel);
        assert_eq!(asked(&app), RESCUED);
        answer(&mut app, Answer::Yes);
        assert_eq!(requests(&mut app), [FileRequest::Restore]);
    }

    #[test]
    fn who_puts_the_question_about_rescued_work_off_is_not_asked_again() {
        let mut app = create_test_app();
        rescue(&mut app);
        assert_eq!(asked(&app), RESCUED);
        answer(&mut app, Answer::Cancel);
        assert_eq!(asked(&app), None);
        assert!(app.world().resource::<Recovered>().0.is_some());
        assert_eq!(requests(&mut app), []);
    }
}
