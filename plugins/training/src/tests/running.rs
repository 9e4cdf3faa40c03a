//! When the engine runs, when it rests, and what happens when it breaks.

use super::*;

#[test]
fn pause_is_obeyed_within_a_few_slices() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    order(&mut app, Order::Pause);
    let began = Instant::now();
    let before = slices(&app);
    settle(&mut app);
    // The slice under way, one for each credit given back, and some chance.
    assert!(
        slices(&app) - before < 12,
        "{} slices",
        slices(&app) - before
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(progress(&app).status, Status::Paused);
    let rested = values(&app);
    settle(&mut app);
    assert_eq!(values(&app), rested);
}

#[test]
fn nothing_runs_and_nothing_changes_while_idle() {
    let mut app = create_test_app();
    open(&mut app, xor());
    order(&mut app, Order::TrainOneEpoch);
    update_until(&mut app, "one epoch", |app| progress(app).epochs == 1);
    settle(&mut app);
    #[derive(Resource, Default)]
    struct Changes(u32);
    app.init_resource::<Changes>();
    app.add_systems(
        Last,
        |progress: Res<Progress>,
         probe: Res<Probe>,
         maps: Res<Maps>,
         values: Res<Values>,
         mut changes: ResMut<Changes>| {
            let is_changed = [
                progress.is_changed(),
                probe.is_changed(),
                maps.is_changed(),
                values.is_changed(),
            ];
            changes.0 += u32::from(is_changed.contains(&true));
        },
    );
    app.update();
    app.world_mut().resource_mut::<Changes>().0 = 0;
    let before = slices(&app);
    for _ in 0..100 {
        app.update();
    }
    assert_eq!(slices(&app), before);
    assert_eq!(app.world().resource::<Changes>().0, 0);
    assert!(!is_busy(&app));
}

#[test]
fn an_engine_that_breaks_down_is_started_again_with_the_network() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    app.world().resource::<Dispatch>().link.break_engine();
    update_until(&mut app, "a fault", |app| progress(app).fault.is_some());
    let told = notices(&mut app);
    settle(&mut app);
    assert!(told.iter().any(|notice| notice.kind == NoticeKind::Failed
        && notice.text.contains("a test broke the engine")));
    assert_eq!(progress(&app).status, Status::Paused);
    let epochs = progress(&app).epochs;
    assert!(epochs > 0, "what was learned is kept");
    order(&mut app, Order::Train);
    update_until(&mut app, "more epochs", |app| {
        progress(app).epochs > epochs + 20
    });
    assert_eq!(progress(&app).fault, None);
}

#[test]
fn an_app_that_is_gone_leaves_no_slice_behind() {
    let mut app = create_test_app();
    open(&mut app, endless_xor());
    start_training(&mut app);
    let count = app.world().resource::<Dispatch>().link.counter();
    drop(app);
    let began = Instant::now();
    // The last slice drops what it shares with the app.
    while std::sync::Weak::strong_count(&count) > 0 {
        assert!(began.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_watched_network_learns_no_faster_than_its_pace() {
    let mut app = create_test_app();
    app.insert_resource(Pace::Watch);
    let tenth = Duration::from_millis(100);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(tenth));
    open(&mut app, endless_xor());
    start_training(&mut app);
    let before = progress(&app).epochs;
    for _ in 0..10 {
        app.update();
        settle_reports();
    }
    let learned = progress(&app).epochs - before;
    assert!(
        (10..=72).contains(&learned),
        "{learned} epochs in a second, at 60 batches a second and one batch an epoch"
    );
}

/// Gives the engine, which works in real time, a moment.
fn settle_reports() {
    std::thread::sleep(Duration::from_millis(10));
}
