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

/// Prints how fast training is beside the app, compared to a bare loop.
/// `cargo test -p training -p neurarium --lib -- --ignored --nocapture throughput`
#[test]
#[ignore = "a measurement, not a check"]
fn throughput_beside_the_app() {
    // Well before the last of the epochs.
    let measured = Duration::from_millis(800);
    let mut trainer = Trainer::new();
    let requests = [
        engine::Request::Load {
            project: Box::new(endless_xor()),
            revision: 1,
        },
        engine::Request::Train { epochs: None },
    ];
    for (request, seq) in requests.into_iter().zip(1..) {
        trainer.handle(Command { seq, request });
    }
    let began = Instant::now();
    while began.elapsed() < measured {
        trainer.advance(WorkBudget(100_000));
    }
    let bare_secs = began.elapsed().as_secs_f64();
    trainer.handle(Command {
        seq: 3,
        request: engine::Request::Pause,
    });
    trainer.take_report();
    let bare = f64::from(trainer.project().map_or(0, Project::trained_epochs)) / bare_secs;
    for (label, has_maps) in [("with maps", true), ("without maps", false)] {
        let mut app = create_test_app();
        open(&mut app, endless_xor());
        if !has_maps {
            app.world_mut().resource_mut::<Maps>().request = None;
        }
        start_training(&mut app);
        let first = progress(&app).epochs;
        let (began, slices_before) = (Instant::now(), slices(&app));
        let mut frames = 0;
        while began.elapsed() < measured {
            app.update();
            frames += 1;
            std::thread::sleep(Duration::from_micros(16_000));
        }
        let secs = began.elapsed().as_secs_f64();
        let beside = f64::from(progress(&app).epochs - first) / secs;
        let slice_ms = 1e3 * secs / (slices(&app) - slices_before) as f64;
        assert_eq!(progress(&app).status, Status::Training);
        order(&mut app, Order::Pause);
        let asked = Instant::now();
        while progress(&app).status == Status::Training {
            app.update();
            std::thread::sleep(Duration::from_micros(500));
        }
        println!(
            "{label}: {beside:.0} batches/s beside {frames} frames, bare {bare:.0}, ratio {:.2}; {slice_ms:.1} ms a slice; pause after {:.1} ms",
            beside / bare,
            asked.elapsed().as_secs_f64() * 1e3,
        );
    }
}
