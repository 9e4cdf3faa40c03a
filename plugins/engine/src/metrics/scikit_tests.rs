//! Metrics against scikit-learn (`tests/oracle/scikit_metrics.py`), and what holds for any rows.

use network::NodeId;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

const FIXTURE: &str = include_str!("../../tests/fixtures/scikit_metrics.json");

fn question(width: usize, rule: ClassRule) -> Question {
    Question {
        nodes: (0..width as u32).map(NodeId).collect(),
        elements: (0..width).collect(),
        names: (0..width).map(|number| format!("n{number}")).collect(),
        rule,
    }
}

type Row = (Vec<f32>, Vec<f32>);

fn measured(rule: ClassRule, rows: &[Row]) -> GroupMetrics {
    let width = rows.first().map_or(0, |(answers, _)| answers.len());
    let question = question(width, rule);
    let mut measure = Measure::new(&question, rows.len());
    for (answers, targets) in rows {
        measure.add(answers, targets);
    }
    measure.finish(&question)
}

fn value(result: &GroupMetrics, name: MetricName) -> Option<f32> {
    let mut metrics = result.metrics.iter();
    metrics
        .find(|metric| metric.name == name)
        .map(|metric| metric.value)
}

fn numbers(value: &Value) -> Vec<f32> {
    let items = value.as_array().expect("a list");
    let number = |item: &Value| item.as_f64().expect("a number") as f32;
    items.iter().map(number).collect()
}

fn rule_of(case: &Value) -> ClassRule {
    match case["kind"].as_str().expect("a word") {
        "multiclass" => ClassRule::Largest,
        "binary" => ClassRule::Above(case["middle"].as_f64().expect("a number") as f32),
        "multilabel" => ClassRule::Above(0.5),
        _ => ClassRule::None,
    }
}

fn assert_close(what: &str, found: f32, expected: f64) {
    let allowed = 2e-6 * (1.0 + expected.abs());
    assert!(
        (f64::from(found) - expected).abs() <= allowed,
        "{what}: {found} instead of {expected}"
    );
}

#[test]
fn every_metric_is_the_one_of_scikit_learn() {
    let cases: Vec<Value> = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
    let mut compared = 0;
    for (number, case) in cases.iter().enumerate() {
        let lists = |name: &str| case[name].as_array().expect("a list").iter().map(numbers);
        let rows: Vec<Row> = lists("scores").zip(lists("targets")).collect();
        let found = measured(rule_of(case), &rows);
        let expected = case["expected"].as_object().expect("by name");
        for (key, expected) in expected {
            let name = match key.as_str() {
                "accuracy" => MetricName::Accuracy,
                "precision" => MetricName::Precision,
                "recall" => MetricName::Recall,
                "f1" => MetricName::F1,
                "auc" => MetricName::RocAuc,
                "mae" => MetricName::MeanAbsoluteError,
                "mse" => MetricName::MeanSquaredError,
                "rmse" => MetricName::RootMeanSquaredError,
                "r2" => MetricName::RSquared,
                _ => continue,
            };
            let what = format!("case {number}, {}", name.name());
            match (expected.as_f64(), value(&found, name)) {
                (Some(expected), Some(found)) => assert_close(&what, found, expected),
                (expected, found) => assert_eq!(found.is_some(), expected.is_some(), "{what}"),
            }
            compared += 1;
        }
        for (key, of) in [
            (
                "each_precision",
                (|class| class.precision) as fn(&ClassMetrics) -> f32,
            ),
            ("each_recall", |class| class.recall),
            ("each_f1", |class| class.f1),
        ] {
            let Some(expected) = expected.get(key).and_then(Value::as_array) else {
                continue;
            };
            assert_eq!(found.classes.len(), expected.len(), "case {number}");
            for (class, expected) in found.classes.iter().zip(expected) {
                let what = format!("case {number}, {key} of {}", class.name);
                assert_close(&what, of(class), expected.as_f64().expect("a number"));
                compared += 1;
            }
        }
        let counts = found.confusion.map(|confusion| {
            let counts = confusion.counts.into_iter();
            counts.map(|count| count as f32).collect::<Vec<_>>()
        });
        assert_eq!(
            counts,
            expected.get("confusion").map(numbers),
            "case {number}"
        );
    }
    assert_eq!(compared, 183, "as many as the fixture holds");
}

/// The definition, pair by pair.
fn area_by_pairs(rows: &[(f32, bool)]) -> Option<f64> {
    let (mut won, mut pairs) = (0.0, 0.0);
    for (score, _) in rows.iter().filter(|(_, is_of_class)| *is_of_class) {
        for (other, _) in rows.iter().filter(|(_, is_of_class)| !is_of_class) {
            pairs += 1.0;
            won += match score.partial_cmp(other) {
                Some(std::cmp::Ordering::Greater) => 1.0,
                Some(std::cmp::Ordering::Equal) => 0.5,
                _ => 0.0,
            };
        }
    }
    (pairs > 0.0).then(|| won / pairs)
}

#[test]
fn more_scores_than_are_kept_leave_the_area_out_and_nothing_else() {
    let mut measure = Measure::new(
        &question(1, ClassRule::Above(0.5)),
        Evaluation::MAX_SCORES + 1,
    );
    measure.add(&[0.9], &[1.0]);
    measure.add(&[0.1], &[0.0]);
    let result = measure.finish(&question(1, ClassRule::Above(0.5)));
    assert_eq!(value(&result, MetricName::RocAuc), None);
    assert_eq!(value(&result, MetricName::Accuracy), Some(1.0));
}

#[test]
fn a_score_that_is_no_number_has_no_rank() {
    assert_eq!(
        area_under_curve(&mut [(f32::NAN, true), (0.0, false)]),
        None
    );
    let mut zeros = [(-0.0, true), (0.0, false)];
    assert_eq!(area_under_curve(&mut zeros), Some(0.5));
}

/// Rows of eighths, so that ties are many.
fn rows(width: usize) -> impl Strategy<Value = Vec<Row>> {
    let eighths = prop::collection::vec((-8_i32..=8).prop_map(|n| n as f32 / 8.0), width);
    let chosen = (0..width).prop_map(move |one| {
        let is_one = |column| if column == one { 1.0 } else { 0.0 };
        (0..width).map(is_one).collect::<Vec<f32>>()
    });
    prop::collection::vec((eighths, chosen), 1..60)
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_no_metric(
        (rows, shuffled) in rows(3).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        for rule in [ClassRule::Largest, ClassRule::Above(0.5)] {
            prop_assert_eq!(measured(rule, &rows), measured(rule, &shuffled));
        }
        // Sums of numbers round otherwise in another order.
        let (one, other) = (measured(ClassRule::None, &rows), measured(ClassRule::None, &shuffled));
        prop_assert_eq!(one.metrics.len(), other.metrics.len());
        for (one, other) in one.metrics.iter().zip(&other.metrics) {
            prop_assert_eq!(one.name, other.name);
            prop_assert!((one.value - other.value).abs() <= 1e-5 * one.value.abs().max(1.0));
        }
    }

    #[test]
    fn the_area_is_the_share_of_pairs_won_and_asks_for_the_order_of_scores_only(
        rows in prop::collection::vec(((-8_i32..=8).prop_map(|n| n as f32 / 8.0), any::<bool>()), 0..60),
    ) {
        let found = area_under_curve(&mut rows.clone());
        let expected = area_by_pairs(&rows);
        prop_assert_eq!(found.is_some(), expected.is_some());
        prop_assert!((found.unwrap_or_default() - expected.unwrap_or_default()).abs() < 1e-12);
        let through = |map: fn(f32) -> f32| {
            let mut mapped: Vec<_> = rows.iter().map(|&(score, is)| (map(score), is)).collect();
            area_under_curve(&mut mapped)
        };
        for map in [|x: f32| x.exp(), |x: f32| x * x * x, |x: f32| 1.0 / (1.0 + (-x).exp()), |x: f32| 1e6 * x - 3.0] {
            prop_assert_eq!(through(map), found);
        }
        let turned = through(|x| -x);
        prop_assert!((turned.unwrap_or(0.5) + found.unwrap_or(0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn shares_stay_between_none_and_all(rows in rows(4)) {
        for rule in [ClassRule::Largest, ClassRule::Above(0.0)] {
            let result = measured(rule, &rows);
            prop_assert!(result.metrics.iter().all(|metric| (0.0..=1.0).contains(&metric.value)));
        }
    }
}
