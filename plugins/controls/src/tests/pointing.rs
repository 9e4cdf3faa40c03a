//! Pointing: what lights up under a mouse or a finger that rests, and the bundles of folded groups.

use geometry::WireCurve;
use graph::{Folding, Hovered, HoveredBundle, HoveredGroup, Subject, Thing};

use super::*;

/// A point on the wire from x1 to h.
fn on_wire() -> [f32; 2] {
    wire_curve([-200.0, 100.0], [0.0, 0.0]).point(0.5)
}

fn hovered(app: &App) -> Option<Subject> {
    app.world().resource::<Hovered>().0
}

fn bundle(app: &App) -> Option<[Thing; 2]> {
    app.world().resource::<HoveredBundle>().0
}

/// Both inputs become one thing, so the wire to the hidden neuron becomes a bundle; gives
/// its ends and its middle.
fn fold_inputs(app: &mut App) -> ([Thing; 2], [f32; 2]) {
    let document = app.world().resource::<Document>();
    let edit = project::gesture::group_and_fold(document.project(), &[X1, X2]);
    ask(
        app,
        Request::edit("group neurons", edit.expect("they are there")),
    );
    middle_of_bundle(app)
}

fn middle_of_bundle(app: &App) -> ([Thing; 2], [f32; 2]) {
    let folding = app.world().resource::<Folding>();
    let (from, to, _) = folding.folded().bundles().next().expect("it is there");
    let rect = app.world().resource::<Scene>().groups().next();
    let rect = rect.expect("there is a group").rect;
    let start = [rect.centre()[0] + 0.5 * rect.size()[0], rect.centre()[1]];
    let [x, y] = position(app, H);
    let radius = theme::Sizes::STANDARD.neuron_radius;
    let curve = WireCurve::between(start, [x - radius, y]);
    ([from, to], curve.point(0.5))
}

#[test]
fn a_finger_that_rests_points_at_what_is_under_it_until_it_is_lifted() {
    let mut app = create_test_app();
    press(&mut app, FINGER, on_wire());
    assert_eq!(hovered(&app), None, "it has not rested yet");
    for _ in 0..60 {
        app.update();
    }
    assert_eq!(hovered(&app), Some(Subject::Edge(WIRE)));
    release(&mut app, FINGER, on_wire());
    assert_eq!(hovered(&app), None);

    press(&mut app, FINGER, on_wire());
    for _ in 0..60 {
        app.update();
    }
    let beyond = [on_wire()[0] + 80.0, on_wire()[1]];
    move_to(&mut app, FINGER, beyond);
    assert_eq!(hovered(&app), None, "it moves the canvas now");
}

#[test]
fn a_bundle_is_pointed_at_and_gives_its_wires_to_each_pointer() {
    for pointer in [MOUSE, FINGER] {
        let mut app = create_test_app();
        let (ends, middle) = fold_inputs(&mut app);
        if pointer == MOUSE {
            move_to(&mut app, MOUSE, [middle[0], middle[1] + 4.0]);
            assert_eq!(bundle(&app), Some(ends));
            assert_eq!(app.world().resource::<HoveredGroup>().0, None);
        }
        click(&mut app, pointer, middle);
        let selection = selection(&app);
        assert!(selection.nodes.is_empty(), "{pointer:?}");
        assert!(selection.edges.iter().eq(&[WIRE]), "{pointer:?}");
        // The same again with Shift takes it out.
        with_shift(&mut app, |app| click(app, pointer, middle));
        assert!(super::selection(&app).is_empty(), "{pointer:?}");
    }
}

#[test]
fn a_bundle_is_found_where_its_ends_have_gone_and_no_longer_where_it_was() {
    let mut app = create_test_app();
    let (ends, before) = fold_inputs(&mut app);
    let edit = Edit::Move(vec![(H, [60.0, -220.0])]);
    ask(&mut app, Request::edit("move", edit));
    let (_, after) = middle_of_bundle(&app);
    move_to(&mut app, MOUSE, after);
    assert_eq!(bundle(&app), Some(ends));
    move_to(&mut app, MOUSE, before);
    assert_eq!(bundle(&app), None);
    move_to(&mut app, MOUSE, after);
    ask(&mut app, Request::Undo);
    ask(&mut app, Request::Undo);
    move_to(&mut app, MOUSE, after);
    assert_eq!(bundle(&app), None, "nothing is folded any more");
}
