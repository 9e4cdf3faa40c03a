//! The program on a web page: what the page gives it, and what it tells the page.

use bevy::prelude::*;
use bevy::render::error_handler::{ErrorType, RenderError, RenderErrorHandler, RenderErrorPolicy};
use bevy::window::RequestRedraw;
use canvas::drawing::StageReadiness;
use js_sys::JSON;
use storage::StoragePlugin;
use wasm_bindgen::prelude::*;

use super::narration::NarrationSystems;
use super::{AccessiblePlugin, AccessibleSystems, Controls, Narration, Surface, assemble};

/// What the page offers, `globalThis.neurarium`.
#[wasm_bindgen]
extern "C" {
    /// The first picture is there.
    #[wasm_bindgen(js_namespace = neurarium)]
    fn started();
    /// It cannot go on: one sentence why.
    #[wasm_bindgen(js_namespace = neurarium)]
    fn crashed(sentence: &str);
    /// Something for a screen reader to tell.
    #[wasm_bindgen(js_namespace = neurarium)]
    fn say(text: &str);
    /// The wishes in the page's address.
    #[wasm_bindgen(thread_local_v2, js_namespace = neurarium, js_name = params)]
    static PARAMS: Params;
    /// Where tests and tools find the controls.
    #[wasm_bindgen(thread_local_v2, js_name = neurarium)]
    static PAGE: Page;

    type Params;
    #[wasm_bindgen(method)]
    fn has(this: &Params, name: &str) -> bool;

    type Page;
    #[wasm_bindgen(method, setter)]
    fn set_controls(this: &Page, controls: JsValue);
}

/// How many frames a picture takes from being asked for to being on the screen.
const FRAMES_TO_SHOW: u32 = 3;

/// Opens Neurarium on the canvas `#stage`; returns at once, the browser goes on.
pub fn open_page() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| {
            format!(" ({}:{})", place.file(), place.line())
        });
        let message = panic.payload_as_str().unwrap_or("it did not say why");
        crashed(&format!("Neurarium broke down: {message}{place}."));
    }));
    let mut app = assemble(
        Surface::Page,
        StoragePlugin {
            project: None,
            recovery: storage::recovery_file(),
        },
    );
    app.insert_resource(RenderErrorHandler(on_render_error));
    app.add_systems(
        Last,
        (
            tell_started.run_if(not(|is_told: Res<Started>| is_told.0)),
            tell.after(NarrationSystems)
                .run_if(resource_changed::<Narration>.or_eager(resource_changed::<Started>)),
        )
            .chain(),
    );
    app.init_resource::<Started>();
    if PARAMS.with(|params| params.has("controls")) {
        app.add_plugins(AccessiblePlugin);
        app.add_systems(
            Last,
            publish_controls
                .after(AccessibleSystems)
                .run_if(resource_changed::<Controls>),
        );
    }
    app.run();
}

/// Whether the page knows that there is a picture.
#[derive(Resource, Default)]
struct Started(bool);

fn tell_started(
    readiness: Res<StageReadiness>,
    mut frames: Local<u32>,
    mut is_told: ResMut<Started>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    redraws.write(RequestRedraw);
    *frames = if readiness.is_ready() { *frames + 1 } else { 0 };
    if *frames > FRAMES_TO_SHOW {
        is_told.0 = true;
        started();
    }
}

/// What happened before the first picture is told after it: the page itself tells
/// until then how far it is.
fn tell(narration: Res<Narration>, started: Res<Started>) {
    if started.0 && !narration.0.is_empty() {
        say(&narration.0);
    }
}

fn publish_controls(controls: Res<Controls>) {
    let list = serde_json::to_string(&controls.0)
        .ok()
        .and_then(|text| JSON::parse(&text).ok());
    if let Some(list) = list {
        PAGE.with(|page| page.set_controls(list));
    }
}

/// Nothing can be drawn any more; the page has the project.
fn on_render_error(
    error: &RenderError,
    _main: &mut World,
    _render: &mut World,
) -> RenderErrorPolicy {
    crashed(&match error.ty {
        ErrorType::DeviceLost => {
            "The graphics device was lost. Reload to go on with your network.".to_owned()
        }
        _ => format!("The graphics device failed: {}.", error.description),
    });
    RenderErrorPolicy::StopRendering
}
