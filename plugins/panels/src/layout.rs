//! Where the sheets float in a window, and what they leave free.

use bevy_egui::egui::{Rect, pos2, vec2};

/// Distance between sheets, and to the window's edge.
const GAP: f32 = 8.0;
/// Height of the top bar with one row.
const BAR: f32 = 56.0;
/// Windows narrower than this get a top bar of two rows.
const ONE_ROW_FROM: f32 = 1_180.0;
/// Windows narrower than this carry the sheets below the canvas.
const SIDE_FROM: f32 = 720.0;
/// Windows lower than this have one row on top, and sheets that scroll as a whole,
const LOW_BELOW: f32 = 560.0;
/// if they are wide enough for that row.
const LOW_FROM: f32 = 640.0;
/// Width of the open side sheet.
const SIDE: f32 = 340.0;
/// Width of the folded side sheet, or the height of one below the canvas.
const STRIP: f32 = 48.0;
/// Height of the flow bar, and its width where there is room.
const FLOW: [f32; 2] = [340.0, 48.0];
/// Height and most width of the sheet above it that tells what happens in slow motion.
const CAPTION: [f32; 2] = [600.0, 92.0];
/// Height of the sheet with six buttons for looking around and taking away.
const VIEW: f32 = 6.0 * 32.0 + 7.0 * GAP;
/// Width of the legend.
const LEGEND: f32 = 252.0;
/// Its most height while colours tell weights, and while they tell gradients.
const LEGEND_HEIGHTS: [f32; 2] = [472.0, 592.0];
/// With less room than this beside it, the legend lies over the canvas.
const LEAST_BESIDE_LEGEND: f32 = 420.0;
/// Windows smaller than this open without the legend.
const LEGEND_FROM: [f32; 2] = [1_600.0, 900.0];
/// One tile of the palette.
pub(crate) const TILE: [f32; 2] = [80.0, 84.0];

/// How a window is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Side by side, one row of controls.
    Wide,
    /// Side by side, two rows of controls.
    Medium,
    /// One above the other: a phone held upright.
    Narrow,
    /// Side by side with little height: a phone held across.
    Low,
}

impl Form {
    /// Whether there is room for little more than the canvas.
    pub(crate) fn is_compact(self) -> bool {
        matches!(self, Self::Narrow | Self::Low)
    }
}

/// The places of the sheets, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// How the window is divided.
    pub form: Form,
    /// The top bar.
    pub top: Rect,
    /// The palette of neurons.
    pub palette: Rect,
    /// The sheet for tidying up and looking around, where there is room for it.
    pub view: Option<Rect>,
    /// The sheet with boundary, data, training, test, properties.
    pub side: Rect,
    /// The flow bar, below the canvas.
    pub flow: Rect,
    /// What is left for the canvas.
    pub free: Rect,
}

/// Places the sheets in a window.
#[must_use]
pub fn arrange(window: Rect, is_side_open: bool) -> Layout {
    let form = match window.width() {
        width if width >= LOW_FROM && window.height() < LOW_BELOW => Form::Low,
        width if width < SIDE_FROM => Form::Narrow,
        width if width < ONE_ROW_FROM => Form::Medium,
        _ => Form::Wide,
    };
    let inner = window.shrink(GAP);
    let bar = match form {
        Form::Wide | Form::Low => BAR,
        Form::Medium | Form::Narrow => 2.0 * BAR - GAP,
    };
    let top = Rect::from_min_size(inner.min, vec2(inner.width(), bar));
    let below = Rect::from_min_max(pos2(inner.left(), top.bottom() + GAP), inner.max);
    if form == Form::Narrow {
        let tiles = Rect::from_min_max(
            pos2(below.left(), below.bottom() - TILE[1] - GAP),
            below.max,
        );
        let height = if is_side_open {
            (0.62 * (tiles.top() - below.top())).max(STRIP)
        } else {
            STRIP + GAP
        };
        let side = Rect::from_min_max(
            pos2(below.left(), tiles.top() - GAP - height),
            pos2(below.right(), tiles.top() - GAP),
        );
        let free = Rect::from_min_max(below.min, pos2(below.right(), side.top() - GAP));
        let (free, flow) = above_flow(free);
        return Layout {
            form,
            top,
            palette: tiles,
            view: None,
            side,
            flow,
            free,
        };
    }
    let height = (4.0 * TILE[1] + 5.0 * GAP).min(below.height());
    let tiles = vec2(TILE[0] + 2.0 * GAP, height);
    let palette = Rect::from_min_size(below.min, tiles);
    let width = if is_side_open { SIDE } else { STRIP + GAP };
    let side = Rect::from_min_max(pos2(below.right() - width, below.top()), below.max);
    let free = Rect::from_min_max(
        pos2(palette.right() + GAP, below.top()),
        pos2(side.left() - GAP, below.bottom()),
    );
    let (free, flow) = above_flow(free);
    Layout {
        form,
        top,
        palette,
        view: view_below(palette, below, form),
        side,
        flow,
        free,
    }
}

/// What is left above the flow bar, and the bar.
fn above_flow(free: Rect) -> (Rect, Rect) {
    let [width, height] = FLOW;
    let size = vec2(width.min(free.width()), height.min(0.5 * free.height()));
    let least = pos2(free.center().x - 0.5 * size.x, free.bottom() - size.y);
    let rest = Rect::from_min_max(free.min, pos2(free.right(), least.y - GAP));
    (rest, Rect::from_min_size(least, size))
}

/// What is left for the canvas above what is told in slow motion, and the place of
/// that, above the flow bar.
pub(crate) fn above_caption(layout: &Layout) -> [Rect; 2] {
    let [width, height] = CAPTION;
    let free = layout.free;
    let size = vec2(width.min(free.width()), height.min(0.5 * free.height()));
    let least = pos2(
        layout.flow.center().x - 0.5 * size.x,
        free.bottom() - size.y,
    );
    let rest = Rect::from_min_max(free.min, pos2(free.right(), least.y - GAP));
    [rest, Rect::from_min_size(least, size)]
}

/// The place of the legend, in the upper left corner of what is left for the canvas.
pub(crate) fn legend_place(layout: &Layout, is_of_gradients: bool) -> Rect {
    let height = LEGEND_HEIGHTS[usize::from(is_of_gradients)];
    let free = layout.free;
    Rect::from_min_size(free.min, vec2(LEGEND, height).min(free.size()))
}

/// What is left for the canvas beside the open legend: all of it, where too little would be
/// left.
pub(crate) fn beside_legend(layout: &Layout) -> Rect {
    let free = layout.free;
    let left = free.left() + LEGEND + GAP;
    if layout.form.is_compact() || free.right() - left < LEAST_BESIDE_LEGEND {
        return free;
    }
    Rect::from_min_max(pos2(left, free.top()), free.max)
}

/// Whether a window has so much room that the legend lies open in it at first.
pub(crate) fn has_room_for_legend(window: Rect) -> bool {
    window.width() >= LEGEND_FROM[0] && window.height() >= LEGEND_FROM[1]
}

/// Under the palette, where the window is high enough.
fn view_below(palette: Rect, below: Rect, form: Form) -> Option<Rect> {
    let place = Rect::from_min_size(
        pos2(palette.left(), palette.bottom() + GAP),
        vec2(palette.width(), VIEW),
    );
    (form != Form::Low && below.contains_rect(place)).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height))
    }

    #[test]
    fn the_canvas_keeps_the_larger_part_of_a_small_desktop_window() {
        let window = window(1280.0, 720.0);
        let open = arrange(window, true);
        assert_eq!(open.form, Form::Wide);
        assert!(open.free.area() > 0.5 * window.area(), "{:?}", open.free);
        let folded = arrange(window, false);
        // Beside the flow bar the canvas goes on.
        let beside = (folded.free.width() - folded.flow.width()) * folded.flow.height();
        assert!(folded.free.area() + beside > 0.7 * window.area());
    }

    #[test]
    fn the_legend_covers_no_sheet_and_is_open_at_first_only_where_there_is_much_room() {
        for (width, height, is_open) in [
            (390.0, 844.0, false),
            (667.0, 375.0, false),
            (1280.0, 720.0, false),
            (1920.0, 1080.0, true),
            (3840.0, 2160.0, true),
        ] {
            let window = window(width, height);
            assert_eq!(has_room_for_legend(window), is_open, "{width} × {height}");
            let layout = arrange(window, true);
            let place = legend_place(&layout, true);
            assert!(layout.free.contains_rect(place) && place.is_positive());
            let beside = beside_legend(&layout);
            let is_apart = !beside.intersects(place);
            assert_eq!(is_apart, width >= 1280.0, "{width} × {height}");
            assert!(layout.free.contains_rect(beside) && beside.is_positive());
        }
    }

    #[test]
    fn sheets_never_overlap_and_stay_in_the_window() {
        for (width, height) in [
            (390.0, 844.0),
            (844.0, 390.0),
            (667.0, 375.0),
            (740.0, 300.0),
            (800.0, 600.0),
            (1280.0, 720.0),
            (3840.0, 2160.0),
        ] {
            let window = window(width, height);
            for is_open in [false, true] {
                let Layout {
                    top,
                    palette,
                    view,
                    side,
                    flow,
                    free,
                    ..
                } = arrange(window, is_open);
                let mut all = vec![top, palette, side, flow, free];
                all.extend(view);
                for (index, one) in all.iter().enumerate() {
                    assert!(window.contains_rect(*one) && one.is_positive(), "{one:?}");
                    for other in &all[index + 1..] {
                        assert!(!one.intersects(*other), "{one:?} and {other:?}");
                    }
                }
            }
        }
    }
}
