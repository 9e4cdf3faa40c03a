//! The loop sleeps when nothing moves, and runs while training, a file or a hand does.

use std::time::Duration;

use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowResized};
use bevy::winit::{UpdateMode, WinitSettings};
use storage::FileProgress;
use training::{Progress, Status};

pub(super) fn plugin(app: &mut App) {
    app.insert_resource(calm());
    app.init_resource::<Settling>();
    app.add_systems(
        First,
        settle.run_if(on_message::<WindowResized>.or_eager(is_settling)),
    );
    app.add_systems(
        Last,
        follow_work.run_if(
            resource_exists_and_changed::<Progress>
                .or_eager(resource_exists_and_changed::<FileProgress>),
        ),
    );
}

/// How long the calm program looks at nothing. In the browser a look costs ten times as much, and all
/// that comes from the page wakes the loop by itself.
const NAP: Duration = Duration::from_secs(if cfg!(target_family = "wasm") { 4 } else { 1 });

/// Wakes for input, for a redraw somebody asked for, and now and then.
fn calm() -> WinitSettings {
    WinitSettings {
        focused_mode: UpdateMode::reactive(NAP),
        unfocused_mode: UpdateMode::reactive_low_power(Duration::from_secs(5)),
    }
}

/// How many more frames are drawn after the window has taken another size: panels
/// find their places in the first, the network is framed between them in the next.
#[derive(Resource, Default)]
struct Settling(u8);

fn is_settling(left: Res<Settling>) -> bool {
    left.0 > 0
}

fn settle(
    mut resized: MessageReader<WindowResized>,
    mut left: ResMut<Settling>,
    mut redraws: MessageWriter<RequestRedraw>,
) {
    left.0 = match resized.read().count() {
        0 => left.0.saturating_sub(1),
        _ => 4,
    };
    redraws.write(RequestRedraw);
}

/// Training shows itself frame by frame, also behind another window, where a
/// lower rate will do.
fn lively() -> WinitSettings {
    WinitSettings {
        focused_mode: UpdateMode::Continuous,
        unfocused_mode: UpdateMode::reactive_low_power(Duration::from_millis(33)),
    }
}

/// A file is read or written beside the loop, which looks how far it is.
fn attentive() -> WinitSettings {
    WinitSettings {
        focused_mode: UpdateMode::reactive(Duration::from_millis(50)),
        unfocused_mode: UpdateMode::reactive_low_power(Duration::from_millis(50)),
    }
}

/// What goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pulse {
    #[default]
    Calm,
    Attentive,
    Lively,
}

fn follow_work(
    progress: Res<Progress>,
    files: Res<FileProgress>,
    mut settings: ResMut<WinitSettings>,
    mut felt: Local<Pulse>,
) {
    let pulse = if progress.status == Status::Training {
        Pulse::Lively
    } else if files.is_working {
        Pulse::Attentive
    } else {
        Pulse::Calm
    };
    if pulse != *felt {
        *felt = pulse;
        *settings = match pulse {
            Pulse::Lively => lively(),
            Pulse::Attentive => attentive(),
            Pulse::Calm => calm(),
        };
    }
}
