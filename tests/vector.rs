//! The picture of a network as SVG, read back by a reader of XML.

use network::{Edge, EdgeId, ElementId, Endpoint, KindId, Kinds, Node, NodeId, Parameter};
use neurarium::vector::{Gradients, Response, Wires, picture};
use project::{Edit, Group, GroupId, Note, NoteId, Project, apply, gesture};
use roxmltree::{Document, Node as Element};
use theme::{Sizes, Theme};

/// A name and a text that would break a picture that does not escape them.
const TRICKY: &str = "<b> & \"x\" 'y' ]]>";

/// Two inputs, a hidden neuron, an output; a positive, a negative, and a frozen wire.
fn project() -> Project {
    let mut project = Project::new(Kinds::default());
    let node = |id, kind, name: &str, at| Edit::AddNode {
        node: Node::new(NodeId(id), kind, name.to_owned()).at(at),
        edges: Vec::new(),
        column: None,
    };
    let wire = |id, from, to, weight| {
        let [from, to] = [from, to].map(|id| Endpoint::of(NodeId(id)));
        Edit::AddEdge(Edge::new(EdgeId(id), from, to, Parameter::scalar(weight)))
    };
    let edits = [
        node(0, KindId::INPUT, "x1", [-200.0, 100.0]),
        node(1, KindId::INPUT, TRICKY, [-200.0, -100.0]),
        node(2, KindId::HIDDEN, "h", [0.0, 0.0]),
        node(3, KindId::OUTPUT, "y", [200.0, 0.0]),
        wire(0, 0, 2, 0.5),
        wire(1, 1, 2, -2.0),
        wire(2, 2, 3, 1.0),
        Edit::AddGroup(Group::new(GroupId(0), TRICKY, [NodeId(0), NodeId(1)])),
        Edit::AddNote(Note::new(NoteId(0), TRICKY, [-200.0, -200.0])),
    ];
    for edit in edits {
        apply(&mut project, &edit).expect("the project is sound");
    }
    let bias = gesture::set_value(&project, ElementId::bias(NodeId(2)), 1.5);
    apply(&mut project, &bias).expect("the neuron has a bias");
    let freeze = Edit::SetFrozen {
        id: ElementId::weight(EdgeId(2)),
        is_frozen: true,
    };
    apply(&mut project, &freeze).expect("a weight can be frozen");
    project
}

fn of_class<'a>(document: &'a Document, class: &str) -> Vec<Element<'a, 'a>> {
    let has = |element: &Element| element.attribute("class") == Some(class);
    document.descendants().filter(has).collect()
}

fn number(element: &Element, name: &str) -> f32 {
    let text = element.attribute(name).expect("it has this attribute");
    text.parse().expect("it is a number")
}

fn drawn(theme: &Theme) -> String {
    picture(&project(), theme, &Wires::default(), |_| None)
}

#[test]
fn each_wire_is_as_wide_as_its_weight_and_only_negative_ones_are_dashed() {
    let text = drawn(&Theme::light());
    let document = Document::parse(&text).expect("it is sound XML");
    let wires = of_class(&document, "wire");
    let weights: Vec<f32> = wires
        .iter()
        .map(|wire| number(wire, "data-weight"))
        .collect();
    assert_eq!(weights, [0.5, -2.0, 1.0]);
    for (wire, weight) in wires.iter().zip(weights) {
        let width = number(wire, "stroke-width");
        assert!((width - Sizes::STANDARD.wire_width(weight, 1.0)).abs() < 1e-4);
        let is_dashed = wire.attribute("stroke-dasharray").is_some();
        assert_eq!(is_dashed, weight < 0.0, "{weight}");
    }
    let light = theme::Palette::LIGHT.negative;
    let hue = format!("#{:02x}{:02x}{:02x}", light.r, light.g, light.b);
    assert_eq!(wires[1].attribute("stroke"), Some(&*hue));
    assert_eq!(of_class(&document, "frost").len(), 1, "one wire is frozen");
}

#[test]
fn a_pruned_wire_is_dots_in_a_colour_without_a_sign_and_cut_in_its_middle() {
    let mut project = project();
    let prune = Edit::SetPruned {
        id: ElementId::weight(EdgeId(1)),
        is_pruned: true,
    };
    apply(&mut project, &prune).expect("a weight can be pruned");
    let theme = Theme::dark();
    let text = picture(&project, &theme, &Wires::default(), |_| None);
    let document = Document::parse(&text).expect("it is sound XML");
    assert_eq!(of_class(&document, "wire").len(), 2, "the others are lines");
    let rest = theme.palette.wire_at_rest();
    let hue = format!("#{:02x}{:02x}{:02x}", rest.r, rest.g, rest.b);
    let [dots] = of_class(&document, "pruned")[..] else {
        panic!("one wire is pruned");
    };
    assert_eq!(dots.attribute("stroke"), Some(&*hue));
    assert_eq!(dots.attribute("stroke-linecap"), Some("round"));
    // Both strokes lie about the middle between the rims of its neurons, y down.
    let [cut] = of_class(&document, "cut")[..] else {
        panic!("it is cut once");
    };
    let places: Vec<f32> = cut
        .attribute("d")
        .expect("it has a path")
        .split(|it: char| it.is_alphabetic() || it == ',' || it == ' ')
        .filter_map(|it| it.parse().ok())
        .collect();
    assert_eq!(places.len(), 8, "two strokes of two ends");
    let mean = |axis: usize| places.iter().skip(axis).step_by(2).sum::<f32>() / 4.0;
    assert!(
        (mean(0) - -100.0).abs() < 1.0 && (mean(1) - 50.0).abs() < 1.0,
        "{places:?}"
    );
}

#[test]
fn wires_are_drawn_at_the_scale_and_in_the_gradients_that_the_canvas_shows() {
    let theme = Theme::dark();
    // The wires in order: the loss rises, falls, and does not change.
    let of = |edge: EdgeId| [0.25, -0.5, 0.0][edge.0 as usize];
    let wires = Wires {
        scale: 2.0,
        gradients: Some(Gradients { gain: 4.0, of: &of }),
    };
    let text = picture(&project(), &theme, &wires, |_| None);
    let document = Document::parse(&text).expect("it is sound XML");
    let drawn = of_class(&document, "wire");
    let hex = |tone| {
        let hue = theme.palette.slope(tone);
        format!("#{:02x}{:02x}{:02x}", hue.r, hue.g, hue.b)
    };
    for (wire, (weight, tone)) in drawn
        .iter()
        .zip([(0.5, 0.5), (-2.0, -2.0 / 3.0), (1.0, 0.0)])
    {
        let width = number(wire, "stroke-width");
        assert!((width - theme.sizes.wire_width(weight, 2.0)).abs() < 1e-4);
        assert_eq!(wire.attribute("stroke"), Some(&*hex(tone)));
        // Dashes go on telling the sign of the weight.
        assert_eq!(wire.attribute("stroke-dasharray").is_some(), weight < 0.0);
    }
    let ticks = of_class(&document, "ticks");
    assert_eq!(
        ticks.len(),
        2,
        "where there is no gradient there are no ticks"
    );
    // The first tick of each: from the wire upwards, and from the wire downwards.
    let upwards: Vec<bool> = ticks
        .iter()
        .map(|ticks| {
            let path = ticks.attribute("d").expect("it has a path");
            let numbers: Vec<f32> = path
                .split(['M', 'L', ',', ' '])
                .filter(|word| !word.is_empty())
                .map(|word| word.parse().expect("it is a number"))
                .collect();
            // Paper has y down.
            numbers[3] < numbers[1]
        })
        .collect();
    assert_eq!(upwards, [true, false]);
}

#[test]
fn each_neuron_has_its_shape_its_rim_its_function_and_its_name() {
    let text = drawn(&Theme::dark());
    let document = Document::parse(&text).expect("it is sound XML");
    for (class, count) in [
        ("neuron input", 2),
        ("neuron hidden", 1),
        ("neuron output", 1),
        ("activation", 2),
        ("rim", 4),
    ] {
        assert_eq!(of_class(&document, class).len(), count, "{class}");
    }
    let rims: Vec<f32> = of_class(&document, "rim")
        .iter()
        .map(|rim| number(rim, "stroke-width"))
        .collect();
    assert!((rims[2] - Sizes::STANDARD.rim_width(1.5)).abs() < 1e-4);
    assert_eq!(rims[3], Sizes::STANDARD.rim_width_min);
    let outlines: Vec<_> = of_class(&document, "rim")
        .iter()
        .map(|rim| rim.attribute("d").unwrap_or_default().matches('A').count())
        .collect();
    // Two half circles; or one, and two corners of a flat side.
    assert_eq!(outlines, [3, 3, 2, 3]);
}

#[test]
fn what_a_person_wrote_stands_there_letter_by_letter() {
    let text = drawn(&Theme::dark());
    let document = Document::parse(&text).expect("it is sound XML");
    let texts: Vec<&str> = document
        .descendants()
        .filter(|element| element.has_tag_name("text"))
        .filter_map(|element| element.text())
        .map(str::trim)
        .collect();
    let tricky = texts.iter().filter(|text| **text == TRICKY).count();
    assert_eq!(tricky, 3, "a neuron, a group, a note: {texts:?}");
    assert!(texts.contains(&"x1") && texts.contains(&"y"));
}

#[test]
fn the_picture_is_as_large_as_what_is_in_it_with_y_down() {
    let text = drawn(&Theme::dark());
    let document = Document::parse(&text).expect("it is sound XML");
    let root = document.root_element();
    let view: Vec<f32> = root
        .attribute("viewBox")
        .expect("it has a view box")
        .split_whitespace()
        .map(|side| side.parse().expect("it is a number"))
        .collect();
    let [left, top, width, height] = view[..] else {
        panic!("four numbers, not {view:?}");
    };
    assert!(left < -226.0 && left + width > 226.0, "{view:?}");
    // The upper input is above, the note below everything.
    assert!(
        top < -126.0 && top > -250.0 && top + height > 200.0,
        "{view:?}"
    );
}

#[test]
fn a_response_is_a_tile_of_the_themes_colours_with_high_y_on_top() {
    let cells = [-1.0, -1.0, 1.0, 1.0];
    let theme = Theme::dark();
    let text = picture(&project(), &theme, &Wires::default(), |node| {
        (node == NodeId(2)).then_some(Response {
            side: 2,
            cells: &cells,
        })
    });
    let document = Document::parse(&text).expect("it is sound XML");
    let tiles: Vec<_> = document
        .descendants()
        .filter(|element| element.has_tag_name("image"))
        .collect();
    assert_eq!(tiles.len(), 1);
    let address = tiles[0].attribute("href").expect("it has a picture");
    let code = address
        .strip_prefix("data:image/png;base64,")
        .expect("the picture is in the file");
    let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, code)
        .expect("it is base64");
    let tile = image::load_from_memory(&png)
        .expect("it is a PNG")
        .to_rgb8();
    let positive = theme.palette.positive;
    assert_eq!(tile.get_pixel(0, 0).0, [positive.r, positive.g, positive.b]);
    let negative = theme.palette.negative;
    assert_eq!(tile.get_pixel(1, 1).0, [negative.r, negative.g, negative.b]);
}

#[test]
fn an_empty_canvas_and_a_torn_map_make_a_sound_picture_too() {
    let text = picture(
        &Project::default(),
        &Theme::dark(),
        &Wires::default(),
        |_| None,
    );
    Document::parse(&text).expect("it is sound XML");
    let text = picture(&project(), &Theme::dark(), &Wires::default(), |_| {
        Some(Response {
            side: 3,
            cells: &[0.0; 4],
        })
    });
    let document = Document::parse(&text).expect("it is sound XML");
    let tiles = document
        .descendants()
        .filter(|one| one.has_tag_name("image"));
    assert_eq!(tiles.count(), 0);
}
