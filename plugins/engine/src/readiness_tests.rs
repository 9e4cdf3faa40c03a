//! What training refuses and what readiness tells beforehand are the same, word for word.

use datasets::Split;
use network::{Activation, Edge, EdgeId, ElementId, Endpoint, NodeId, Parameter};
use project::{
    EarlyStopping, Edit, Loss, LossTerm, Objective, OutputGroup, Project, TrainingSettings, apply,
};
use proptest::prelude::*;

use crate::cases::{Case, STYLES};
use crate::{Command, Request, Status, Trainer, WorkBudget};

/// One thing that may stand in the way of training.
#[derive(Clone, Copy, Debug)]
enum Obstacle {
    /// A connection that takes a step of time.
    Delay,
    NoTrainingRows,
    NothingToWatch,
    AllFrozen,
    NoSuchOutput,
    NoLoss,
    Loss(Loss),
    Activation(Activation),
    /// Every output has a loss of its own.
    Divided,
    Target(f32),
    NoOutput,
}

impl Obstacle {
    fn edits(self, case: &Case, project: &Project) -> Vec<Edit> {
        let network = project.network();
        let settings = |change: &dyn Fn(&mut TrainingSettings)| {
            let mut settings = project.training().clone();
            change(&mut settings);
            vec![Edit::SetTraining(settings)]
        };
        let objective = |terms: Vec<LossTerm>| {
            settings(&|settings| {
                settings.objective = Objective::Supervised {
                    terms: terms.clone(),
                }
            })
        };
        let on = |outputs: &[NodeId]| {
            let group = OutputGroup::Nodes(outputs.to_vec());
            LossTerm::new(group, Loss::MeanSquaredError)
        };
        match self {
            Self::Delay => {
                let hidden = network.nodes().find(|node| {
                    !case.inputs.contains(&node.id) && !case.outputs.contains(&node.id)
                });
                // Back into itself, or beside what is there.
                let (from, to) =
                    hidden.map_or((case.inputs[0], case.outputs[0]), |node| (node.id, node.id));
                let (from, to) = (Endpoint::of(from), Endpoint::of(to));
                let edge = Edge::new(EdgeId(9_999), from, to, Parameter::scalar(0.5));
                vec![Edit::AddEdge(Edge { delay: 1, ..edge })]
            }
            Self::NoTrainingRows => {
                let split = Split::new(0, 100, 0, false);
                vec![Edit::SetSplit(split.expect("all of it"))]
            }
            Self::NothingToWatch => settings(&|settings| {
                settings.early_stopping = Some(EarlyStopping::default());
            }),
            Self::AllFrozen => {
                let biases = network
                    .nodes()
                    .flat_map(|node| (0..node.parameters.len()).map(|_| ElementId::bias(node.id)));
                let weights = network.edges().map(|edge| ElementId::weight(edge.id));
                let ids = biases.chain(weights);
                ids.map(|id| Edit::SetFrozen {
                    id,
                    is_frozen: true,
                })
                .collect()
            }
            Self::NoSuchOutput => objective(vec![on(&case.inputs[..1])]),
            Self::NoLoss => objective(Vec::new()),
            Self::Loss(loss) => settings(&|settings| settings.objective = Objective::all(loss)),
            Self::Activation(activation) => {
                let outputs = case.outputs.iter();
                let set = |&id: &NodeId| Edit::SetActivation(id, activation);
                outputs.map(set).collect()
            }
            Self::Divided => {
                let each = case.outputs.iter().map(|&id| on(&[id]));
                objective(each.collect())
            }
            Self::Target(value) => vec![Edit::SetCell {
                row: 0,
                node: case.outputs[0],
                element: 0,
                value,
            }],
            Self::NoOutput => {
                let remove = |&id: &NodeId| Edit::RemoveNode(id);
                case.outputs.iter().map(remove).collect()
            }
        }
    }
}

fn obstacle() -> impl Strategy<Value = Obstacle> {
    use Obstacle as O;
    prop_oneof![
        Just(O::Delay),
        Just(O::NoTrainingRows),
        Just(O::NothingToWatch),
        Just(O::AllFrozen),
        Just(O::NoSuchOutput),
        Just(O::NoLoss),
        prop::sample::select(Loss::ALL.to_vec()).prop_map(O::Loss),
        prop::sample::select(Activation::ALL.to_vec()).prop_map(O::Activation),
        Just(O::Divided),
        prop::sample::select(vec![-3.0_f32, 0.5, 1.0, 7.0]).prop_map(O::Target),
        Just(O::NoOutput),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn training_refuses_what_readiness_tells_in_the_same_words_and_nothing_else(
        seed: u64,
        layers in proptest::collection::vec(1_usize..5, 2..5),
        style in 0..STYLES,
        rows in 1_usize..5,
        obstacles in proptest::collection::vec(obstacle(), 0..4),
    ) {
        let case = Case::random(seed, &layers, 0.8, style, rows);
        let mut project = case.project();
        for obstacle in obstacles {
            for edit in obstacle.edits(&case, &project) {
                // What an earlier one removed cannot be changed.
                apply(&mut project, &edit).ok();
            }
        }
        let told = project.check_training().err().map(|problem| problem.to_string());
        let mut trainer = Trainer::new();
        let load = Request::Load { project: Box::new(project), revision: 0 };
        for request in [load, Request::Allow(Some(1)), Request::Train { epochs: Some(1) }] {
            trainer.handle(Command { seq: 1, request });
        }
        let status = trainer.status();
        trainer.advance(WorkBudget::UNLIMITED);
        let report = trainer.take_report().expect("there is news");
        prop_assert_eq!(status == Status::Training, told.is_none());
        if let Some(told) = told {
            prop_assert_eq!(report.fault.map(|fault| fault.sentence), Some(told));
        }
    }
}
