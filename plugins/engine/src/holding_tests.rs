//! What is frozen or pruned stays, whatever the graph, the batch and the optimiser; and how work is cut changes nothing.

use network::{ElementId, ParameterId};
use project::{Clipping, Edit, Optimizer, Penalty, Project, apply};
use proptest::prelude::*;

use crate::cases::{Case, STYLES};
use crate::{Checkpoint, Command, Fault, Request, Status, Trainer, WorkBudget};

const OPTIMIZERS: [Optimizer; 7] = [
    Optimizer::SGD,
    Optimizer::MOMENTUM,
    Optimizer::NESTEROV,
    Optimizer::ADAM,
    Optimizer::ADAM_W,
    Optimizer::RMS_PROP,
    Optimizer::ADAGRAD,
];

/// The state after some epochs, or why there is none.
fn trained(project: &Project, epochs: u32, budget: WorkBudget) -> Result<Checkpoint, Fault> {
    let mut trainer = Trainer::new();
    let requests = [
        Request::Load {
            project: Box::new(project.clone()),
            revision: 0,
        },
        Request::Train {
            epochs: Some(epochs),
        },
    ];
    for (seq, request) in (1..).zip(requests) {
        trainer.handle(Command { seq, request });
    }
    while trainer.advance(budget).has_more {}
    match trainer.status() {
        Status::Finished => Ok(trainer.checkpoint().expect("it can be computed").1),
        _ => Err(trainer
            .take_report()
            .and_then(|report| report.fault)
            .expect("it says why")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_held_keeps_its_bits_and_its_memory_and_slices_change_nothing(
        seed: u64,
        layers in proptest::collection::vec(1_usize..7, 2..5),
        style in 0..STYLES,
        rows in 1_usize..14,
        batch_size in 1_u32..16,
        optimizer in prop::sample::select(OPTIMIZERS.to_vec()),
        held in proptest::collection::vec(0_u8..6, 1..40),
        weight_decay in prop::sample::select(vec![0.0_f32, 0.1]),
        clipping in prop::sample::select(vec![
            Clipping::None,
            Clipping::Value(0.01),
            Clipping::Norm(0.1),
        ]),
    ) {
        let case = Case::random(seed, &layers, 0.7, style, rows);
        let mut project = case.project();
        let mut settings = project.training().clone();
        settings.optimizer = optimizer;
        settings.batch_size = batch_size;
        settings.learning_rate = 0.01;
        settings.weight_decay = weight_decay;
        settings.clipping = clipping;
        settings.penalty = Penalty { l1: 0.01, l2: 0.01 };
        apply(&mut project, &Edit::SetTraining(settings)).expect("in range");
        // A memory of what will be held.
        let Ok(before) = trained(&project, 2, WorkBudget::UNLIMITED) else {
            return Ok(());
        };
        project.learn(&before.values, 2).expect("as many as it has");
        let ids: Vec<ParameterId> = project.network().parameters().map(|(id, _)| id).collect();
        let (mut frozen, mut pruned) = (Vec::new(), Vec::new());
        for (place, (id, how)) in ids.into_iter().zip(held.into_iter().cycle()).enumerate() {
            let element = match id {
                ParameterId::Node(node, _) => ElementId::bias(node),
                ParameterId::Edge(edge) => ElementId::weight(edge),
            };
            let edit = match (how, id) {
                (0, _) => Edit::SetFrozen { id: element, is_frozen: true },
                (1, ParameterId::Edge(_)) => Edit::SetPruned { id: element, is_pruned: true },
                _ => continue,
            };
            apply(&mut project, &edit).expect("it is there");
            if how == 0 { &mut frozen } else { &mut pruned }.push(place);
        }
        let values = project.network().snapshot().values;
        let after = trained(&project, 3, WorkBudget::UNLIMITED);
        prop_assert_eq!(&trained(&project, 3, WorkBudget(1)), &after);
        let Ok(after) = after else {
            return Ok(());
        };
        for &place in &frozen {
            prop_assert_eq!(after.values[place].to_bits(), values[place].to_bits());
        }
        for &place in &pruned {
            prop_assert_eq!(after.values[place].to_bits(), 0);
        }
        // What was never moved is not remembered either.
        for &place in frozen.iter().chain(&pruned) {
            prop_assert_eq!(after.optimizer.first.get(place).copied().unwrap_or(0.0), 0.0);
        }
    }
}
