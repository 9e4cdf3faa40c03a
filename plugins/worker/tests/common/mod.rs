//! What the tests of the worker share: projects to train, and what they are asked.
#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where its own material is wrong"
)]

use engine::{Command, Part, Request};
use network::{Activation, KindId, Kinds, NodeId};
use project::{Edit, Optimizer, Project, apply, file, gesture};

/// Batches of training in a case.
pub const STEPS: u32 = 50;

/// The projects whose training is compared, by name.
pub fn projects() -> Vec<(&'static str, Project)> {
    let shipped = |bytes: &[u8]| file::read(bytes, &Kinds::default()).unwrap();
    vec![
        (
            "xor",
            shipped(include_bytes!("../../../../assets/examples/xor-table.ron")),
        ),
        (
            "iris",
            shipped(include_bytes!("../../../../assets/examples/iris.ron")),
        ),
        (
            "digits",
            shipped(include_bytes!("../../../../assets/examples/digits.ron")),
        ),
        ("irregular", irregular()),
    ]
}

/// Connections that skip and cross, three activations, two outputs, 200 rows, Adam.
pub fn irregular() -> Project {
    let mut project = Project::default();
    let perform = |project: &mut Project, edit: Edit| {
        apply(project, &edit).unwrap();
    };
    for (number, kind) in [(3, KindId::INPUT), (9, KindId::HIDDEN), (2, KindId::OUTPUT)] {
        for _ in 0..number {
            let edit = gesture::add_neuron(&project, kind.clone(), [0.0, 0.0]);
            perform(&mut project, edit);
        }
    }
    let activations = [Activation::Tanh, Activation::Relu, Activation::Sigmoid];
    for hidden in 3..12 {
        let activation = activations[hidden as usize % 3];
        perform(
            &mut project,
            Edit::SetActivation(NodeId(hidden), activation),
        );
    }
    // Every other pair that runs forwards, and all that reach the outputs.
    for to in 3..14_u32 {
        for from in 0..to.min(12) {
            if (from + to) % 2 == 0 || to > 11 {
                let edit = gesture::connect(&project, NodeId(from), NodeId(to)).unwrap();
                perform(&mut project, edit);
            }
        }
    }
    let mut columns = project.table().columns().to_vec();
    for (number, column) in columns.iter_mut().enumerate() {
        let at = |row: usize| ((row * 37 + number * 61) % 199) as f32 / 99.5 - 1.0;
        column.values = (0..200).map(at).collect();
    }
    let table = datasets::Table::from_columns(columns).unwrap();
    perform(&mut project, gesture::replace_data(table));
    let mut settings = project.training().clone();
    settings.optimizer = Optimizer::ADAM;
    settings.learning_rate = 0.01;
    settings.batch_size = 70;
    perform(&mut project, Edit::SetTraining(settings));
    project
}

/// Measures all parts, trains [`STEPS`] batches, and measures them again.
pub fn commands(project: Project) -> Vec<Command> {
    let measure = [Part::Train, Part::Validation, Part::Test].map(Request::Evaluate);
    let mut requests = vec![
        Request::Credit(10_000),
        Request::Load {
            project: Box::new(project),
            revision: 3,
        },
    ];
    requests.extend(measure.clone());
    requests.push(Request::Allow(Some(STEPS)));
    requests.push(Request::Train {
        epochs: Some(1_000_000_000),
    });
    requests
        .into_iter()
        .zip(1..)
        .map(|(request, seq)| Command { seq, request })
        .collect()
}
