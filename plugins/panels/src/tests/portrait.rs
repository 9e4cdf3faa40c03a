//! The large map, pointed at, pressed and walked through by keys.

use std::collections::BTreeMap;

use bevy_egui::egui::TextureId;
use graph::Pinned;
use network::Role;
use training::{CloseView, MapRequest, Mapped, Spread, Spreads};

use super::*;
use crate::map::{Axis, MapView, Tone};
use crate::points::{Facts, points_of};
use crate::portrait::{OtherView, PortraitState, PortraitView, portrait_sheet};

const X: [NodeId; 2] = [NodeId(0), NodeId(1)];
const Y: NodeId = NodeId(4);

/// A large map and what was wished for.
struct Large {
    project: Project,
    is_pinned: bool,
    others: usize,
    /// Where the neuron is.
    neuron: Option<Rect>,
    state: PortraitState,
    wishes: Vec<Intent>,
}

const SPREAD: Spread = Spread {
    mean: 0.5,
    deviation: 0.5,
    range: [0.0, 1.0],
    is_scalar: true,
};

impl Large {
    fn show(&mut self, ctx: &bevy_egui::egui::Context) {
        let theme = Theme::dark();
        if !prepare(ctx, &theme) {
            return;
        }
        let request = MapRequest {
            x: X[0],
            y: X[1],
            x_range: [-0.2, 1.2],
            y_range: [-0.2, 1.2],
            resolution: 2,
            fixed: Vec::new(),
            nodes: Mapped::All,
            close: None,
        };
        let close = CloseView {
            resolution: 2,
            cells: &[0.25, 0.5, 0.75, 1.0],
            rows: &[0, 1, 2, 3],
            values: &[0.25, 0.5, 0.75, 1.0],
            is_right: &[true, false, true, false],
        };
        let spreads = Spreads(
            X.map(|id| (id, SPREAD))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        );
        let facts = Facts {
            project: &self.project,
            parts: &[Part::Train, Part::Validation, Part::Train, Part::Test],
            spreads: &spreads,
            request: &request,
            close: Some(close),
            tone: Tone::of(Activation::Sigmoid, None),
            targets: Some([0.0, 1.0]),
        };
        let (points, summary) = points_of(&facts, Y);
        let axis = |node, name, range| Axis { node, name, range };
        let map = MapView {
            project: &self.project,
            subject: "y1",
            picture: TextureId::default(),
            cells: close.cells,
            resolution: 2,
            x: axis(X[0], "x1", request.x_range),
            y: axis(X[1], "x2", request.y_range),
            is_line: false,
            others: &[],
            points: &points,
            summary,
            probe: None,
        };
        let other = |index: usize| OtherView {
            node: NodeId(10 + index as u32),
            name: ["x3", "x4"][index % 2],
            value: 0.512_345_7,
            is_chosen: index == 0,
            spread: SPREAD,
        };
        let view = PortraitView {
            node: Y,
            name: "y1",
            role: Role::Output,
            is_pinned: self.is_pinned,
            map: Some(map),
            inputs: vec![(X[0], "x1"), (X[1], "x2"), (NodeId(10), "x3")],
            others: (0..self.others).map(other).collect(),
        };
        let free = arrange(ctx.content_rect(), false).free;
        let wishes = portrait_sheet(ctx, &theme, &view, free, self.neuron, &[], &mut self.state);
        self.wishes.extend(wishes);
    }
}

fn open(is_pinned: bool, others: usize, size: Vec2) -> Harness<'static, Large> {
    let large = Large {
        project: xor(),
        is_pinned,
        others,
        neuron: None,
        state: PortraitState::default(),
        wishes: Vec::new(),
    };
    let mut harness = Harness::builder().with_size(size).build_ui_state(
        |ui, large: &mut Large| {
            let ctx = ui.ctx().clone();
            large.show(&ctx);
        },
        large,
    );
    harness.run_steps(5);
    harness.state_mut().wishes.clear();
    harness
}

fn wished(harness: &mut Harness<'static, Large>, names: &[&str]) -> Vec<Intent> {
    for name in names {
        // What a menu offers comes last.
        let found = harness.get_all_by_label(name).last();
        found.expect("it is on screen").click_accesskit();
        harness.run_steps(3);
    }
    std::mem::take(&mut harness.state_mut().wishes)
}

#[test]
fn a_map_pointed_at_is_pinned_and_one_pinned_is_let_go() {
    let mut pointed = open(false, 0, DESKTOP);
    let pin = Intent::Pin(Pinned(Some(Y)));
    assert_eq!(wished(&mut pointed, &["Pin map"]), [pin]);
    assert!(pointed.query_by_label("Across").is_none());
    let mut pinned = open(true, 0, DESKTOP);
    let release = Intent::Pin(Pinned(None));
    assert_eq!(wished(&mut pinned, &["Release map"]), [release]);
}

#[test]
fn two_inputs_are_chosen_for_the_map_and_change_places() {
    let mut harness = open(true, 2, DESKTOP);
    let third = NodeId(10);
    for (names, axes) in [
        (&["Across", "x3"][..], [third, X[1]]),
        (&["Up", "x3"][..], [X[0], third]),
        (&["Swap inputs"][..], [X[1], X[0]]),
    ] {
        assert_eq!(wished(&mut harness, names), [Intent::SpanMap(axes)]);
    }
    // The other axis' own input: they change places.
    let axes = Intent::SpanMap([X[1], X[0]]);
    assert_eq!(wished(&mut harness, &["Across", "x2"]), [axes]);
}

#[test]
fn another_input_is_held_by_its_slider_and_goes_back_to_its_mean() {
    let mut harness = open(true, 2, DESKTOP);
    harness.get_by_label("Hold x4").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    let wishes = std::mem::take(&mut harness.state_mut().wishes);
    let [Intent::HoldInput(NodeId(11), Some(value))] = wishes[..] else {
        panic!("{wishes:?}");
    };
    assert!(value > 0.512_4 && value < 1.0, "{value}");
    let back = Intent::HoldInput(NodeId(10), None);
    assert_eq!(wished(&mut harness, &["x3 at mean"]), [back]);
    assert_eq!(wished(&mut harness, &["x4 at mean"]), [], "it is there");
}

#[test]
fn the_map_says_in_words_how_many_rows_are_wrong_and_by_how_much() {
    let harness = open(false, 0, DESKTOP);
    let map = harness.get_by_label("Map of y1");
    let words = "4 rows · 2 wrong · mean error 0.5000";
    assert_eq!(map.accesskit_node().value().as_deref(), Some(words));
    assert!(harness.query_by_label(words).is_some());
    for word in [
        "high target",
        "low target",
        "validation",
        "test",
        "off by 1",
        "wrong class",
    ] {
        assert!(harness.query_by_label(word).is_some(), "{word}");
    }
}

#[test]
fn a_row_is_told_when_it_is_pointed_at() {
    let mut harness = open(false, 0, DESKTOP);
    let square = harness.get_by_label("Map of y1").rect();
    // Row 2: x1 = 0, x2 = 1.
    let share = 0.2 / 1.4;
    let at = square.lerp_inside(vec2(share, share));
    harness.hover_at(at);
    harness.run_steps(40);
    for words in [
        "Row 2 · validation",
        "x1 = 0",
        "x2 = 1.000",
        "y1 = 0.5000",
        "target = 1.000",
    ] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    let off = "off by 0.5000, the wrong class";
    assert!(harness.query_by_label(off).is_some());
}

#[test]
fn rows_are_walked_through_with_the_arrow_keys() {
    let mut harness = open(false, 0, DESKTOP);
    harness.get_by_label("Map of y1").focus();
    harness.run_steps(3);
    for (key, words) in [
        (Key::ArrowRight, "Row 2 · validation"),
        (Key::ArrowRight, "Row 3 · training"),
        (Key::ArrowLeft, "Row 2 · validation"),
    ] {
        harness.key_press(key);
        harness.run_steps(3);
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let tried = Intent::Probe(vec![(X[0], 0.0), (X[1], 1.0)]);
    assert_eq!(harness.state().wishes, [tried]);
}

#[test]
fn the_large_map_stays_in_the_free_area_of_every_window() {
    for size in [PHONE, vec2(844.0, 390.0), DESKTOP, vec2(3840.0, 2160.0)] {
        let harness = open(true, 2, size);
        let window = Rect::from_min_size(Pos2::ZERO, size);
        let free = arrange(window, false).free;
        for name in ["Map of y1", "Release map"] {
            let place = harness.get_by_label(name).rect();
            assert!(free.contains_rect(place), "{name} at {place} in {size}");
        }
        let map = harness.get_by_label("Map of y1").rect();
        assert!(map.width() >= 120.0, "{} in {size}", map.width());
    }
}

#[test]
fn a_number_typed_takes_the_place_of_all_digits_of_the_one_before() {
    let mut harness = open(true, 2, DESKTOP);
    harness.get_by_label("Hold x4 value").click();
    harness.run_steps(3);
    harness.event(Event::Text("7".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let typed = Intent::HoldInput(NodeId(11), Some(7.0));
    assert!(
        harness.state().wishes.contains(&typed),
        "{:?}",
        harness.state().wishes
    );
}

#[test]
fn a_map_that_is_not_pinned_never_covers_the_neuron_pointed_at() {
    for (is_pinned, size, is_shown) in [
        (false, DESKTOP, true),
        (false, PHONE, false),
        (true, PHONE, true),
    ] {
        let mut harness = open(is_pinned, 0, size);
        let middle = arrange(Rect::from_min_size(Pos2::ZERO, size), false)
            .free
            .center();
        let neuron = Rect::from_center_size(middle, vec2(52.0, 52.0));
        harness.state_mut().neuron = Some(neuron);
        harness.run_steps(4);
        let map = harness.query_by_label("Map of y1").map(|map| map.rect());
        assert_eq!(map.is_some(), is_shown, "{size}");
        let is_apart = map.is_none_or(|map| !map.intersects(neuron));
        assert!(is_apart || is_pinned, "{map:?} over {neuron:?}");
    }
}
