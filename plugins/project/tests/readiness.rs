//! Whether training can begin: each obstacle in one clear sentence, each doubt in another.

use datasets::{Gate, Split};
use network::{
    Activation, ElementId, Face, Initial, Kind, KindId, Kinds, Learning, Network, Node, NodeId,
    Ops, Parameter, ParameterSpec, PortSpec, Role, Value,
};
use project::{
    EarlyStopping, Edit, InputScaling, Loss, Objective, Project, TrainingSettings, View, apply,
    gesture,
};

const X: NodeId = NodeId(0);
const H: NodeId = NodeId(1);
const Y: NodeId = NodeId(2);

/// x → h → y with the truth table of a gate of one input.
fn chain() -> Project {
    let mut project = Project::default();
    for kind in [KindId::INPUT, KindId::HIDDEN, KindId::OUTPUT] {
        let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
        apply(&mut project, &edit).expect("it fits");
    }
    for (from, to) in [(X, H), (H, Y)] {
        let edit = gesture::connect(&project, from, to).expect("they can be joined");
        apply(&mut project, &edit).expect("it fits");
    }
    let edit = gesture::fill_with(&project, Gate::Or).expect("there are inputs");
    make(&mut project, edit);
    project
}

fn make(project: &mut Project, edit: Edit) {
    apply(project, &edit).expect("it fits");
}

fn set(project: &mut Project, change: impl FnOnce(&mut TrainingSettings)) {
    let mut settings = project.training().clone();
    change(&mut settings);
    make(project, Edit::SetTraining(settings));
}

fn set_cell(project: &mut Project, row: u32, node: NodeId, value: f32) {
    make(
        project,
        Edit::SetCell {
            row,
            node,
            element: 0,
            value,
        },
    );
}

fn problem(project: &Project) -> String {
    project
        .check_training()
        .expect_err("it is refused")
        .to_string()
}

#[test]
fn a_whole_project_can_be_trained_without_a_remark() {
    let project = chain();
    assert_eq!(project.check_training(), Ok(()));
    assert!(project.training_remarks().is_empty());
}

#[test]
fn where_nothing_may_change_there_is_nothing_to_learn() {
    let sentence = "There is nothing to learn: every weight and bias is frozen, pruned or held still. Thaw one.";
    let all = |project: &Project| {
        let edges = project
            .network()
            .edges()
            .map(|edge| ElementId::weight(edge.id));
        edges
            .chain([ElementId::bias(H), ElementId::bias(Y)])
            .collect::<Vec<_>>()
    };
    let mut frozen = chain();
    for id in all(&frozen) {
        assert_eq!(frozen.check_training(), Ok(()));
        make(
            &mut frozen,
            Edit::SetFrozen {
                id,
                is_frozen: true,
            },
        );
    }
    assert_eq!(problem(&frozen), sentence);
    let mut pruned = chain();
    for id in all(&pruned) {
        make(
            &mut pruned,
            Edit::SetPruned {
                id,
                is_pruned: true,
            },
        );
    }
    assert_eq!(problem(&pruned), sentence);
    let mut held = chain();
    for id in [H, Y] {
        let learning = Learning {
            rate_factor: 0.0,
            ..Learning::default()
        };
        make(&mut held, Edit::SetLearning(id, learning));
    }
    assert_eq!(problem(&held), sentence);
}

#[test]
fn hinge_wants_targets_of_minus_one_and_one() {
    let mut project = chain();
    make(&mut project, Edit::SetActivation(Y, Activation::Tanh));
    set(&mut project, |settings| {
        settings.objective = Objective::all(Loss::Hinge);
    });
    assert_eq!(
        problem(&project),
        "Row 1 has the target 0 in column “y1”; the hinge loss needs targets −1 and 1."
    );
    set_cell(&mut project, 0, Y, -1.0);
    assert_eq!(project.check_training(), Ok(()));
}

#[test]
fn early_stopping_wants_validation_rows() {
    let mut project = chain();
    set(&mut project, |settings| {
        settings.early_stopping = Some(EarlyStopping::default());
    });
    let sentence = "Early stopping needs validation rows to watch: give the validation part more of the data, or switch it off.";
    assert_eq!(problem(&project), sentence);
    // A share too small for a single row is none.
    let split = Split::new(95, 5, 0, false).expect("it is sound");
    make(&mut project, Edit::SetSplit(split));
    assert_eq!(problem(&project), sentence);
    let split = Split::new(50, 50, 0, false).expect("it is sound");
    make(&mut project, Edit::SetSplit(split));
    assert_eq!(project.check_training(), Ok(()));
}

#[test]
fn settings_out_of_their_range_are_refused_with_the_range() {
    let mut project = chain();
    let mut refused = |change: fn(&mut TrainingSettings)| {
        let mut settings = project.training().clone();
        change(&mut settings);
        let before = project.clone();
        let error = apply(&mut project, &Edit::SetTraining(settings)).expect_err("it is refused");
        assert_eq!(project, before);
        error.to_string()
    };
    for (change, found) in [
        (
            (|s| s.learning_rate = 0.0) as fn(&mut TrainingSettings),
            "0",
        ),
        (|s| s.learning_rate = -1.0, "-1"),
        (
            |s| s.learning_rate = 1e30,
            "1000000000000000000000000000000",
        ),
        (|s| s.learning_rate = f32::NAN, "NaN"),
    ] {
        assert_eq!(
            refused(change),
            format!("the learning rate is {found}; expected a number above 0 and at most 1000")
        );
    }
    assert_eq!(
        refused(|s| s.weight_decay = 1.5),
        "the weight decay is 1.5; expected a number from 0 to 1"
    );
    assert_eq!(
        refused(|s| s.penalty.l1 = -0.1),
        "the L1 penalty is -0.1; expected 0 or a number above it"
    );
    assert_eq!(
        refused(|s| s.optimizer = project::Optimizer::Nesterov { momentum: 0.0 }),
        "the momentum of Nesterov is 0; expected a number above 0 and below 1"
    );
    assert_eq!(
        refused(|s| s.objective = Objective::all(Loss::Huber { delta: 0.0 })),
        "the delta of the Huber loss is 0; expected a number above 0"
    );
}

#[test]
fn learning_out_of_its_range_is_refused_by_name() {
    let mut project = chain();
    let mut refused = |id, rate_factor, dropout| {
        let learning = Learning {
            rate_factor,
            dropout,
        };
        let edit = Edit::SetLearning(id, learning);
        apply(&mut project, &edit)
            .expect_err("it is refused")
            .to_string()
    };
    assert_eq!(
        refused(H, -1.0, 0.0),
        "the learning rate factor of “h1” is -1; expected 0 to 1000"
    );
    assert_eq!(
        refused(H, 1.0, 1.0),
        "the dropout of “h1” is 1; expected a number from 0 up to but not including 1"
    );
    assert_eq!(
        refused(Y, 1.0, 0.5),
        "the dropout of “y1” is 0.5; expected 0, as only hidden neurons may drop out"
    );
}

#[test]
fn a_pruned_number_is_zero_until_it_is_given_back_and_undo_brings_its_value_back() {
    let mut project = chain();
    let id = ElementId::bias(H);
    let value = |project: &Project| project.network().element(id).expect("it is sound").value;
    make(
        &mut project,
        Edit::SetValue {
            id,
            value: 0.5,
            start: 0.25,
        },
    );
    let before = project.clone();
    let prune = Edit::SetPruned {
        id,
        is_pruned: true,
    };
    let undo = apply(&mut project, &prune).expect("it is sound").inverse;
    assert_eq!(value(&project), 0.0);
    make(&mut project, gesture::reset(&before));
    assert_eq!(value(&project), 0.0, "a reset leaves it cut out");
    make(&mut project, gesture::new_seed(&before, 7));
    assert_eq!(value(&project), 0.0, "a new seed too");
    let set = Edit::SetValue {
        id,
        value: 1.0,
        start: 1.0,
    };
    assert_eq!(
        apply(&mut project, &set)
            .expect_err("it is refused")
            .to_string(),
        "“h1” is pruned: give it back before you set its value"
    );
    let mut undone = before.clone();
    apply(&mut undone, &prune).expect("it is sound");
    apply(&mut undone, &undo).expect("it is sound");
    assert_eq!(undone, before);
}

#[test]
fn what_may_disappoint_is_said_and_does_not_hinder() {
    let mut project = chain();
    let remarks = |project: &Project| -> Vec<String> {
        let remarks = project.training_remarks();
        remarks.iter().map(ToString::to_string).collect()
    };
    set_cell(&mut project, 0, X, 250.0);
    assert_eq!(
        remarks(&project),
        ["“x1” reaches 250: standardise inputs, so that steps do not get too large."]
    );
    set(&mut project, |s| {
        s.input_scaling = InputScaling::Standardise;
    });
    assert!(remarks(&project).is_empty());
    for row in 0..2 {
        set_cell(&mut project, row, X, 1.0);
        set_cell(&mut project, row, Y, 0.0);
    }
    assert_eq!(
        remarks(&project),
        [
            "“x1” is 1 in every row: nothing can be learned from it.",
            "“y1” is 0 in every row: the network will learn to always say so."
        ]
    );
    make(&mut project, Edit::RemoveRows { at: 0, count: 1 });
    assert_eq!(
        remarks(&project),
        ["There is a single row: the network can only learn it by heart."]
    );
    assert_eq!(project.check_training(), Ok(()));
}

/// An input with very many learnable numbers of its own.
struct Heavy;

impl Kind for Heavy {
    fn id(&self) -> KindId {
        KindId::new("heavy")
    }
    fn role(&self) -> Role {
        Role::Hidden
    }
    fn title(&self) -> &'static str {
        "heavy"
    }
    fn explanation(&self) -> &'static str {
        "For tests."
    }
    fn face(&self) -> Face {
        Face {
            letters: "W",
            is_left_flat: false,
            is_right_flat: false,
        }
    }
    fn inputs(&self, _: &Node) -> Vec<PortSpec> {
        Vec::new()
    }
    fn outputs(&self, _: &Node) -> Vec<PortSpec> {
        Vec::new()
    }
    fn parameters(&self, _: &Node) -> Vec<ParameterSpec> {
        vec![ParameterSpec {
            name: "numbers",
            shape: vec![Project::MOST_TRAINED as u32 + 1],
            initial: Initial::Zero,
        }]
    }
    fn activations(&self) -> &'static [Activation] {
        &[Activation::Linear]
    }
    fn forward(&self, _: &Node, _: &[Value], parameters: &[Value], _: &mut dyn Ops) -> Value {
        parameters[0]
    }
}

#[test]
fn a_network_that_is_too_large_is_refused_before_training() {
    let chain = chain();
    let mut network = Network::new(Kinds::default().with(Heavy));
    for node in chain.network().nodes() {
        network.add_node(node.clone()).expect("it is sound");
    }
    let size = Project::MOST_TRAINED + 1;
    let mut heavy = Node::new(NodeId(9), KindId::new("heavy"), "heavy");
    let numbers = vec![0.0; size];
    heavy.parameters = vec![Parameter::tensor(&[size as u32], &numbers).expect("it is sound")];
    network.add_node(heavy).expect("it is sound");
    let project = Project::from_parts(
        network,
        chain.table().clone(),
        *chain.split(),
        chain.training().clone(),
        0,
        View::default(),
    )
    .expect("it is sound");
    assert_eq!(
        problem(&project),
        "The network has 4000003 weights and biases; at most 4000000 can be trained."
    );
}

#[test]
fn a_wire_that_takes_a_step_of_time_is_told_before_training() {
    let mut project = chain();
    let edge = network::Edge {
        delay: 1,
        ..network::Edge::new(
            network::EdgeId(9),
            network::Endpoint::of(H),
            network::Endpoint::of(H),
            Parameter::scalar(0.5),
        )
    };
    make(&mut project, Edit::AddEdge(edge));
    let name = project.network().name(H);
    assert_eq!(
        problem(&project),
        format!(
            "The connection from “{name}” to “{name}” takes a step of time; networks with a delay are not trained yet."
        )
    );
}

#[test]
fn a_softmax_over_one_output_of_several_is_told_too() {
    let mut project = chain();
    let edit = gesture::add_neuron(&project, KindId::OUTPUT, [0.0, 0.0]);
    make(&mut project, edit);
    let other = NodeId(3);
    for output in [Y, other] {
        make(
            &mut project,
            Edit::SetActivation(output, Activation::Softmax),
        );
    }
    assert_eq!(project.check_training(), Ok(()));
    // Each has a loss of its own, so each is a softmax of its own.
    let term = |output| {
        let group = project::OutputGroup::Nodes(vec![output]);
        project::LossTerm::new(group, Loss::MeanSquaredError)
    };
    let terms = vec![term(Y), term(other)];
    set(&mut project, |settings| {
        settings.objective = Objective::Supervised { terms };
    });
    assert!(problem(&project).starts_with("Softmax over the single output"));
}
