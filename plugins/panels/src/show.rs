//! The one system that gathers what panels show, shows them, and sends on what the person wants.

mod outlets;
mod over;
mod views;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::{self, Context, Margin};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use graph::{Document, Hovered, Pinned, Selection, Subject, Values};
use network::{ElementId, NodeId, Role};
use theme::Theme;
use training::{
    GradientHealth, Maps, NodeHealth, Pace, Part, Probe, Progress, Shown, Slice, SlowMotion,
    Spreads, TraceState,
};

use self::outlets::Outlets;
use self::over::{ask_question, show_notices, show_progress};
use self::views::{inputs_of, outputs_of, play_view};
use crate::boundary::BoundaryView;
use crate::data::DataView;
use crate::flow::{FlowSettings, FlowView, caption_ui, flow_ui};
use crate::known::{Known, map_subject};
use crate::layout::{
    Form, above_caption, arrange, beside_legend, has_room_for_legend, legend_place,
};
use crate::legend::{LegendView, legend_ui};
use crate::notices::Notices;
use crate::palette::palette_ui;
use crate::portrait::{OtherView, PortraitState, PortraitView, portrait_sheet};
use crate::properties::PropertiesView;
use crate::settings::TrainingView;
use crate::side::{SideState, SideView, Tab, side_ui};
use crate::style::{prepare, sheet};
use crate::top_bar::{TopBarView, top_bar_ui};
use crate::trial::TestView;
use crate::viewing::viewing_ui;
use crate::wires::{WireFacts, WireSettings};
use crate::{ChosenLook, FileState, FreeArea, Intent, PanelTheme};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<PanelMemory>();
    app.init_resource::<Notices>();
    app.add_systems(
        EguiPrimaryContextPass,
        (
            offer_inputs,
            show_panels,
            show_notices,
            show_progress,
            ask_question,
        )
            .chain(),
    );
}

/// The most neurons that the large map tries not to cover.
const MOST_UNCOVERED: usize = 300;

/// What panels remember between passes; no part of the project.
#[derive(Resource, Default)]
struct PanelMemory {
    side: SideState,
    portrait: PortraitState,
    /// The selection whose properties were brought to the top.
    selection: Selection,
}

/// Everything panels read.
#[derive(SystemParam)]
struct Sources<'w> {
    theme: Res<'w, PanelTheme>,
    look: Res<'w, ChosenLook>,
    document: Res<'w, Document>,
    values: Res<'w, Values>,
    selection: ResMut<'w, Selection>,
    progress: Res<'w, Progress>,
    probe: ResMut<'w, Probe>,
    maps: Res<'w, Maps>,
    slice: ResMut<'w, Slice>,
    spreads: Res<'w, Spreads>,
    hovered: Res<'w, Hovered>,
    pinned: ResMut<'w, Pinned>,
    pace: ResMut<'w, Pace>,
    shown: ResMut<'w, Shown>,
    flow: ResMut<'w, FlowSettings>,
    wires: ResMut<'w, WireSettings>,
    facts: Res<'w, WireFacts>,
    trace: Res<'w, TraceState>,
    slow: Res<'w, SlowMotion>,
    health: Res<'w, NodeHealth>,
    gradient: Res<'w, GradientHealth>,
    files: Res<'w, FileState>,
    known: ResMut<'w, Known>,
}

/// Every input of the network has a value to try, zero until the person sets it.
fn offer_inputs(document: Res<Document>, mut probe: ResMut<Probe>, mut seen: Local<Option<u64>>) {
    if *seen == Some(document.revision()) {
        return;
    }
    *seen = Some(document.revision());
    let wanted: Vec<NodeId> = document
        .project()
        .ordered(Role::Input)
        .map(|node| node.id)
        .collect();
    let is_same = probe.inputs.len() == wanted.len()
        && wanted.iter().all(|node| probe.inputs.contains_key(node));
    if !is_same {
        let kept = |node: &NodeId| probe.inputs.get(node).copied().unwrap_or(0.0);
        probe.inputs = wanted.iter().map(|node| (*node, kept(node))).collect();
    }
}

fn show_panels(
    mut contexts: EguiContexts,
    mut memory: ResMut<PanelMemory>,
    mut free_area: ResMut<FreeArea>,
    mut sources: Sources,
    mut outlets: Outlets,
) {
    let Ok(ctx) = contexts.ctx_mut() else {
        return;
    };
    let theme = sources.theme.0;
    if !prepare(ctx, &theme) {
        return;
    }
    if memory.selection != *sources.selection {
        memory.selection = sources.selection.clone();
        if !memory.selection.is_empty() {
            memory.side.tab = Tab::Properties;
        }
    }
    let looked_at = look(ctx, &theme, &mut sources, &mut memory);
    if sources.wires.is_legend_open.is_none() {
        let has_room = has_room_for_legend(ctx.content_rect());
        sources.wires.is_legend_open = Some(has_room);
    }
    let zoom = outlets.zoom();
    let (mut wishes, free) = show_all(ctx, &theme, &mut sources, zoom, &mut memory.side, looked_at);
    if let Some(view) = looked_at.and_then(|node| portrait_view(&sources, node)) {
        let project = sources.document.project();
        let nodes = project.network().nodes().take(MOST_UNCOVERED);
        let neurons: Vec<_> = nodes
            .filter_map(|node| outlets.in_window(project, node.id))
            .collect();
        let neuron = outlets.in_window(project, view.node);
        let portrait = &mut memory.portrait;
        let shown = portrait_sheet(ctx, &theme, &view, free, neuron, &neurons, portrait);
        wishes.extend(shown);
    }
    let form = arrange(ctx.content_rect(), true).form;
    let is_pinning = |wish: &Intent| matches!(wish, Intent::Pin(Pinned(Some(_))));
    if form.is_compact() && wishes.iter().any(is_pinning) {
        // The map needs the room that the sheet takes.
        memory.side.is_open = Some(false);
    }
    let free = Rect {
        min: Vec2::new(free.left(), free.top()),
        max: Vec2::new(free.right(), free.bottom()),
    };
    if free_area.set_if_neq(FreeArea(free)) {
        // Whoever frames the network into it does so in the next frame.
        ctx.request_repaint();
    }
    for wish in wishes {
        outlets.send(wish, &mut sources);
    }
}

/// Finds whose large map is shown, and asks for what is looked at closely: that, and
/// what the side sheet shows.
fn look(
    ctx: &Context,
    theme: &Theme,
    sources: &mut Sources,
    memory: &mut PanelMemory,
) -> Option<NodeId> {
    let pointed = match sources.hovered.0 {
        Some(Subject::Node(id)) => Some(id),
        _ => None,
    };
    let large = memory
        .portrait
        .subject(ctx, theme, *sources.pinned, pointed);
    let form = arrange(ctx.content_rect(), true).form;
    let project = sources.document.project();
    let side = map_subject(project, &sources.selection).filter(|_| memory.side.is_open(form));
    let mut wanted: Vec<NodeId> = side.into_iter().chain(large).collect();
    wanted.dedup();
    // What is no longer looked at costs little: the rest need not be asked for anew.
    let is_kept = !wanted.is_empty() && wanted.iter().all(|id| sources.slice.close.contains(id));
    if !is_kept && sources.slice.close != wanted {
        sources.slice.close = wanted;
    }
    large
}

/// What the large map of a neuron shows.
fn portrait_view<'a>(sources: &'a Sources, node: NodeId) -> Option<PortraitView<'a>> {
    let project = sources.document.project();
    let found = project.network().node(node)?;
    let large = &sources.known.large;
    let map = (large.subject() == Some(node))
        .then(|| large.view(project, &sources.maps, &sources.probe))
        .flatten();
    let is_pinned = sources.pinned.0 == Some(node);
    let (mut inputs, mut others) = (Vec::new(), Vec::new());
    if let (true, Some(request)) = (is_pinned, &sources.maps.request) {
        for input in sources.spreads.scalars(project) {
            let name = input.name.as_str();
            inputs.push((input.id, name));
            let held = request.fixed.iter().find(|(id, _)| *id == input.id);
            if let (Some(&(node, value)), Some(&spread)) = (held, sources.spreads.0.get(&input.id))
            {
                others.push(OtherView {
                    node,
                    name,
                    value,
                    is_chosen: sources.slice.held.contains_key(&node),
                    spread,
                });
            }
        }
    }
    Some(PortraitView {
        node,
        name: &found.name,
        role: project.network().role(found),
        is_pinned,
        map,
        inputs,
        others,
    })
}

/// Shows the sheets; gives what the person wants and what is left free.
fn show_all(
    ctx: &Context,
    theme: &Theme,
    sources: &mut Sources,
    zoom: f32,
    side: &mut SideState,
    looked_at: Option<NodeId>,
) -> (Vec<Intent>, egui::Rect) {
    let window = ctx.content_rect();
    let form = arrange(window, true).form;
    let mut places = arrange(window, side.is_open(form));
    let project = sources.document.project();
    let subject = map_subject(project, &sources.selection).filter(|_| side.is_open(form));
    sources.known.draw_maps(
        ctx,
        theme,
        project,
        &sources.maps,
        &sources.spreads,
        [subject, looked_at],
    );
    let (values, known, progress) = (&sources.values, &sources.known, &sources.progress);
    let values_of = |id: ElementId| (values.value(id), values.gradient(id));
    let (health, trace) = (&sources.health, &sources.trace);
    let health_of = |id: NodeId| health.of(id);
    let row_of = |id: NodeId| trace.node(id).copied();
    let inputs = inputs_of(project, known, &sources.probe);
    let outputs = outputs_of(project, known, &sources.probe);

    let top = TopBarView {
        form,
        file_name: sources.files.name.as_deref(),
        is_unsaved: sources.document.is_unsaved(),
        undo: sources.document.undo_label(),
        redo: sources.document.redo_label(),
        examples: &sources.files.examples,
        look: sources.look.0,
        play: play_view(project, known, progress),
    };
    let view = SideView {
        boundary: BoundaryView {
            subject,
            inputs: project.network().nodes_of(Role::Input).count(),
            map: known.side.view(project, &sources.maps, &sources.probe),
        },
        data: DataView {
            project,
            parts: &known.parts,
            counts: known.counts,
        },
        training: TrainingView {
            project,
            problem: known.problem.as_ref(),
            remarks: &known.remarks,
            fault: progress.fault.as_deref(),
            gradient: sources.gradient.0.as_deref(),
            pace: *sources.pace,
            rate: (progress.rate > 0.0).then_some(progress.rate),
            training_loss: &known.training_loss,
            validation_loss: &known.validation_loss,
        },
        test: TestView {
            inputs: &inputs,
            outputs: &outputs,
            test_rows: known.counts[2],
            evaluation: progress.evaluation(Part::Test),
        },
        properties: PropertiesView {
            project,
            values: &values_of,
            health: &health_of,
            row: &row_of,
            epochs: values.epochs(),
            selection: &sources.selection,
            warnings: &known.warnings,
        },
    };
    let flow = FlowView {
        project,
        settings: *sources.flow,
        status: progress.status,
        choice: sources.shown.choice,
        trace,
        parts: &known.parts,
        slow: &sources.slow,
    };
    let legend = LegendView {
        settings: *sources.wires,
        facts: *sources.facts,
        zoom,
    };
    let wishes = sheets(ctx, theme, &top, &view, (&flow, &legend), side);
    if legend.settings.is_legend_open == Some(true) {
        places.free = beside_legend(&places);
    }
    // While a row walks, what is told of it covers none of it.
    let free = if sources.slow.is_on() {
        above_caption(&places)[0]
    } else {
        places.free
    };
    (wishes, free)
}

/// Shows the sheets of views gathered before.
pub(crate) fn sheets(
    ctx: &Context,
    theme: &Theme,
    top: &TopBarView,
    view: &SideView,
    (flow, legend): (&FlowView, &LegendView),
    side: &mut SideState,
) -> Vec<Intent> {
    let form = top.form;
    let is_open = side.is_open(form);
    let places = arrange(ctx.content_rect(), is_open);
    let margin = Margin::symmetric(8, 4);
    let mut wishes = sheet(ctx, theme, "top bar", places.top, margin, |ui| {
        top_bar_ui(ui, theme, top)
    });
    let margin = Margin::same(8);
    wishes.extend(sheet(ctx, theme, "palette", places.palette, margin, |ui| {
        palette_ui(ui, theme, places.free)
    }));
    if let Some(place) = places.view {
        let margin = Margin::symmetric(8, 8);
        wishes.extend(sheet(ctx, theme, "viewing", place, margin, |ui| {
            let layout = egui::Layout::top_down(egui::Align::Center);
            ui.with_layout(layout, viewing_ui).inner
        }));
    }
    if legend.settings.is_legend_open == Some(true) {
        let place = legend_place(&places, legend.is_of_gradients());
        let margin = Margin::same(12);
        wishes.extend(sheet(ctx, theme, "legend", place, margin, |ui| {
            legend_ui(ui, theme, legend)
        }));
    }
    if flow.slow.is_on() {
        let [_, place] = above_caption(&places);
        let margin = Margin::symmetric(12, 8);
        sheet(ctx, theme, "caption", place, margin, |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| caption_ui(ui, flow));
        });
    }
    let margin = Margin::symmetric(8, 4);
    wishes.extend(sheet(ctx, theme, "flow bar", places.flow, margin, |ui| {
        flow_ui(ui, theme, flow)
    }));
    let margin = match (is_open, form) {
        (true, _) => Margin::same(12),
        (false, Form::Narrow) => Margin::symmetric(8, 10),
        (false, _) => Margin::symmetric(8, 12),
    };
    wishes.extend(sheet(ctx, theme, "side sheet", places.side, margin, |ui| {
        side_ui(ui, theme, form, view, side)
    }));
    wishes
}
