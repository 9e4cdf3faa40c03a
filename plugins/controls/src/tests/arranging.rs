//! Tidying up, and going to what is selected.

use super::*;
use graph::Subject;

/// Lets the layout come and be applied: it is made on a task.
fn wait_for_layout(app: &mut App, revision_before: u64) {
    for _ in 0..2_000 {
        app.update();
        if revision(app) > revision_before {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("no layout came");
}

fn middle(app: &App) -> Vec2 {
    let points = network(app).nodes().map(|node| node.position);
    let bounds = geometry::Rect::enclosing(points.map(|at| geometry::Rect::around(at, 0.0)));
    bounds.expect("there are neurons").centre().into()
}

/// The hidden neuron lies left of what feeds it, far away from the middle.
fn create_untidy_app() -> App {
    let mut app = create_test_app();
    let away = Edit::Move(vec![(H, [-700.0, 40.0]), (Y, [-300.0, 300.0])]);
    ask(&mut app, Request::edit("move neurons", away));
    app
}

#[test]
fn l_lays_the_network_out_in_layers_around_its_middle_as_one_step() {
    let mut app = create_untidy_app();
    let (before, was_around) = (positions(&app), middle(&app));
    let revision_before = revision(&app);
    letter(&mut app, "l", KeyCode::KeyL);
    wait_for_layout(&mut app, revision_before);
    assert_eq!(undo_label(&app), Some("tidy up"));
    let [x1, x2, h, y] = [X1, X2, H, Y].map(|id| position(&app, id));
    assert!(
        x1[0] == x2[0] && x1[0] < h[0] && h[0] < y[0],
        "{x1:?} {h:?} {y:?}"
    );
    assert!(middle(&app).distance(was_around) < 0.1);
    ask(&mut app, Request::Undo);
    assert_eq!(positions(&app), before);
    assert_eq!(undo_label(&app), Some("move neurons"));
}

#[test]
fn what_is_tidy_already_takes_no_step_but_is_shown_whole() {
    let mut app = create_untidy_app();
    let revision_before = revision(&app);
    letter(&mut app, "l", KeyCode::KeyL);
    wait_for_layout(&mut app, revision_before);
    let (tidy, framed) = (revision(&app), view(&app));
    drag(&mut app, MOUSE, [500.0, 300.0], [100.0, 300.0]);
    assert_ne!(view(&app), framed);
    letter(&mut app, "l", KeyCode::KeyL);
    for _ in 0..200 {
        app.update();
        std::thread::sleep(Duration::from_millis(1));
        if view(&app) == framed {
            break;
        }
    }
    assert_eq!(view(&app), framed);
    assert_eq!(revision(&app), tidy);
}

#[test]
fn neurons_glide_to_their_places_and_arrive_at_once_with_reduced_motion() {
    for is_reduced in [false, true] {
        let mut app = create_untidy_app();
        app.world_mut()
            .resource_mut::<ControlTheme>()
            .0
            .motion
            .is_reduced = is_reduced;
        let was = Vec2::from(position(&app, H));
        let revision_before = revision(&app);
        letter(&mut app, "l", KeyCode::KeyL);
        wait_for_layout(&mut app, revision_before);
        let shown = |app: &App| {
            let offsets = &app.world().resource::<DragPreview>().offsets;
            offsets.get(&H).map(|offset| Vec2::from(*offset))
        };
        if is_reduced {
            assert_eq!(shown(&app), None);
            continue;
        }
        let to = Vec2::from(position(&app, H));
        let way = was - to;
        let first = shown(&app).expect("it is on its way");
        assert!(first.distance(way) < 0.3 * way.length(), "{first} of {way}");
        let mut last = first.length();
        for _ in 0..10 {
            app.update();
            let left = shown(&app)
                .expect("300 ms are more than ten frames")
                .length();
            assert!(left < last, "{left} after {last}");
            last = left;
        }
        for _ in 0..20 {
            app.update();
        }
        assert!(app.world().resource::<DragPreview>().offsets.is_empty());
    }
}

#[test]
fn undoing_on_the_way_has_everything_back_at_once() {
    let mut app = create_untidy_app();
    app.world_mut()
        .resource_mut::<ControlTheme>()
        .0
        .motion
        .is_reduced = false;
    let before = positions(&app);
    let revision_before = revision(&app);
    letter(&mut app, "l", KeyCode::KeyL);
    wait_for_layout(&mut app, revision_before);
    ask(&mut app, Request::Undo);
    assert_eq!(positions(&app), before);
    assert!(app.world().resource::<DragPreview>().offsets.is_empty());
}

#[test]
fn seven_hundred_eighty_four_inputs_become_a_block_of_28_by_28_in_their_order() {
    let mut project = Project::new(Kinds::default());
    for id in 0..784 {
        let add = Edit::AddNode {
            node: Node::new(NodeId(id), KindId::INPUT, format!("x{id}"))
                .at([0.0, -60.0 * id as f32]),
            edges: Vec::new(),
            column: None,
        };
        project::apply(&mut project, &add).expect("an input can be added");
    }
    let places: std::collections::BTreeMap<_, _> = tidied(project.network()).into_iter().collect();
    let place = |id: u32| Vec2::from(places[&NodeId(id)]);
    let (first, second, below) = (place(0), place(1), place(28));
    assert!((first.y - second.y).abs() < 0.01 && second.x > first.x);
    assert!((first.x - below.x).abs() < 0.01 && below.y < first.y);
    assert!((place(27).y - first.y).abs() < 0.01, "28 in a row");
}

#[test]
fn shift_and_f_go_to_what_is_selected_and_to_everything_when_nothing_is() {
    let mut app = create_test_app();
    let selection = Selection::only(Subject::Edge(WIRE));
    app.world_mut().insert_resource(selection);
    with_shift(&mut app, |app| letter(app, "F", KeyCode::KeyF));
    // From the input at the upper left to the hidden neuron.
    let near = view(&app);
    assert!(
        Vec2::from(near.centre).distance(Vec2::new(-100.0, 50.0)) < 0.1,
        "{near:?}"
    );
    assert!(near.zoom > 1.2, "{near:?}");
    app.world_mut().insert_resource(Selection::default());
    with_shift(&mut app, |app| letter(app, "F", KeyCode::KeyF));
    assert!(Vec2::from(view(&app).centre).length() < 0.1);
    let all = view(&app);
    letter(&mut app, "f", KeyCode::KeyF);
    assert_eq!(view(&app), all);
}

#[test]
fn whoever_orders_a_point_into_the_middle_has_it_there_at_the_same_zoom() {
    let mut app = create_test_app();
    app.world_mut().resource_mut::<FreeArea>().0 = Some(Rect::new(640.0, 0.0, 1280.0, 720.0));
    app.update();
    let zoom = view(&app).zoom;
    app.world_mut()
        .write_message(CameraOrder::Centre([120.0, -30.0]));
    app.update();
    let now = view(&app);
    assert_eq!(now.zoom, zoom);
    // The middle of the free area is 320 pixels right of the window's.
    assert!((now.centre[0] - (120.0 - 320.0)).abs() < 0.1 && (now.centre[1] + 30.0).abs() < 0.1);
}
