//! Panels → controls, storage: what the buttons for looking around, tidying up and taking
//! a picture do.

use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy::window::RequestRedraw;
use canvas::drawing::StageTheme;
use controls::{CameraOrder, TidyUp};
use graph::{Document, Values};
use panels::ViewIntent;
use storage::{FileRequest, FileSystems, NamedFile};
use training::Maps;

use crate::vector::{self, Response};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawing>();
    app.add_systems(
        Update,
        (
            pass_on.run_if(on_message::<ViewIntent>),
            draw.run_if(on_message::<ViewIntent>),
            hand_over.run_if(is_drawing),
        )
            .chain()
            .before(FileSystems),
    );
}

fn pass_on(
    mut intents: MessageReader<ViewIntent>,
    mut orders: MessageWriter<CameraOrder>,
    mut tidying: MessageWriter<TidyUp>,
) {
    for intent in intents.read() {
        match intent {
            ViewIntent::TidyUp => {
                tidying.write(TidyUp);
            }
            ViewIntent::ShowAll => {
                orders.write(CameraOrder::FrameAll);
            }
            ViewIntent::ShowSelection => {
                orders.write(CameraOrder::FrameSelection);
            }
            // `draw` does this.
            ViewIntent::SavePicture => {}
        }
    }
}

/// A picture under way: of a large network it takes a while.
#[derive(Resource, Default)]
struct Drawing(Option<Task<String>>);

fn is_drawing(drawing: Res<Drawing>) -> bool {
    drawing.0.is_some()
}

fn draw(
    mut intents: MessageReader<ViewIntent>,
    document: Res<Document>,
    values: Res<Values>,
    maps: Res<Maps>,
    theme: Res<StageTheme>,
    mut drawing: ResMut<Drawing>,
) {
    let is_wanted = intents
        .read()
        .any(|intent| *intent == ViewIntent::SavePicture);
    // A second press while the first is still being drawn is the same wish.
    if !is_wanted || drawing.0.is_some() {
        return;
    }
    let project = document.current(&values);
    let (maps, theme) = (maps.clone(), **theme);
    drawing.0 = Some(AsyncComputeTaskPool::get().spawn(async move {
        let side = maps.maps.as_ref().map(|maps| maps.request.resolution);
        vector::picture(&project, &theme, |node| {
            Some(Response {
                side: side? as usize,
                cells: maps.cells(node)?,
            })
        })
    }));
}

fn hand_over(
    mut drawing: ResMut<Drawing>,
    mut requests: MessageWriter<FileRequest>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    redraws.write(RequestRedraw);
    if let Some(picture) = drawing.0.as_mut().and_then(check_ready) {
        drawing.0 = None;
        let file = NamedFile::with_bytes("picture.svg", picture.into_bytes());
        requests.write(FileRequest::SavePicture(file));
    }
}
