//! Traces of random networks, row by row, against the f64 oracle and finite differences.

use datasets::{Column, ColumnId, Split, Table};
use network::{Activation, ElementId, Kind, NodeId, ParameterLayout, Role};
use project::{InputScaling, Project, TrainingSettings, View, column_of};
use proptest::prelude::*;

use crate::cases::{Case, Draw, STYLES, objective};
use crate::gradient_tests::{check, network_of_kinds};
use crate::{Command, Report, Request, Route, Trace, TraceRequest, TraceRow, Trainer, WorkBudget};

impl Case {
    pub(crate) fn project(&self) -> Project {
        let column = |node: &NodeId, role, numbers: &[f32], index: usize, width: usize| Column {
            id: ColumnId(column_of(*node).0),
            name: format!("n{}", node.0),
            role,
            shape: Vec::new(),
            values: numbers.iter().skip(index).step_by(width).copied().collect(),
        };
        let (inputs, outputs) = (self.inputs.len(), self.outputs.len());
        let of_inputs = self.inputs.iter().enumerate();
        let of_inputs =
            of_inputs.map(|(i, node)| column(node, datasets::Role::Input, &self.x, i, inputs));
        let of_outputs = self.outputs.iter().enumerate();
        let of_outputs =
            of_outputs.map(|(i, node)| column(node, datasets::Role::Target, &self.t, i, outputs));
        let table = Table::from_columns(of_inputs.chain(of_outputs).collect()).expect("columns");
        let training = TrainingSettings {
            objective: self.objective.clone(),
            input_scaling: InputScaling::None,
            ..TrainingSettings::default()
        };
        let split = Split::new(100, 0, 0, false).expect("all of it");
        let network = self.network.clone();
        Project::from_parts(network, table, split, training, 0, View::default()).expect("it fits")
    }

    fn traces(&self, route: Route) -> Vec<Trace> {
        let mut trainer = Trainer::with_route(route);
        let mut ask = |request| {
            trainer.handle(Command { seq: 1, request });
            trainer.advance(WorkBudget::UNLIMITED);
            trainer.handle(Command {
                seq: 1,
                request: Request::Credit(1),
            });
            trainer.take_report().unwrap_or_default()
        };
        let report: Report = ask(Request::Load {
            project: Box::new(self.project()),
            revision: 0,
        });
        assert_eq!(report.fault, None);
        (0..self.rows as u32)
            .map(|row| {
                let report = ask(Request::Trace(TraceRequest {
                    id: u64::from(row),
                    row: TraceRow::Table(row),
                    with_gradients: true,
                    with_update: false,
                }));
                assert_eq!(report.fault, None);
                *report.trace.expect("asked for")
            })
            .collect()
    }

    /// The oracle's loss and gradient of one row, by the way that suits.
    fn exact(&self, row: usize, by_differences: bool) -> (f64, Vec<f64>) {
        let mut oracle = self.oracle();
        oracle.rows = vec![oracle.rows.swap_remove(row)];
        let parameters = self.parameters();
        let gradient = if by_differences {
            oracle.differences(&parameters)
        } else {
            oracle.backpropagation(&parameters)
        };
        (oracle.loss(&parameters), gradient)
    }

    /// Every number of the traces against the oracle and against each other.
    fn check_traces(&self, route: Route, by_differences: bool) -> Result<(), TestCaseError> {
        let layout = ParameterLayout::of(&self.network);
        for (row, trace) in self.traces(route).into_iter().enumerate() {
            let (loss, gradient) = self.exact(row, by_differences);
            let found = f64::from(trace.loss.expect("it has targets"));
            prop_assert!((found - loss).abs() <= 1e-5 * (1.0 + loss.abs()));
            check(&trace.gradients, &gradient)?;
            prop_assert_eq!(trace.nodes.len(), self.network.nodes().count());
            for traced in &trace.nodes {
                let node = self.network.node(traced.node).expect("it is there");
                if self.network.role(node) == Role::Input {
                    prop_assert_eq!((traced.input, traced.delta), (None, None));
                    continue;
                }
                if !self.network.kind(node).is_some_and(Kind::is_plain_neuron) {
                    prop_assert!(traced.input.is_none() && traced.delta.is_some());
                    continue;
                }
                if route != Route::Fused {
                    continue;
                }
                // A bias adds 1 to the sum, so its gradient is the sum's, bit for bit.
                let place = layout.position(ElementId::bias(node.id)).expect("a bias");
                let (delta, by_bias) = (traced.delta.expect("a loss"), trace.gradients[place]);
                prop_assert!(delta == by_bias, "{} and {}", delta, by_bias);
                let z = f64::from(traced.input.expect("a neuron"));
                if node.activation == Activation::Softmax {
                    continue;
                }
                let answer = node.activation.value(z);
                prop_assert!((f64::from(traced.output) - answer).abs() < 1e-6 * (1.0 + z.abs()));
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_trace_is_the_scalar_backpropagation_of_its_row(
        seed: u64,
        layers in proptest::collection::vec(1_usize..9, 2..6),
        density in 0.1_f32..1.0,
        style in 0..STYLES,
        rows in 1_usize..4,
    ) {
        let case = Case::random(seed, &layers, density, style, rows);
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            case.check_traces(route, false)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_trace_through_matrices_is_the_same(seed: u64, style in 0..STYLES) {
        let case = Case::random(seed, &[20, 24, 17, 16, 3], 0.9, style, 2);
        case.check_traces(Route::Fused, false)?;
    }

    #[test]
    fn a_trace_agrees_with_finite_differences_of_the_loss_of_its_row(
        seed: u64,
        style in 0..STYLES,
    ) {
        let mut case = Case::random(seed, &[3, 4, 3, 3], 0.7, style, 2);
        case.smooth();
        case.check_traces(Route::Fused, true)?;
    }

    #[test]
    fn a_trace_passes_through_general_kinds(seed: u64) {
        let mut draw = Draw::new(seed);
        let network = network_of_kinds(&mut draw);
        let case = Case::with_rows(network, objective(2, &[]), 2, 2, draw);
        for route in [Route::Fused, Route::Levels, Route::PerNode] {
            case.check_traces(route, true)?;
        }
    }
}
