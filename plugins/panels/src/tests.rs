//! All panels together, pressed and typed into as a person does, without Bevy.

use bevy_egui::egui::{Event, Key, Pos2, Rect, Vec2, pos2, vec2};
use datasets::Gate;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use graph::{Selection, Subject};
use network::{Activation, EdgeId, ElementId, KindId, NodeId};
use project::{Edit, Loss, Objective, Project, TrainingSettings, apply, gesture};
use theme::Theme;
use training::{Order, Part, Status};

use crate::boundary::BoundaryView;
use crate::data::DataView;
use crate::known::Known;
use crate::layout::arrange;
use crate::properties::PropertiesView;
use crate::settings::{TrainingView, remedy};
use crate::show::sheets;
use crate::side::{SideState, SideView, Tab};
use crate::style::prepare;
use crate::top_bar::{PlayView, TopBarView};
use crate::trial::{InputView, OutputView, TestView};
use crate::{FileAnswer, FileIntent, FileQuestion, Intent, question_ui};

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
        let view = SideView {
            boundary: BoundaryView {
                subject: "y1",
                inputs: 2,
                map: None,
                points: &[],
                probe: None,
            },
            data: DataView {
                project: &self.project,
                parts: &self.known.parts,
                counts: self.known.counts,
            },
            training: TrainingView {
                project: &self.project,
                problem: self.known.problem.as_ref(),
                fault: None,
                training_loss: &self.known.training_loss,
                validation_loss: &self.known.validation_loss,
            },
            test: TestView {
                inputs: &inputs,
                outputs: &outputs,
                test_rows: self.known.counts[2],
                evaluation: None,
            },
            properties: PropertiesView {
                project: &self.project,
                values: &values,
                epochs: self.epochs,
                selection: &self.selection,
                warnings: &self.known.warnings,
            },
        };
        self.wishes
            .extend(sheets(ctx, &theme, &top, &view, &mut self.side));
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

#[test]
fn pressing_train_asks_for_training_and_pressing_pause_to_stop() {
    assert_eq!(wishes(Scene::new(), "Train"), [Intent::Order(Order::Train)]);
    let mut scene = Scene::new();
    scene.status = Status::Training;
    assert_eq!(wishes(scene, "Pause"), [Intent::Order(Order::Pause)]);
    assert_eq!(
        wishes(Scene::new(), "One epoch"),
        [Intent::Order(Order::TrainOneEpoch)]
    );
}

#[test]
fn the_play_and_file_controls_say_what_is_wanted() {
    assert_eq!(wishes(Scene::new(), "Reset"), [Intent::Reset]);
    assert_eq!(wishes(Scene::new(), "New seed"), [Intent::NewSeed]);
    assert_eq!(wishes(Scene::new(), "Undo"), [Intent::Undo]);
    assert_eq!(wishes(Scene::new(), "Redo"), [], "there is nothing to redo");
    for (word, intent) in [
        ("New", FileIntent::New),
        ("Open", FileIntent::Open),
        ("Save", FileIntent::Save),
        ("Load CSV", FileIntent::LoadCsv),
    ] {
        assert_eq!(wishes(Scene::new(), word), [Intent::File(intent)]);
    }
}

#[test]
fn an_example_is_opened_from_its_menu() {
    let mut harness = open(Scene::new(), DESKTOP);
    press(&mut harness, "Examples");
    press(&mut harness, "XOR");
    let wanted = Intent::File(FileIntent::OpenExample(0));
    assert_eq!(harness.state().wishes, [wanted]);
}

#[test]
fn train_says_what_is_missing_instead_of_doing_nothing() {
    let mut scene = Scene::new();
    scene.project = Project::default();
    scene.learn();
    let [Intent::Refuse(sentence)] = &wishes(scene, "Train")[..] else {
        panic!("a sentence was expected");
    };
    assert!(sentence.contains("input neuron"), "{sentence}");
}

#[test]
fn a_bad_number_gives_a_sentence_and_no_edit() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "x1 row 1");
    harness.get_by_label("x1 row 1").type_text("abc");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let wishes = &harness.state().wishes;
    let expected = "“abc” is no number: x1 row 1 keeps 0.".to_owned();
    assert_eq!(*wishes, [Intent::Refuse(expected)]);
}

#[test]
fn a_good_number_is_one_edit_of_its_cell() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "y1 row 2");
    harness.get_by_label("y1 row 2").type_text("0,5");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let edit = Edit::SetCell {
        row: 1,
        node: NodeId(4),
        element: 0,
        value: 0.5,
    };
    assert_eq!(harness.state().wishes, [Intent::edit("edit cell", edit)]);
}

#[test]
fn escape_leaves_a_cell_as_it_was() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    press(&mut harness, "x1 row 1");
    harness.get_by_label("x1 row 1").type_text("7");
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.state().wishes, []);
}

#[test]
fn rows_come_and_go_and_gates_fill_the_table() {
    for (name, label) in [
        ("Add row", "add row"),
        ("Delete row 1", "delete row"),
        ("Fill with XOR", "fill data"),
        ("Shuffled", "divide data"),
    ] {
        let wishes = wishes(Scene::on(Tab::Data), name);
        assert!(
            matches!(&wishes[..], [Intent::Edit { label: found, .. }] if *found == label),
            "{name}: {wishes:?}"
        );
    }
}

#[test]
fn dragging_a_slider_is_one_step_of_continued_edits() {
    let mut harness = open(Scene::on(Tab::Training), DESKTOP);
    let rail = harness.get_by_label("Learning rate").rect();
    drag(&mut harness, rail.center(), rail.center() + vec2(60.0, 0.0));
    let wishes = &harness.state().wishes;
    let edits = wishes
        .iter()
        .filter(|wish| {
            matches!(
                wish,
                Intent::Edit {
                    edit: Edit::SetTraining(_),
                    is_continued: true,
                    ..
                }
            )
        })
        .count();
    assert!(edits >= 2, "{wishes:?}");
    assert_eq!(wishes.last(), Some(&Intent::CloseStep));
    assert_eq!(edits + 1, wishes.len(), "{wishes:?}");
}

#[test]
fn dragging_a_percentage_keeps_the_sum() {
    let mut harness = open(Scene::on(Tab::Data), DESKTOP);
    harness.get_by_label("Validation %").scroll_to_me();
    harness.run_steps(20);
    let place = harness.get_by_label("Validation %").rect().center();
    drag(&mut harness, place, place + vec2(80.0, 0.0));
    let mut edits = 0;
    for wish in &harness.state().wishes {
        if let Intent::Edit { edit, .. } = wish {
            let Edit::SetSplit(split) = edit else {
                panic!("{edit:?}");
            };
            split.validate().unwrap();
            edits += 1;
        }
    }
    assert!(edits > 0);
    assert_eq!(harness.state().wishes.last(), Some(&Intent::CloseStep));
}

#[test]
fn values_put_in_by_hand_are_a_probe_and_no_edit() {
    let mut harness = open(Scene::on(Tab::Test), DESKTOP);
    let rail = harness.get_by_label("Input x1").rect();
    drag(&mut harness, rail.center(), rail.right_center());
    let scene = harness.state();
    assert!(!scene.has_edit());
    assert!(matches!(&scene.wishes[0], Intent::Probe(inputs) if inputs[0].0 == NodeId(0)));
    let answer = harness.get_by_label("Output y1");
    assert_eq!(answer.value().as_deref(), Some("0.9800"));
}

#[test]
fn evaluation_is_offered_only_when_rows_are_kept_for_it() {
    let mut scene = Scene::on(Tab::Test);
    let split = datasets::Split::new(50, 0, 50, false).unwrap();
    apply(&mut scene.project, &Edit::SetSplit(split)).unwrap();
    scene.learn();
    let order = Intent::Order(Order::Evaluate(Part::Test));
    assert_eq!(wishes(scene, "Evaluate test data"), [order]);

    let mut scene = Scene::on(Tab::Test);
    let split = datasets::Split::new(100, 0, 0, false).unwrap();
    apply(&mut scene.project, &Edit::SetSplit(split)).unwrap();
    scene.learn();
    let harness = open(scene, DESKTOP);
    assert!(
        harness
            .query_by_label_contains("No rows are kept for the test")
            .is_some()
    );
}

#[test]
fn properties_are_live_and_change_while_training() {
    let mut scene = Scene::on(Tab::Properties);
    scene.status = Status::Training;
    scene.epochs = 7;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    let shown = |harness: &Harness<'static, Scene>| {
        let bias = harness.get_by_label("Bias");
        bias.accesskit_node().numeric_value()
    };
    assert_eq!(shown(&harness), Some(0.5));
    harness.state_mut().live = 0.75;
    harness.run_steps(2);
    assert_eq!(shown(&harness), Some(0.75));

    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    harness.event(Event::Text("2".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let is_set = |wish: &Intent| {
        matches!(
            wish,
            Intent::Edit { edit: Edit::SetValue { id, value, start }, .. }
                if *id == ElementId::bias(NodeId(2)) && *value == 2.0 && *start == 0.0
        )
    };
    let wishes = &harness.state().wishes;
    assert!(wishes.iter().any(is_set), "{wishes:?}");
    assert_eq!(wishes.last(), Some(&Intent::CloseStep));
}

#[test]
fn looking_into_a_live_number_changes_nothing() {
    let mut scene = Scene::on(Tab::Properties);
    scene.epochs = 7;
    scene.live = 0.123_456_79;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    harness.state_mut().live = 0.2;
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(!harness.state().has_edit(), "{:?}", harness.state().wishes);
}

#[test]
fn a_number_typed_while_training_is_not_wiped_by_its_live_value() {
    let mut scene = Scene::on(Tab::Properties);
    scene.epochs = 7;
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let mut harness = open(scene, DESKTOP);
    harness.get_by_label("Bias").focus();
    harness.run_steps(3);
    for (letter, live) in [("-", 0.6), ("1", 0.7), (".", 0.8), ("5", 0.9)] {
        harness.event(Event::Text(letter.to_owned()));
        harness.state_mut().live = live;
        harness.run_steps(2);
    }
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let is_set = |wish: &Intent| matches!(wish, Intent::Edit { edit: Edit::SetValue { value, .. }, .. } if *value == -1.5);
    let wishes = &harness.state().wishes;
    assert!(wishes.iter().any(is_set), "{wishes:?}");
}

#[test]
fn a_wire_can_be_frozen_from_either_end_of_the_properties() {
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let id = ElementId::weight(EdgeId(0));
    let edit = Edit::SetFrozen {
        id,
        is_frozen: true,
    };
    let wanted = [Intent::edit("freeze", edit)];
    assert_eq!(wishes(scene, "Freeze weight from x1"), wanted);
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Edge(EdgeId(0)));
    assert_eq!(wishes(scene, "Freeze weight"), wanted);
}

#[test]
fn freezing_all_is_one_edit_of_weights_and_bias() {
    let mut scene = Scene::on(Tab::Properties);
    scene.selection = Selection::only(Subject::Node(NodeId(2)));
    let wishes = wishes(scene, "Freeze all");
    let [
        Intent::Edit {
            edit: Edit::Batch(edits),
            ..
        },
    ] = &wishes[..]
    else {
        panic!("{wishes:?}");
    };
    assert_eq!(edits.len(), 3, "a bias and two weights");
}

#[test]
fn a_pressed_neuron_of_the_palette_goes_into_the_middle_of_the_free_area() {
    let free = arrange(Rect::from_min_size(Pos2::ZERO, DESKTOP), true).free;
    for (name, kind) in [
        ("Input neuron", KindId::INPUT),
        ("Hidden neuron", KindId::HIDDEN),
        ("Output neuron", KindId::OUTPUT),
    ] {
        let place = Intent::PlaceNeuron {
            kind,
            at_screen: free.center().into(),
        };
        assert_eq!(wishes(Scene::new(), name), [place]);
    }
}

#[test]
fn a_dragged_neuron_is_placed_where_it_is_let_go_but_not_on_a_sheet() {
    let mut harness = open(Scene::new(), DESKTOP);
    let from = harness.get_by_label("Hidden neuron").rect().center();
    drag(&mut harness, from, pos2(500.0, 400.0));
    let place = Intent::PlaceNeuron {
        kind: KindId::HIDDEN,
        at_screen: [500.0, 400.0],
    };
    assert_eq!(harness.state().wishes, [place]);
    harness.state_mut().wishes.clear();
    drag(&mut harness, from, pos2(1100.0, 400.0));
    assert_eq!(harness.state().wishes, []);
}

#[test]
fn important_buttons_are_inside_every_window() {
    for size in [PHONE, vec2(800.0, 600.0), DESKTOP, vec2(3840.0, 2160.0)] {
        let window = Rect::from_min_size(Pos2::ZERO, size);
        let mut harness = open(Scene::new(), size);
        for name in [
            "Train",
            "One epoch",
            "Reset",
            "New seed",
            "Undo",
            "Redo",
            "Input neuron",
            "Hidden neuron",
            "Output neuron",
            "Data",
            "Training",
            "Test",
            "Properties",
        ] {
            let place = harness.get_by_label(name).rect();
            assert!(window.contains_rect(place), "{name} at {place} in {size}");
            assert!(place.height() >= 32.0, "{name} is {} high", place.height());
        }
        let train = harness.get_by_label("Train").rect();
        assert!(train.height() >= 44.0 && train.width() >= 44.0);
        for tab in ["Training", "Test", "Properties", "Data"] {
            press(&mut harness, tab);
        }
    }
}

#[test]
fn on_a_phone_the_sheet_is_folded_until_a_tab_is_pressed() {
    let mut harness = open(Scene::new(), PHONE);
    assert!(harness.query_by_label("Add row").is_none());
    press(&mut harness, "Data");
    assert!(harness.query_by_label("Add row").is_some());
    press(&mut harness, "Data");
    assert!(harness.query_by_label("Add row").is_none());
}

#[test]
fn a_folded_sheet_opens_at_the_tab_that_is_pressed() {
    let mut harness = open(Scene::new(), DESKTOP);
    press(&mut harness, "Fold panel");
    assert!(harness.query_by_label("Add row").is_none());
    press(&mut harness, "Training");
    assert!(harness.query_by_label("Learning rate").is_some());
}

#[test]
fn a_loss_that_does_not_fit_is_mended_with_one_press() {
    let mut scene = Scene::on(Tab::Training);
    let objective = Objective::all(Loss::BinaryCrossEntropy);
    let settings = TrainingSettings {
        objective,
        ..scene.project.training().clone()
    };
    apply(&mut scene.project, &Edit::SetTraining(settings)).unwrap();
    let linear = Edit::SetActivation(NodeId(4), Activation::Linear);
    apply(&mut scene.project, &linear).unwrap();
    scene.learn();
    let mut project = scene.project.clone();
    let wishes = wishes(scene, "Give outputs sigmoid");
    let [Intent::Edit { edit, .. }] = &wishes[..] else {
        panic!("{wishes:?}");
    };
    apply(&mut project, edit).unwrap();
    assert_eq!(project.check_training(), Ok(()));
}

#[test]
fn every_remedy_ends_its_problem() {
    let mut project = xor();
    for (loss, activation) in [
        (Loss::BinaryCrossEntropy, Activation::Tanh),
        (Loss::CategoricalCrossEntropy, Activation::Sigmoid),
        (Loss::MeanSquaredError, Activation::Softmax),
    ] {
        let objective = Objective::all(loss);
        let settings = TrainingSettings {
            objective,
            ..project.training().clone()
        };
        apply(&mut project, &Edit::SetTraining(settings)).unwrap();
        apply(&mut project, &Edit::SetActivation(NodeId(4), activation)).unwrap();
        // A remedy may uncover the next problem; none comes back.
        for _ in 0..3 {
            let Err(problem) = project.check_training() else {
                break;
            };
            let (_, edit) = remedy(&project, &problem).unwrap();
            apply(&mut project, &edit).unwrap();
        }
        assert_eq!(project.check_training(), Ok(()));
    }
}

#[test]
fn the_question_before_work_is_lost_has_three_answers() {
    for (name, answer) in [
        ("Save", FileAnswer::Save),
        ("Discard", FileAnswer::Discard),
        ("Cancel", FileAnswer::Cancel),
    ] {
        let question = FileQuestion {
            title: "You have unsaved work".to_owned(),
            text: "Save it before the window closes?".to_owned(),
        };
        let mut harness = Harness::builder().with_size(PHONE).build_ui_state(
            move |ui, found: &mut Option<FileAnswer>| {
                let (ctx, theme) = (ui.ctx().clone(), Theme::light());
                if prepare(&ctx, &theme) && found.is_none() {
                    *found = question_ui(&ctx, &theme, &question);
                }
            },
            None,
        );
        harness.run_steps(3);
        harness.get_by_label(name).click();
        harness.run_steps(3);
        assert_eq!(*harness.state(), Some(answer));
    }
}
