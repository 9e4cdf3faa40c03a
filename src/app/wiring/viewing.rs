//! Panels → controls, storage: what the buttons for looking around, tidying up and taking
//! a picture do.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use bevy::window::RequestRedraw;
use canvas::Shine;
use canvas::drawing::{StageTheme, WireStyle};
use controls::{CameraOrder, DropNote, TidyUp};
use graph::{Document, Values};
use network::{EdgeId, ElementId};
use panels::{PlaceNote, ViewIntent};
use storage::{FileRequest, FileSystems, NamedFile, PicturePlace};
use training::Maps;

use crate::app::film::ending;
use crate::vector::{self, Gradients, Response, Wires};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawing>();
    app.add_systems(
        Update,
        (
            pass_on.run_if(on_message::<ViewIntent>),
            draw.run_if(on_message::<PicturePlace>),
            hand_over.run_if(is_drawing),
            place_note.run_if(on_message::<PlaceNote>),
        )
            .chain()
            .before(FileSystems),
    );
}

fn pass_on(
    mut intents: MessageReader<ViewIntent>,
    mut orders: MessageWriter<CameraOrder>,
    mut tidying: MessageWriter<TidyUp>,
    mut files: MessageWriter<FileRequest>,
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
            ViewIntent::SavePicture => {
                files.write(FileRequest::PickPicture("png"));
            }
            ViewIntent::SaveDrawing => {
                files.write(FileRequest::PickPicture("svg"));
            }
            // `wires` does it.
            ViewIntent::ToggleLegend => {}
        }
    }
}

/// A picture under way: of a large network it takes a while.
#[derive(Resource, Default)]
struct Drawing(Option<(PathBuf, Task<String>)>);

fn is_drawing(drawing: Res<Drawing>) -> bool {
    drawing.0.is_some()
}

fn draw(
    mut places: MessageReader<PicturePlace>,
    document: Res<Document>,
    values: Res<Values>,
    maps: Res<Maps>,
    theme: Res<StageTheme>,
    style: Res<WireStyle>,
    shine: Res<Shine>,
    mut drawing: ResMut<Drawing>,
) {
    let is_drawing = |place: &&PicturePlace| ending(&place.0) == "svg";
    // A second press while the first is still being drawn is the same wish.
    let Some(PicturePlace(path)) = places.read().find(is_drawing) else {
        return;
    };
    if drawing.0.is_some() {
        return;
    }
    let project = document.current(&values);
    let (maps, theme, scale) = (maps.clone(), **theme, style.scale);
    let told = style
        .tells
        .gradient_gain()
        .map(|gain| (gain, gradients(&values, &shine)));
    let task = AsyncComputeTaskPool::get().spawn(async move {
        let side = maps.maps.as_ref().map(|maps| maps.request.resolution);
        let layout = project.network().layout();
        let of = told.as_ref().map(|(_, gradients)| {
            move |edge: EdgeId| {
                let place = layout.position(ElementId::weight(edge));
                let gradient = place.and_then(|place| gradients.get(place));
                gradient.copied().unwrap_or_default()
            }
        });
        let gradients = told.as_ref().zip(of.as_ref());
        let wires = Wires {
            scale,
            gradients: gradients.map(|((gain, _), of)| Gradients { gain: *gain, of }),
        };
        vector::picture(&project, &theme, &wires, |node| {
            Some(Response {
                side: side? as usize,
                cells: maps.cells(node)?,
            })
        })
    });
    drawing.0 = Some((path.clone(), task));
}

/// The gradients that are drawn, in the canonical order.
fn gradients(values: &Values, shine: &Shine) -> Vec<f32> {
    if shine.gradients.len() == values.layout().len() {
        shine.gradients.clone()
    } else {
        values.gradients().to_vec()
    }
}

fn place_note(mut wishes: MessageReader<PlaceNote>, mut notes: MessageWriter<DropNote>) {
    for PlaceNote(at_screen) in wishes.read() {
        notes.write(DropNote {
            at_px: at_screen.map(Vec2::from),
        });
    }
}

fn hand_over(
    mut drawing: ResMut<Drawing>,
    mut requests: MessageWriter<FileRequest>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    redraws.write(RequestRedraw);
    let Some((path, task)) = &mut drawing.0 else {
        return;
    };
    if let Some(picture) = check_ready(task) {
        let file = NamedFile::with_bytes(path.clone(), picture.into_bytes());
        drawing.0 = None;
        requests.write(FileRequest::SavePicture(file));
    }
}
