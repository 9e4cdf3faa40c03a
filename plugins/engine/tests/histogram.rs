//! Histograms against a plain count.

mod common;

use common::{Asker, bits, curved, layered, project, xor};
use datasets::Split;
use engine::{
    Histogram, HistogramRequest, Measured, Part, ProbeRequest, Report, Request, WorkBudget,
};
use network::{Activation, EdgeId, ElementId, NodeId};
use project::{Edit, TrainingSettings};

fn ask(asker: &mut Asker, of: Measured, node: Option<u32>, bins: u32) -> Result<Histogram, String> {
    asker.ask(Request::Histogram(HistogramRequest {
        id: 3,
        of,
        node: node.map(NodeId),
        bins,
    }));
    asker.ask(Request::Pause);
    asker.finish(WorkBudget(1));
    let Report {
        histogram, fault, ..
    } = asker.report();
    histogram
        .map(|histogram| *histogram)
        .ok_or_else(|| fault.expect("one of both").sentence)
}

/// Counts one by one, by looking for the bin whose ends are on both sides.
#[track_caller]
fn assert_counts(found: &Histogram, numbers: &[f32], bins: usize) {
    let least = numbers.iter().copied().fold(f32::INFINITY, f32::min);
    let most = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert_eq!(bits(&found.range), bits(&[least, most]));
    let (low, high) = (f64::from(least), f64::from(most));
    let end = |bin: usize| low + (high - low) * bin as f64 / bins as f64;
    let counts: Vec<u64> = (0..bins)
        .map(|bin| {
            let is_in = |&&x: &&f32| {
                let x = f64::from(x);
                end(bin) <= x && (x < end(bin + 1) || bin + 1 == bins)
            };
            numbers.iter().filter(is_in).count() as u64
        })
        .collect();
    assert_eq!(found.counts, counts);
    let mean = numbers.iter().map(|&x| f64::from(x)).sum::<f64>() / numbers.len() as f64;
    let square = |&x: &f32| (f64::from(x) - mean).powi(2);
    let variance = numbers.iter().map(square).sum::<f64>() / numbers.len() as f64;
    assert!((f64::from(found.mean) - mean).abs() < 1e-6);
    assert!((f64::from(found.deviation) - variance.sqrt()).abs() < 1e-6);
    assert_eq!((found.request.bins as usize, found.not_finite), (bins, 0));
}

#[test]
fn weights_biases_and_gradients_are_counted_rightly() {
    let mut asker = Asker::with(curved(1));
    asker.patch(vec![Edit::SetPruned {
        id: ElementId::weight(EdgeId(7)),
        is_pruned: true,
    }]);
    asker.train(2);
    let report = asker.report();
    let (values, gradients) = (report.values, report.gradients);
    let network = asker.trainer.project().expect("loaded").network().clone();
    // 39 biases, then 434 weights in the order of edges.
    let biases = network.parameter_count() - network.edges().count();
    assert_eq!(biases, 39);
    let edges: Vec<_> = network.edges().collect();
    let is_there = |&(edge, _): &(usize, &f32)| edges[edge].id != EdgeId(7);
    let weights = |list: &[f32], node: Option<u32>| -> Vec<f32> {
        let all = list[biases..].iter().enumerate().filter(is_there);
        let of_node =
            all.filter(|&(edge, _)| node.is_none_or(|node| edges[edge].to.node() == NodeId(node)));
        of_node.map(|(_, &x)| x).collect()
    };
    let found = ask(&mut asker, Measured::Weights, None, 32).expect("counted");
    assert_counts(&found, &weights(&values, None), 32);
    assert_eq!(found.counts.iter().sum::<u64>(), 433);
    let found = ask(&mut asker, Measured::Weights, Some(30), 5).expect("counted");
    assert_counts(&found, &weights(&values, Some(30)), 5);
    let found = ask(&mut asker, Measured::Biases, None, 9).expect("counted");
    assert_counts(&found, &values[..39], 9);
    let found = ask(&mut asker, Measured::Gradients, None, 32).expect("counted");
    let all = [&gradients[..39], &weights(&gradients, None)].concat();
    assert_counts(&found, &all, 32);
    let found = ask(&mut asker, Measured::Gradients, Some(40), 4).expect("counted");
    // The biases begin with that of the first hidden neuron, node 3.
    let own = [&gradients[37..38], &weights(&gradients, Some(40))].concat();
    assert_counts(&found, &own, 4);
}

#[test]
fn activations_of_a_part_are_those_of_probing_its_rows() {
    let rows: Vec<_> = (0..150)
        .map(|i| (vec![(i as f32 * 0.37).sin(), i as f32 * 0.01], vec![0.5]))
        .collect();
    let network = layered(&[2, 4, 1], Activation::Tanh, Activation::Sigmoid, 4);
    let split = Split::new(50, 50, 0, false).expect("a hundred");
    let mut asker = Asker::with(project(network, &rows, split, TrainingSettings::default()));
    asker.train(3);
    // In order: the first half is for training.
    let mut expected = vec![Vec::new(); 7];
    for (inputs, _) in &rows[75..] {
        let inputs = vec![(NodeId(0), inputs[0]), (NodeId(1), inputs[1])];
        asker.ask(Request::Probe(ProbeRequest { id: 1, inputs }));
        asker.finish(WorkBudget::UNLIMITED);
        let probe = asker.report().probe.expect("answered");
        for (node, values) in probe.nodes {
            expected[node.0 as usize].extend(values);
        }
    }
    let of = Measured::Activations(Part::Validation);
    let found = ask(&mut asker, of, Some(6), 10).expect("counted");
    assert_counts(&found, &expected[6], 10);
    let found = ask(&mut asker, of, Some(0), 10).expect("counted");
    assert_counts(&found, &expected[0], 10);
    let found = ask(&mut asker, of, None, 32).expect("counted");
    assert_counts(&found, &expected[2..].concat(), 32);
    assert_eq!(found.epochs, 3);
    // Without rows there is nothing to count.
    let found = ask(&mut asker, Measured::Activations(Part::Test), None, 8).expect("counted");
    assert_eq!((found.range, found.counts), ([0.0, 1.0], vec![0; 8]));
}

#[test]
fn the_last_rows_are_those_just_trained_on() {
    let mut asker = Asker::with(xor(1));
    asker.train(1);
    let found = ask(&mut asker, Measured::LastActivations, None, 6).expect("counted");
    // Four rows, four hidden neurons and an output.
    assert_eq!(found.counts.iter().sum::<u64>(), 20);
    let found = ask(&mut asker, Measured::LastActivations, Some(0), 4).expect("counted");
    assert_eq!((found.range, found.counts), ([0.0, 1.0], vec![2, 0, 0, 2]));
}

#[test]
fn while_training_runs_the_latest_is_answered_and_changes_nothing() {
    let mut plain = Asker::with(curved(1));
    plain.train(5);
    let mut asker = Asker::with(curved(1));
    asker.ask(Request::Train { epochs: Some(5) });
    let mut answers = 0;
    for _ in 0..2_000 {
        let has_more = asker.trainer.advance(WorkBudget(1)).has_more;
        let request = HistogramRequest {
            id: 8,
            of: Measured::Weights,
            ..HistogramRequest::default()
        };
        asker.ask(Request::Histogram(HistogramRequest {
            of: Measured::Activations(Part::Train),
            ..request
        }));
        asker.ask(Request::Histogram(request));
        asker.trainer.advance(WorkBudget(1));
        let answer = asker.report().histogram.expect("answered at once");
        assert_eq!(
            (answer.request.of, answer.counts.len()),
            (Measured::Weights, 1)
        );
        answers += 1;
        if !has_more {
            break;
        }
    }
    asker.finish(WorkBudget::UNLIMITED);
    assert!(answers > 10);
    assert_eq!(bits(&asker.values()), bits(&plain.values()));
}

#[test]
fn what_cannot_be_counted_is_said() {
    let mut asker = Asker::with(xor(1));
    let mut refused = |of, node| ask(&mut asker, of, node, 8).expect_err("it cannot");
    assert_eq!(
        refused(Measured::Gradients, None),
        "There is no gradient yet: no batch was trained."
    );
    assert_eq!(
        refused(Measured::LastActivations, None),
        "Nothing flowed yet: no batch was trained."
    );
    assert_eq!(
        refused(Measured::Weights, Some(99)),
        "There is no node 99 to look at."
    );
    // All equal: half before and half behind.
    let found = ask(&mut asker, Measured::Biases, None, 1_000).expect("all 0");
    assert_eq!((found.range, found.counts.len()), ([-0.5, 0.5], 256));
    assert_eq!(found.counts[128], 5);
}
