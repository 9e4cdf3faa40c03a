//! The tip beside what the pointer rests on: its name, its formula, its live numbers.

use std::time::Duration;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::{self, Align2, Frame, Id, Label, Margin, Order, Pos2, Stroke, Ui, vec2};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use canvas::drawing::StageTheme;
use canvas::{Bundle, Folds};
use controls::CurrentGesture;
use controls::gesture::Gesture;
use graph::{
    Document, Folding, GroupId, Hovered, HoveredBundle, HoveredGroup, Subject, Thing, Values,
};
use panels::FreeArea;
use panels::style::{colour, prepare, small, strong};
use panels::tip::{BundleFacts, Tip, TipView, of_bundle, of_group, of_neuron, of_wire};
use theme::Theme;
use training::{NodeHealth, TraceState};

use super::Sight;
use super::groups::draw_distribution;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(EguiPrimaryContextPass, show_tip);
}

/// From what is pointed at to the tip, in logical pixels.
const GAP: f32 = 14.0;

/// From the pointer down to the tip: a wire goes on to the right.
const BELOW: f32 = 22.0;

/// Below a neuron stands its name.
const NAME: f32 = 36.0;

/// A finger covers more of what it points at.
const FINGER_GAP: f32 = 48.0;

/// The widest tip, in logical pixels.
const WIDEST: f32 = 320.0;

/// What the pointer can rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    Subject(Subject),
    Group(GroupId),
    Bundle([Thing; 2]),
}

/// What the pointer rests on, since when, and where the tip is.
#[derive(Clone, Copy, Debug)]
struct Resting {
    target: Target,
    since: Duration,
    /// Its right side at the top, and at the bottom, below its name.
    sides: [Pos2; 2],
}

/// What is pointed at, and what is known of it.
#[derive(SystemParam)]
struct Known<'w> {
    subject: Res<'w, Hovered>,
    group: Res<'w, HoveredGroup>,
    bundle: Res<'w, HoveredBundle>,
    gesture: Res<'w, CurrentGesture>,
    document: Res<'w, Document>,
    folding: Res<'w, Folding>,
    values: Res<'w, Values>,
    trace: Res<'w, TraceState>,
    health: Res<'w, NodeHealth>,
    folds: Res<'w, Folds>,
}

impl Known<'_> {
    /// What the pointer rests on, unless a gesture is doing something with it.
    fn target(&self) -> Option<Target> {
        let is_calm = match self.gesture.0 {
            Gesture::Idle => true,
            Gesture::Pressed { has_rested, .. } => has_rested,
            _ => false,
        };
        if !is_calm {
            return None;
        }
        let subject = self.subject.0.map(Target::Subject);
        let group = || self.group.0.map(Target::Group);
        let bundle = || self.bundle.0.map(Target::Bundle);
        subject.or_else(group).or_else(bundle)
    }

    fn bundle(&self, [from, to]: [Thing; 2]) -> Option<&Bundle> {
        let mut all = self.folds.bundles.iter();
        all.find(|bundle| (bundle.from, bundle.to) == (from, to))
    }

    fn tip(&self, target: Target) -> Option<Tip> {
        let project = self.document.project();
        let view = TipView {
            project,
            values: &self.values,
            trace: &self.trace,
        };
        match target {
            Target::Subject(Subject::Node(id)) => of_neuron(&view, id, self.health.of(id)),
            Target::Subject(Subject::Edge(id)) => of_wire(&view, id),
            Target::Group(id) => of_group(project, id, self.folding.folded().inner(id).len()),
            Target::Bundle(ends) => {
                let bundle = self.bundle(ends)?;
                let facts = BundleFacts {
                    wires: bundle.wires(),
                    weights: bundle.weights,
                    mean_size: bundle.mean_size,
                    signs: bundle.signs,
                };
                Some(of_bundle(project, ends, &facts))
            }
        }
    }
}

fn show_tip(
    mut contexts: EguiContexts,
    known: Known,
    sight: Sight,
    time: Res<Time<Real>>,
    theme: Res<StageTheme>,
    free: Res<FreeArea>,
    mut resting: Local<Option<Resting>>,
) {
    let Some(target) = known.target() else {
        *resting = None;
        return;
    };
    let Ok(context) = contexts.ctx_mut() else {
        return;
    };
    if !prepare(context, &theme) {
        return;
    }
    let now = time.elapsed();
    let is_finger = context.input(egui::InputState::any_touches);
    let here = match *resting {
        Some(here) if here.target == target => here,
        _ => {
            let sides = sides_of(target, &known, &sight, &theme);
            let pointer = || {
                context
                    .pointer_latest_pos()
                    .map(|at| [at + vec2(0.0, BELOW); 2])
            };
            let Some(sides) = sides.or_else(pointer) else {
                return;
            };
            *resting.insert(Resting {
                target,
                since: now,
                sides,
            })
        }
    };
    let delay = Duration::from_secs_f32(theme.motion.hover_delay_ms.max(0.0) / 1000.0);
    let waited = now.saturating_sub(here.since);
    // A finger has rested already.
    if waited < delay && !is_finger {
        context.request_repaint_after(delay - waited);
        return;
    }
    let Some(tip) = known.tip(target) else {
        return;
    };
    let bundle = match target {
        Target::Bundle(ends) => known.bundle(ends),
        _ => None,
    };
    let free = egui::Rect::from_min_max(
        Pos2::new(free.0.min.x, free.0.min.y),
        Pos2::new(free.0.max.x, free.0.max.y),
    );
    let id = Id::new("tip");
    let shown = context.memory(|memory| memory.area_rect(id));
    let width = shown.map_or(WIDEST, |shown| shown.width());
    let [right, below] = here.sides;
    let (pivot, at) = if is_finger {
        (Align2::CENTER_BOTTOM, right - vec2(0.0, FINGER_GAP))
    } else if right.x + GAP + width <= free.right() {
        (Align2::LEFT_TOP, right + vec2(GAP, 0.0))
    } else {
        // Its ways in stay to be seen.
        (Align2::RIGHT_TOP, below)
    };
    egui::Area::new(id)
        .order(Order::Tooltip)
        .interactable(false)
        .fade_in(false)
        .pivot(pivot)
        .fixed_pos(at)
        .constrain_to(free)
        .show(context, |ui| tip_ui(ui, &theme, &tip, bundle));
}

/// Beside a neuron the tip stands at its rim, or below it; else where the pointer came to
/// it.
fn sides_of(target: Target, known: &Known, sight: &Sight, theme: &Theme) -> Option<[Pos2; 2]> {
    let Target::Subject(Subject::Node(id)) = target else {
        return None;
    };
    let node = known.document.project().network().node(id)?;
    let radius = theme.sizes.neuron_radius;
    let [x, y] = node.position;
    let right = sight.on_screen([x + radius, y + radius])?;
    let below = sight.on_screen([x + radius, y - radius])?;
    Some([right, below + vec2(0.0, NAME)])
}

fn tip_ui(ui: &mut Ui, theme: &Theme, tip: &Tip, bundle: Option<&Bundle>) {
    let palette = &theme.palette;
    Frame::new()
        .fill(colour(palette.sheet.with_alpha(250)))
        .stroke(Stroke::new(1.0, colour(palette.sheet_border)))
        .corner_radius(theme.sizes.corner_radius_control)
        .inner_margin(Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.set_max_width(WIDEST);
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(strong(&tip.title)).wrap());
            for line in &tip.lines {
                let text = small(line, theme).color(colour(palette.text));
                ui.add(Label::new(text).wrap());
            }
            if let Some(bundle) = bundle {
                let size = vec2(160.0, 44.0);
                let (place, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                draw_distribution(ui.painter(), theme, bundle, place);
            }
        });
}
