//! The window takes another size, as a phone does when it is turned: what was seen stays in sight.

use bevy::math::{Rect, Vec2};
use bevy::prelude::*;
use bevy::window::WindowResized;

use crate::lens::{Lens, Stage};
use crate::view::AutoFrame;
use crate::{ControlTheme, FreeArea, Scene};

/// For so many frames panels look for their places.
const FRAMES: u8 = 6;

/// What was seen before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    lens: Lens,
    free: Rect,
}

/// What is kept in sight until the panels have found their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    seen: Seen,
    /// All there is, if all of it was in sight.
    whole: Option<geometry::Rect>,
    /// Where the camera was put last: if it is elsewhere now, someone else took it.
    last: Lens,
    frames: u8,
}

pub(crate) fn keep_in_sight(
    mut resized: MessageReader<WindowResized>,
    mut stage: Stage,
    scene: Res<Scene>,
    free: Res<FreeArea>,
    theme: Res<ControlTheme>,
    auto: Res<AutoFrame>,
    mut seen: Local<Option<Seen>>,
    mut kept: Local<Option<Kept>>,
) {
    let Some(lens) = stage.lens() else {
        return;
    };
    let is_resized = resized.read().count() > 0;
    if let Some(seen) = *seen
        && is_resized
        && seen.lens.window_px != lens.window_px
    {
        let whole = scene.bounds().filter(|&whole| seen.shows(whole));
        let kept = kept.get_or_insert(Kept {
            seen,
            whole,
            last: lens,
            frames: 0,
        });
        kept.frames = FRAMES;
    }
    let is_untouched =
        |last: Lens| last.centre == lens.centre && last.units_per_px == lens.units_per_px;
    // What is framed of itself needs no help.
    *kept = kept.filter(|kept| kept.frames > 0 && is_untouched(kept.last) && !auto.is_on());
    if let Some(kept) = &mut *kept {
        stage.look(kept.in_window(lens, &free, &theme));
        kept.last = stage.lens().unwrap_or(lens);
        kept.frames -= 1;
    }
    *seen = stage.lens().map(|lens| Seen {
        lens,
        free: free.in_window(&lens),
    });
}

impl Seen {
    fn shows(&self, whole: geometry::Rect) -> bool {
        let corners = [self.free.min, self.free.max].map(|px| self.lens.scene_from_px(px));
        let [one, other] = corners.map(<[f32; 2]>::from);
        let area = geometry::Rect::from_corners(one, other);
        area.union(whole) == area
    }
}

impl Kept {
    /// Everything, not larger than it was; or what was in the middle.
    fn in_window(&self, lens: Lens, free: &FreeArea, theme: &ControlTheme) -> Lens {
        let area = free.in_window(&lens);
        let before = lens.with_zoom(self.seen.lens.zoom());
        let Some(whole) = self.whole else {
            let middle = self.seen.lens.scene_from_px(self.seen.free.center());
            return before.aimed(middle, area.center());
        };
        let framed = lens.framing(whole, area, theme.margin_px());
        if framed.zoom() < before.zoom() {
            framed
        } else {
            before.aimed(Vec2::from(whole.centre()), area.center())
        }
    }
}
