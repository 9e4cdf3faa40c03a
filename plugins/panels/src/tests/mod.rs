//! All panels together, pressed and typed into as a person does, without Bevy.

mod controls;
mod flow;
mod legend;
mod portrait;
mod tabs;
mod training_tab;

use bevy_egui::egui::{Event, Key, Pos2, Rect, Vec2, pos2, vec2};
use datasets::Gate;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use graph::{Selection, Subject};
use network::{Activation, EdgeId, ElementId, KindId, NodeId};
use project::{Edit, Loss, Objective, Project, TrainingSettings, apply, gesture};
use theme::{Look, Theme};
use training::{
    Evaluation, FlowVerdict, GradientFlow, Health, LevelGradient, NodeTrace, Order, Pace, Part,
    RowChoice, SlowMotion, Status, Trace, TraceState, WalkOrder,
};

use crate::boundary::BoundaryView;
use crate::data::DataView;
use crate::flow::{Direction, FlowSettings, FlowView, Runs};
use crate::known::Known;
use crate::layout::arrange;
use crate::legend::LegendView;
use crate::properties::PropertiesView;
use crate::settings::{TrainingView, remedy};
use crate::show::sheets;
use crate::side::{SideState, SideView, Tab};
use crate::style::prepare;
use crate::top_bar::{PlayView, TopBarView};
use crate::trial::{InputView, OutputView, TestView};
use crate::wires::{WireFacts, WireSettings};
use crate::{Answer, FileIntent, Intent, Question, ViewIntent, question_ui};

const DESKTOP: Vec2 = vec2(1280.0, 720.0);
const PHONE: Vec2 = vec2(390.0, 844.0);

/// What the panels show, and what was wished for.
struct Scene {
    project: Project,
    known: Known,
    side: SideState,
    selection: Selection,
    status: Status,
    epochs: u32,
    /// The weight and bias of everything, as training reports it.
    live: f32,
    evaluation: Option<Evaluation>,
    health: Health,
    gradient: Option<GradientFlow>,
    choice: RowChoice,
    trace: TraceState,
    flow: FlowSettings,
    slow: SlowMotion,
    wires: WireSettings,
    facts: WireFacts,
    wishes: Vec<Intent>,
}

impl Scene {
    fn new() -> Self {
        let mut scene = Self {
            project: xor(),
            known: Known::default(),
            side: SideState::default(),
            selection: Selection::default(),
            status: Status::Idle,
            epochs: 0,
            live: 0.5,
            evaluation: None,
            health: Health::Fine,
            gradient: None,
            choice: RowChoice::First,
            trace: TraceState::default(),
            flow: FlowSettings::default(),
            slow: SlowMotion::default(),
            wires: WireSettings::default(),
            facts: WireFacts::default(),
            wishes: Vec::new(),
        };
        scene.learn();
        scene
    }

    fn on(tab: Tab) -> Self {
        let mut scene = Self::new();
        scene.side.tab = tab;
        scene.side.is_open = Some(true);
        scene
    }

    fn learn(&mut self) {
        self.known.learn(&self.project, true, true, true);
    }

    fn show(&mut self, ctx: &bevy_egui::egui::Context) {
        let theme = Theme::dark();
        if !prepare(ctx, &theme) {
            return;
        }
        let examples = [("XOR".to_owned(), "Two inputs, one answer.".to_owned())];
        let top = TopBarView {
            form: arrange(ctx.content_rect(), true).form,
            file_name: Some("XOR"),
            is_unsaved: true,
            undo: Some("add neuron"),
            redo: None,
            examples: &examples,
            look: Look::default(),
            play: PlayView {
                status: self.status,
                epochs: self.epochs,
                target_epochs: 300,
                batch: 1,
                batches: 2,
                loss: Some(0.25),
                seed: 1,
                problem: self.known.problem_text.as_deref(),
            },
        };
        let inputs = [input(NodeId(0), "x1"), input(NodeId(1), "x2")];
        let outputs = [OutputView {
            name: "y1".to_owned(),
            value: Some(0.98),
            range: [0.0, 1.0],
            activation: Activation::Sigmoid,
        }];
        let live = self.live;
        let values = move |_: ElementId| (Some(live), Some(0.125));
        let health = self.health;
        let health = move |_: NodeId| health;
        let row = |id: NodeId| self.trace.node(id).copied();
        let view = SideView {
            boundary: BoundaryView {
                subject: None,
                inputs: 2,
                map: None,
            },
            data: DataView {
                project: &self.project,
                parts: &self.known.parts,
                counts: self.known.counts,
            },
            training: TrainingView {
                project: &self.project,
                problem: self.known.problem.as_ref(),
                remarks: &self.known.remarks,
                fault: None,
                gradient: self.gradient.as_ref(),
                pace: Pace::Watch,
                rate: Some(0.0125),
                training_loss: &self.known.training_loss,
                validation_loss: &self.known.validation_loss,
            },
            test: TestView {
                inputs: &inputs,
                outputs: &outputs,
                test_rows: self.known.counts[2],
                evaluation: self.evaluation.as_ref(),
            },
            properties: PropertiesView {
                project: &self.project,
                values: &values,
                health: &health,
                row: &row,
                epochs: self.epochs,
                selection: &self.selection,
                warnings: &self.known.warnings,
            },
        };
        let flow = FlowView {
            project: &self.project,
            settings: self.flow,
            status: self.status,
            choice: self.choice,
            trace: &self.trace,
            parts: &self.known.parts,
            slow: &self.slow,
        };
        let legend = LegendView {
            settings: self.wires,
            facts: self.facts,
            zoom: 1.0,
        };
        let both = (&flow, &legend);
        self.wishes
            .extend(sheets(ctx, &theme, &top, &view, both, &mut self.side));
    }

    /// Whether an edit was wished for.
    fn has_edit(&self) -> bool {
        self.wishes
            .iter()
            .any(|wish| matches!(wish, Intent::Edit { .. }))
    }
}

fn input(node: NodeId, name: &str) -> InputView {
    InputView {
        node,
        name: name.to_owned(),
        value: 0.0,
        range: [-0.25, 1.25],
    }
}

/// Two inputs, two hidden neurons, one output, and the truth table of XOR.
fn xor() -> Project {
    let mut project = Project::default();
    let mut make = |edit: &dyn Fn(&Project) -> Edit| {
        let edit = edit(&project);
        apply(&mut project, &edit).unwrap();
    };
    for kind in [
        KindId::INPUT,
        KindId::INPUT,
        KindId::HIDDEN,
        KindId::HIDDEN,
        KindId::OUTPUT,
    ] {
        make(&|project| gesture::add_neuron(project, kind.clone(), [0.0, 0.0]));
    }
    for (from, to) in [(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)] {
        make(&|project| gesture::connect(project, NodeId(from), NodeId(to)).unwrap());
    }
    make(&|project| gesture::fill_with(project, Gate::Xor).unwrap());
    project
}

fn open(scene: Scene, size: Vec2) -> Harness<'static, Scene> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(64)
        .build_ui_state(
            |ui, scene: &mut Scene| {
                let ctx = ui.ctx().clone();
                scene.show(&ctx);
            },
            scene,
        );
    harness.run_steps(4);
    harness.state_mut().wishes.clear();
    harness
}

fn press(harness: &mut Harness<'static, Scene>, name: &str) {
    harness.get_by_label(name).click_accesskit();
    harness.run_steps(3);
}

/// Presses at a place, moves there, and lets go.
fn drag(harness: &mut Harness<'static, Scene>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run_steps(1);
    harness.drag_at(from);
    harness.run_steps(1);
    for step in 1..=4_u8 {
        harness.hover_at(from + (to - from) * f32::from(step) / 4.0);
        harness.run_steps(1);
    }
    harness.drop_at(to);
    harness.run_steps(2);
}

fn wishes(scene: Scene, name: &str) -> Vec<Intent> {
    let mut harness = open(scene, DESKTOP);
    press(&mut harness, name);
    harness.into_state().wishes
}
