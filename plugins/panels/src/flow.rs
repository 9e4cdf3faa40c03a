//! The flow bar: which row is shown on the canvas, which way its values run, and slow motion.

use bevy::prelude::Resource;
use bevy_egui::egui::containers::menu::{MenuButton, MenuConfig};
use bevy_egui::egui::{
    Align, Button, Layout, PopupCloseBehavior, Response, RichText, Ui, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icons;
use project::Project;
use theme::Theme;
use training::{Part, RowChoice, SlowMotion, Status, TraceState, Walk, WalkOrder};

use crate::Intent;
use crate::caption::{brief, caption};
use crate::style::{CONTROL_HEIGHT, small};
use crate::widgets::{checkbox, count, icon_button, slider, term};

/// The slowest and the fastest motes, as multiples of the theme's speed.
const SPEEDS: [f32; 2] = [0.25, 4.0];

/// How values flow on the canvas, as a person chose it.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct FlowSettings {
    /// What runs along the wires.
    pub direction: Direction,
    /// How fast: 1 as the theme has it, from 0.25 to 4.
    pub speed: f32,
    /// When it runs.
    pub runs: Runs,
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self {
            direction: Direction::default(),
            speed: 1.0,
            runs: Runs::default(),
        }
    }
}

impl FlowSettings {
    /// Whether values flow while training does this.
    #[must_use]
    pub fn is_running(&self, status: Status) -> bool {
        match self.runs {
            Runs::Always => true,
            Runs::WithTraining => status == Status::Training,
            Runs::Never => false,
        }
    }

    /// The same when the person has pressed the button that starts and stops it.
    fn toggled(self, status: Status) -> Self {
        let runs = match (self.is_running(status), status == Status::Training) {
            (true, true) => Runs::Never,
            (true, false) | (false, true) => Runs::WithTraining,
            (false, false) => Runs::Always,
        };
        Self { runs, ..self }
    }
}

/// What runs along the wires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// w·a, with the data.
    Forward,
    /// ∂L/∂w, against it.
    Backward,
    /// Both.
    #[default]
    Both,
}

impl Direction {
    /// Whether w·a is shown.
    #[must_use]
    pub fn has_forward(self) -> bool {
        self != Self::Backward
    }

    /// Whether gradients are shown.
    #[must_use]
    pub fn has_backward(self) -> bool {
        self != Self::Forward
    }
}

/// When values flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// While the network learns; a still program may sleep.
    #[default]
    WithTraining,
    /// All the time.
    Always,
    /// Not even while the network learns.
    Never,
}

/// What the flow bar shows.
#[derive(Clone, Copy, Debug)]
pub struct FlowView<'a> {
    /// The project.
    pub project: &'a Project,
    /// What the person chose.
    pub settings: FlowSettings,
    /// What training does.
    pub status: Status,
    /// The row the person chose.
    pub choice: RowChoice,
    /// What it does.
    pub trace: &'a TraceState,
    /// The part of each row of the table.
    pub parts: &'a [Part],
    /// Slow motion.
    pub slow: &'a SlowMotion,
}

impl FlowView<'_> {
    fn rows(&self) -> u32 {
        u32::try_from(self.project.table().rows()).unwrap_or(u32::MAX)
    }

    /// Whether the values of the shown row are put in by hand.
    fn is_by_hand(&self) -> bool {
        self.choice == RowChoice::ByHand || self.rows() == 0
    }

    /// The row of the table that is shown, from 0.
    fn row(&self) -> u32 {
        match self.choice {
            RowChoice::Table(row) => row.min(self.rows().saturating_sub(1)),
            RowChoice::First | RowChoice::ByHand => self.trace.table_row().unwrap_or_default(),
        }
    }

    /// The values of the shown row, and what comes of them.
    fn story(&self) -> String {
        let Some(trace) = &self.trace.trace else {
            return "Nothing has flowed yet.".to_owned();
        };
        let given = |nodes: &mut dyn Iterator<Item = &network::Node>| {
            const MOST: usize = 6;
            let all: Vec<_> = nodes.take(MOST + 1).collect();
            let mut told: Vec<String> = all
                .iter()
                .take(MOST)
                .filter_map(|node| {
                    let given = training::node_of(trace, node.id)?.output;
                    Some(format!("{} = {}", node.name, brief(given)))
                })
                .collect();
            if all.len() > MOST {
                told.push("…".to_owned());
            }
            told.join(", ")
        };
        let inputs = given(&mut self.project.ordered(network::Role::Input));
        let outputs = given(&mut self.project.ordered(network::Role::Output));
        let loss = trace
            .loss
            .map(|loss| format!("; loss {}", brief(loss)))
            .unwrap_or_default();
        let part = match self
            .trace
            .table_row()
            .and_then(|row| self.parts.get(row as usize))
        {
            Some(Part::Train) => " It is learned from.",
            Some(Part::Validation) => " It is for validation.",
            Some(Part::Test) => " It is kept for the test.",
            None => "",
        };
        format!("{inputs} → {outputs}{loss}.{part}")
    }
}

/// Shows the flow bar.
pub fn flow_ui(ui: &mut Ui, theme: &Theme, view: &FlowView) -> Vec<Intent> {
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.x = theme.sizes.space_half;
    ui.horizontal_centered(|ui| {
        if view.slow.is_on() {
            slow_ui(ui, theme, view, &mut wishes);
        } else {
            run_button(ui, view, &mut wishes);
            row_ui(ui, theme, view, &mut wishes);
            let hover = "Slow motion: one row walks forward, to the loss, back, and is learned \
                from, with the numbers on the wires.";
            if icon_button(ui, icons::FOOTPRINTS, "Slow motion", hover, true) {
                wishes.push(Intent::Walk(WalkOrder::Begin));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            settings_button(ui, theme, view, &mut wishes);
        });
    });
    wishes
}

fn settings_button(ui: &mut Ui, theme: &Theme, view: &FlowView, wishes: &mut Vec<Intent>) {
    let icon = RichText::new(icons::SLIDERS_HORIZONTAL).size(18.0);
    let button = Button::new(icon).min_size(vec2(CONTROL_HEIGHT, CONTROL_HEIGHT));
    let stays = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::from_button(button)
        .config(stays)
        .ui(ui, |ui| settings_ui(ui, theme, view, wishes));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Flow settings"));
    response.on_hover_text("What flows along the wires, which way, and how fast.");
}

fn run_button(ui: &mut Ui, view: &FlowView, wishes: &mut Vec<Intent>) {
    let (icon, name, hover) = if view.settings.is_running(view.status) {
        (
            icons::PAUSE,
            "Hold the flow",
            "Stop the motes on the wires.",
        )
    } else {
        let hover = "Let the values of the shown row flow along the wires.";
        (icons::PLAY, "Let it flow", hover)
    };
    if icon_button(ui, icon, name, hover, true) {
        wishes.push(Intent::SetFlow(view.settings.toggled(view.status)));
    }
}

fn row_ui(ui: &mut Ui, theme: &Theme, view: &FlowView, wishes: &mut Vec<Intent>) {
    if view.is_by_hand() {
        let label = ui.label(small("values by hand", theme));
        label.on_hover_ui(|ui| {
            let text = format!("The values of the Test tab flow: {}", view.story());
            ui.label(text);
        });
        return;
    }
    let (row, rows) = (view.row(), view.rows());
    let hover = "Show the row before.";
    if icon_button(ui, icons::CARET_LEFT, "Previous row", hover, row > 0) {
        wishes.push(Intent::Show(RowChoice::Table(row.saturating_sub(1))));
    }
    let mut shown = row.saturating_add(1);
    let inner = ui.scope(|ui| count(ui, "Shown row", &mut shown, 1..=rows));
    if inner.inner.is_changed {
        wishes.push(Intent::Show(RowChoice::Table(shown.saturating_sub(1))));
    }
    explain_row(&inner.response, view);
    let label = ui.label(small(format!("of {rows}"), theme));
    explain_row(&label, view);
    let hover = "Show the row after.";
    if icon_button(ui, icons::CARET_RIGHT, "Next row", hover, row + 1 < rows) {
        wishes.push(Intent::Show(RowChoice::Table(row + 1)));
    }
}

fn explain_row(response: &Response, view: &FlowView) {
    response.clone().on_hover_ui(|ui| {
        let text = format!("The row of the data whose values flow: {}", view.story());
        ui.label(text);
    });
}

fn slow_ui(ui: &mut Ui, theme: &Theme, view: &FlowView, wishes: &mut Vec<Intent>) {
    let walk = view.slow.walk();
    let has_before = walk.is_some_and(|walk| walk.before().is_some());
    let hover = if has_before {
        "Back to the stage before."
    } else {
        "Back goes as far as the beginning, and not behind what is learned."
    };
    let is_playing = view.slow.is_playing();
    let mut ask = |is_asked: bool, order: WalkOrder| {
        if is_asked {
            wishes.push(Intent::Walk(order));
        }
    };
    let icon = icons::SKIP_BACK;
    ask(
        icon_button(ui, icon, "Stage back", hover, has_before),
        WalkOrder::Back,
    );
    if is_playing {
        let hover = "Stay at this stage.";
        ask(
            icon_button(ui, icons::PAUSE, "Hold the walk", hover, true),
            WalkOrder::Hold,
        );
    } else {
        let hover = "Go on by itself, stage by stage.";
        ask(
            icon_button(ui, icons::PLAY, "Play the walk", hover, true),
            WalkOrder::Play,
        );
    }
    let hover = "On to the next stage.";
    let icon = icons::SKIP_FORWARD;
    ask(
        icon_button(ui, icon, "Stage on", hover, walk.is_some()),
        WalkOrder::Next,
    );
    let [at, of] = walk.map_or([0, 0], Walk::progress);
    ui.label(small(format!("stage {at} of {of}"), theme));
    let hover = "End slow motion.";
    ask(
        icon_button(ui, icons::X, "End slow motion", hover, true),
        WalkOrder::End,
    );
}

/// What stands above the bar while a row walks.
pub(crate) fn caption_ui(ui: &mut Ui, view: &FlowView) {
    let text = view.slow.walk().map_or_else(
        || "The row is about to set off …".to_owned(),
        |walk| caption(view.project, walk, view.trace.table_row()),
    );
    let label = ui.add(bevy_egui::egui::Label::new(&text).wrap());
    label.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &text));
}

fn settings_ui(ui: &mut Ui, theme: &Theme, view: &FlowView, wishes: &mut Vec<Intent>) {
    ui.set_width(260.0);
    let settings = view.settings;
    term(
        ui,
        theme,
        "shown row",
        "Neurons and wires show what this one row does in them.",
    );
    ui.horizontal(|ui| {
        let is_by_hand = view.is_by_hand();
        let hover = format!("A row of the data: {} are there.", view.rows());
        if choice(ui, "From the table", &hover, !is_by_hand) && view.rows() > 0 {
            wishes.push(Intent::Show(RowChoice::First));
        }
        let hover = "The values that you set in the Test tab; they have no target, so no gradient.";
        if choice(ui, "By hand", hover, is_by_hand) {
            wishes.push(Intent::Show(RowChoice::ByHand));
        }
    });
    term(
        ui,
        theme,
        "direction",
        "Which way motes run: with the data, or back as learning does.",
    );
    let loss = view.trace.trace.as_ref().and_then(|trace| trace.loss);
    let loss = loss.map_or_else(
        || "it has no target".to_owned(),
        |loss| format!("its loss is {}", brief(loss)),
    );
    let backward = format!(
        "∂L/∂w: how the loss of the shown row would grow with each weight, run back from output \
         to input; {loss}."
    );
    ui.horizontal(|ui| {
        for (word, hover, direction) in [
            (
                "Forward",
                "w·a: what each wire carries, weight times what its neuron gives.",
                Direction::Forward,
            ),
            ("Backward", &*backward, Direction::Backward),
            ("Both", "Both at once.", Direction::Both),
        ] {
            if choice(ui, word, hover, settings.direction == direction) {
                wishes.push(Intent::SetFlow(FlowSettings {
                    direction,
                    ..settings
                }));
            }
        }
    });
    let motion = theme.motion;
    let hover = format!(
        "How fast motes move and slow motion plays: now {} units a second, and never more than \
         {} motes a second past one place.",
        brief(motion.particle_speed * settings.speed),
        brief(motion.flash_max_hz),
    );
    term(ui, theme, "speed", &hover);
    let mut speed = settings.speed;
    if slider(ui, "Flow speed", &mut speed, SPEEDS[0]..=SPEEDS[1], true).is_changed
        && speed.is_finite()
    {
        let speed = speed.clamp(SPEEDS[0], SPEEDS[1]);
        wishes.push(Intent::SetFlow(FlowSettings { speed, ..settings }));
    }
    let hover = "Nothing moves: motes stand as arrows that point where values go, and all else \
        changes at once.";
    if checkbox(ui, "Reduced motion", hover, motion.is_reduced) {
        wishes.push(Intent::ReduceMotion(!motion.is_reduced));
    }
}

/// One of several words, of which one is chosen.
pub(crate) fn choice(ui: &mut Ui, word: &str, hover: &str, is_chosen: bool) -> bool {
    let button = Button::new(word)
        .selected(is_chosen)
        .min_size(vec2(56.0, CONTROL_HEIGHT));
    ui.add(button).on_hover_text(hover).clicked()
}
