//! None of the shipped examples is ill of its gradient while it is trained as it is shipped.

use engine::{Command, FlowVerdict, GradientFlow, Request, Trainer, WorkBudget};

/// What was seen of the gradient while an example was trained from a seed.
#[derive(Debug)]
struct Seen {
    looks: u32,
    /// The least and most of the first level's size to the outputs'.
    shares: [f32; 2],
    growth: f32,
    ill: Vec<(u32, GradientFlow)>,
}

fn train(example: &examples::Example, seed: u64) -> Seen {
    let mut project = example.project.clone();
    let edit = project::gesture::new_seed(&project, seed);
    project::apply(&mut project, &edit).expect("a seed can be set");
    let mut trainer = Trainer::new();
    let load = Request::Load {
        project: Box::new(project),
        revision: 0,
    };
    let requests = [
        load,
        Request::Credit(u32::MAX - 10),
        Request::Train { epochs: None },
    ];
    for (seq, request) in (1..).zip(requests) {
        trainer.handle(Command { seq, request });
    }
    let mut seen = Seen {
        looks: 0,
        shares: [f32::INFINITY, 0.0],
        growth: 0.0,
        ill: Vec::new(),
    };
    let mut has_more = true;
    while has_more {
        // The shortest slices, so that every epoch is looked at.
        has_more = trainer.advance(WorkBudget(1)).has_more;
        let Some(report) = trainer.take_report() else {
            continue;
        };
        assert_eq!(report.fault, None, "{}", example.name);
        let Some(flow) = report.gradient_flow else {
            continue;
        };
        seen.looks += 1;
        if let Some(first) = flow.levels.first() {
            let share = first.size / flow.at_outputs;
            seen.shares = [seen.shares[0].min(share), seen.shares[1].max(share)];
        }
        seen.growth = seen.growth.max(flow.growth.unwrap_or(0.0));
        if flow.verdict != FlowVerdict::Even {
            seen.ill.push((report.epochs, *flow));
        }
    }
    seen
}

#[test]
fn no_shipped_example_is_said_to_vanish_or_explode_while_it_learns() {
    let examples = examples::all();
    assert_eq!(examples.len(), 10);
    for example in examples {
        for seed in 1..=5 {
            let seen = train(&example, seed);
            let [least, most] = seen.shares;
            println!(
                "{} {seed}: {} looks, first level {least:.3} to {most:.3} of the outputs, growth up to {:.2}",
                example.name, seen.looks, seen.growth
            );
            assert_eq!(seen.ill, [], "{} {seed}", example.name);
            assert_eq!(
                seen.looks,
                example.project.training().epochs,
                "{}",
                example.name
            );
            // And far from it.
            assert!(
                least > 5.0 * GradientFlow::LEAST_SHARE,
                "{}: {least}",
                example.name
            );
            assert!(
                most < 0.2 * GradientFlow::MOST_SHARE,
                "{}: {most}",
                example.name
            );
            let is_growing = seen.growth > 0.2 * GradientFlow::MOST_GROWTH;
            assert!(!is_growing, "{}: {}", example.name, seen.growth);
        }
    }
}
