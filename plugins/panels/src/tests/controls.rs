//! Top bar, palette, folding, and the question before work is lost.

use bevy_egui::egui::accesskit::Role;

use super::*;
use crate::{Work, progress_ui};

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
fn the_canvas_is_tidied_and_looked_around_from_the_sheet_below_the_palette() {
    for (name, intent) in [
        ("Tidy up", ViewIntent::TidyUp),
        ("Show everything", ViewIntent::ShowAll),
        ("Show selection", ViewIntent::ShowSelection),
        ("Save picture", ViewIntent::SavePicture),
        ("Save drawing", ViewIntent::SaveDrawing),
    ] {
        assert_eq!(wishes(Scene::new(), name), [Intent::View(intent)]);
    }
    let mut harness = open(Scene::new(), PHONE);
    press(&mut harness, "Menu");
    press(&mut harness, "Tidy up");
    let wanted = Intent::View(ViewIntent::TidyUp);
    assert_eq!(harness.state().wishes, [wanted]);
}

#[test]
fn each_look_is_chosen_from_the_menu_on_a_desk_and_on_a_phone() {
    for (size, menu) in [(DESKTOP, "Look"), (PHONE, "Menu")] {
        for look in Look::ALL {
            let mut harness = open(Scene::new(), size);
            press(&mut harness, menu);
            press(&mut harness, look.name());
            assert_eq!(harness.state().wishes, [Intent::SetLook(look)]);
        }
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
fn a_pressed_neuron_of_the_palette_goes_near_the_middle_of_the_free_area() {
    let free = arrange(Rect::from_min_size(Pos2::ZERO, DESKTOP), true).free;
    for (name, kind) in [
        ("Input neuron", KindId::INPUT),
        ("Hidden neuron", KindId::HIDDEN),
        ("Output neuron", KindId::OUTPUT),
    ] {
        let add = Intent::AddNeuron {
            kind,
            near_screen: free.center().into(),
        };
        assert_eq!(wishes(Scene::new(), name), [add]);
    }
}

#[test]
fn the_palette_works_with_the_keyboard_alone() {
    let mut harness = open(Scene::new(), DESKTOP);
    harness.get_by_label("Hidden neuron").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let wishes = &harness.state().wishes;
    assert!(
        matches!(&wishes[..], [Intent::AddNeuron { kind, .. }] if *kind == KindId::HIDDEN),
        "{wishes:?}"
    );
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
    let phone_across = vec2(PHONE.y, PHONE.x);
    let small_phone_across = vec2(667.0, 331.0);
    for size in [
        PHONE,
        phone_across,
        small_phone_across,
        vec2(800.0, 600.0),
        vec2(1600.0, 500.0),
        DESKTOP,
        vec2(3840.0, 2160.0),
    ] {
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
            "Let it flow",
            "Slow motion",
            "Flow settings",
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
fn the_question_before_work_is_lost_has_three_answers() {
    for (name, answer) in [
        ("Save", Answer::Yes),
        ("Discard", Answer::No),
        ("Cancel", Answer::Cancel),
    ] {
        let question = Question {
            title: "You have unsaved work".to_owned(),
            text: "Save it before the window closes?".to_owned(),
            yes: "Save".to_owned(),
            no: "Discard".to_owned(),
        };
        let mut harness = Harness::builder().with_size(PHONE).build_ui_state(
            move |ui, found: &mut Option<Answer>| {
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

/// The sheet that tells of a long piece of work, and whether its end was asked for.
fn undertaking(size: Vec2, work: Work, is_asked: bool) -> Harness<'static, bool> {
    let mut harness = Harness::builder().with_size(size).build_ui_state(
        move |ui, is_ended: &mut bool| {
            let (ctx, theme) = (ui.ctx().clone(), Theme::light());
            if prepare(&ctx, &theme) {
                let free = arrange(ctx.content_rect(), false).free;
                *is_ended |= progress_ui(&ctx, &theme, free, &work, is_asked);
            }
        },
        false,
    );
    harness.run_steps(3);
    harness
}

fn opening(can_be_cancelled: bool) -> Work {
    Work {
        title: "Opening a_name_that_is_far_too_long_for_a_phone_in_portrait.ron".to_owned(),
        share: 0.437,
        can_be_cancelled,
    }
}

#[test]
fn a_long_piece_of_work_says_how_far_it_is_and_can_be_ended_by_button_and_by_key() {
    for size in [DESKTOP, PHONE] {
        let mut harness = undertaking(size, opening(true), false);
        assert!(harness.query_by_label("43 %").is_some());
        let bar = harness.get_by_role(Role::ProgressIndicator);
        assert_eq!(bar.accesskit_node().numeric_value(), Some(43.0));
        let window = Rect::from_min_size(Pos2::ZERO, size);
        let button = harness.get_by_label("Cancel");
        assert!(window.contains_rect(button.rect()), "{:?}", button.rect());
        assert!(!*harness.state());
        button.click();
        harness.run_steps(2);
        assert!(*harness.state());

        let mut harness = undertaking(size, opening(true), false);
        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert!(*harness.state());
    }
}

#[test]
fn work_that_cannot_be_ended_any_more_has_no_button_and_escape_answers_questions_first() {
    let mut harness = undertaking(DESKTOP, opening(false), false);
    assert!(harness.query_by_label("Cancel").is_none());
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(!*harness.state());
    let mut harness = undertaking(DESKTOP, opening(true), true);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(!*harness.state());
}
