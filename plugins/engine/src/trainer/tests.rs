//! How training and maps share the work, step by step.

use datasets::{Column, ColumnId, Split, Table};
use network::{Activation, KindId, NodeId};
use project::{Edit, Project, TrainingSettings, View, apply, column_of, gesture};

use super::Trainer;
use crate::{
    CloseUp, Command, EpochLoss, MapRequest, Mapped, Report, Request, ResponseMaps, Status,
    WorkBudget,
};

/// 2-6-1 with tanh, complete, and 200 rows.
fn project() -> Project {
    let mut project = Project::default();
    let kinds = [KindId::INPUT, KindId::INPUT].into_iter();
    let kinds = kinds.chain(std::iter::repeat_n(KindId::HIDDEN, 6));
    for kind in kinds.chain([KindId::OUTPUT]) {
        let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
        apply(&mut project, &edit).expect("a neuron");
    }
    for hidden in 2..8 {
        for (from, to) in [(0, hidden), (1, hidden), (hidden, 8)] {
            let edit = gesture::connect(&project, NodeId(from), NodeId(to)).expect("free");
            apply(&mut project, &edit).expect("a wire");
        }
        let edit = Edit::SetActivation(NodeId(hidden), Activation::Tanh);
        apply(&mut project, &edit).expect("tanh");
    }
    let column = |node: u32, role, step: usize| Column {
        id: ColumnId(column_of(NodeId(node)).0),
        name: project.network().name(NodeId(node)),
        role,
        shape: Vec::new(),
        values: (0..200)
            .map(|row| (row * step % 17) as f32 / 17.0)
            .collect(),
    };
    let table = Table::from_columns(vec![
        column(0, datasets::Role::Input, 3),
        column(1, datasets::Role::Input, 5),
        column(8, datasets::Role::Target, 7),
    ]);
    let training = TrainingSettings {
        batch_size: 10,
        epochs: 400,
        ..TrainingSettings::default()
    };
    Project::from_parts(
        project.network().clone(),
        table.expect("columns"),
        Split::new(80, 20, 0, false).expect("a hundred"),
        training,
        0,
        View::default(),
    )
    .expect("it fits")
}

fn ask(trainer: &mut Trainer, request: Request) {
    trainer.handle(Command { seq: 1, request });
}

fn plane() -> Request {
    Request::Maps(MapRequest {
        x: NodeId(0),
        y: NodeId(1),
        x_range: [0.0, 1.0],
        y_range: [0.0, 1.0],
        resolution: 20,
        fixed: Vec::new(),
        nodes: Mapped::All,
        close: Some(CloseUp {
            nodes: vec![NodeId(2)],
            resolution: 12,
            rows: vec![0, 1],
        }),
    })
}

fn loaded() -> Trainer {
    let mut trainer = Trainer::new();
    let project = Box::new(project());
    ask(
        &mut trainer,
        Request::Load {
            project,
            revision: 0,
        },
    );
    ask(&mut trainer, Request::Credit(u32::MAX - 10));
    trainer
}

/// One step: what it cost, and whether it was one of training.
fn step(trainer: &mut Trainer) -> Option<(u64, bool)> {
    let state = |trainer: &Trainer| {
        let session = trainer.session.as_ref().expect("loaded");
        (session.progress, session.batch, session.validation)
    };
    let before = state(trainer);
    let work = trainer.step()?;
    Some((work, state(trainer) != before))
}

fn maps(trainer: &mut Trainer) -> Option<ResponseMaps> {
    trainer.has_news = true;
    trainer.take_report()?.maps
}

#[test]
fn while_training_runs_maps_do_a_tenth_of_its_work_and_the_last_ones_are_final() {
    let mut trainer = loaded();
    ask(&mut trainer, plane());
    ask(&mut trainer, Request::Train { epochs: None });
    // The first ones come at once.
    let mut first = None;
    while first.is_none() {
        let (_, is_training) = step(&mut trainer).expect("there is work");
        assert!(!is_training);
        first = maps(&mut trainer);
    }
    let (mut of_training, mut of_maps, mut pictures) = (0, 0, Vec::new());
    while trainer.status() == Status::Training {
        let (work, is_training) = step(&mut trainer).expect("there is work");
        *(if is_training {
            &mut of_training
        } else {
            &mut of_maps
        }) += work;
        assert!(of_maps * 10 <= of_training, "{of_maps} of {of_training}");
        pictures.extend(maps(&mut trainer));
    }
    // They take most of what is theirs, and show a state after the other.
    assert!(of_maps * 20 >= of_training, "{of_maps} of {of_training}");
    let epochs: Vec<u32> = pictures.iter().map(|maps| maps.epochs).collect();
    assert!(pictures.len() > 5 && epochs.is_sorted(), "{epochs:?}");
    trainer.advance(WorkBudget::UNLIMITED);
    let last = maps(&mut trainer).expect("the numbers came to rest");
    assert_eq!(last.epochs, 400);
    assert!(!trainer.advance(WorkBudget::UNLIMITED).has_more);
    // They are those of a fresh request.
    ask(&mut trainer, plane());
    trainer.advance(WorkBudget::UNLIMITED);
    assert_eq!(maps(&mut trainer), Some(last));
}

#[test]
fn maps_made_beside_training_are_all_of_one_state() {
    let mut trainer = loaded();
    ask(&mut trainer, plane());
    trainer.advance(WorkBudget::UNLIMITED);
    maps(&mut trainer).expect("the first");
    ask(&mut trainer, Request::Train { epochs: None });
    // What the second ones begin with, another trainer takes over.
    let checkpoint = loop {
        let (_, checkpoint) = trainer.checkpoint().expect("it can be computed");
        step(&mut trainer).expect("there is work");
        if trainer.map_job.is_some() {
            break checkpoint;
        }
    };
    let mut still = loaded();
    ask(&mut still, Request::Resume(Box::new(checkpoint)));
    ask(&mut still, plane());
    still.advance(WorkBudget::UNLIMITED);
    let expected = maps(&mut still).expect("asked for");
    let mut of_training = 0;
    let found = loop {
        of_training += u32::from(step(&mut trainer).expect("there is work").1);
        if let Some(found) = maps(&mut trainer) {
            break found;
        }
    };
    assert!(of_training > 10, "{of_training}");
    assert_eq!(found, expected);
}

#[test]
fn while_training_waits_for_allowance_maps_go_on_freely() {
    let mut trainer = loaded();
    ask(&mut trainer, plane());
    trainer.advance(WorkBudget::UNLIMITED);
    maps(&mut trainer).expect("the first");
    ask(&mut trainer, Request::Allow(Some(1)));
    ask(&mut trainer, Request::Train { epochs: None });
    trainer.advance(WorkBudget::UNLIMITED);
    assert_eq!(trainer.status(), Status::Training);
    let shown = maps(&mut trainer).expect("there is time");
    ask(&mut trainer, Request::Allow(Some(1)));
    trainer.advance(WorkBudget::UNLIMITED);
    // The ones begun while training waited are of the numbers then.
    let next = maps(&mut trainer).expect("there is time");
    assert_ne!(shown.cells, next.cells);
}

#[test]
fn losses_nobody_takes_are_thinned_and_those_that_stay_are_the_true_ones() {
    let mut project = project();
    let training = TrainingSettings {
        batch_size: 160,
        epochs: Report::MOST_LOSSES as u32 + 1_000,
        ..project.training().clone()
    };
    apply(&mut project, &Edit::SetTraining(training)).expect("in range");
    let [mut heard, mut unheard] = [(); 2].map(|()| {
        let mut trainer = Trainer::new();
        let load = Request::Load {
            project: Box::new(project.clone()),
            revision: 0,
        };
        ask(&mut trainer, load);
        ask(&mut trainer, Request::Train { epochs: None });
        trainer
    });
    let mut all = Vec::new();
    while heard.advance(WorkBudget(1_000_000)).has_more {
        all.extend(heard.take_losses());
    }
    all.extend(heard.take_losses());
    while unheard.advance(WorkBudget(1_000_000)).has_more {}
    let kept = unheard.take_losses();
    assert!(kept.len() < all.len() && kept.last() == all.last());
    for loss in &kept {
        assert_eq!(*loss, all[loss.epoch as usize - 1]);
    }
    let best = |losses: &[EpochLoss]| {
        let by_validation = |one: &&EpochLoss, other: &&EpochLoss| {
            let [one, other] = [one, other].map(|loss| loss.validation.expect("rows"));
            one.total_cmp(&other)
        };
        losses.iter().min_by(by_validation).copied()
    };
    assert_eq!(best(&kept), best(&all));
}
