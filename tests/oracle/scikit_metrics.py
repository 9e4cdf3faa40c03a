"""Writes plugins/engine/tests/fixtures/scikit_metrics.json: metrics of made-up answers by scikit-learn.

Run with any scikit-learn 1.9: python tests/oracle/scikit_metrics.py

Scores are sixteenths, so that they are the same in f32 and f64 and ties are many. A class that all
rows or none are of has no ROC-AUC: its place is null, and the mean is over the others, as scikit-learn's
"ovr" is where every class has one (checked below). R² of a single row is undefined in scikit-learn and
null here.
"""

import json
import warnings
from pathlib import Path

import numpy
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning

OUTPUT = Path(__file__).parents[2] / "plugins/engine/tests/fixtures/scikit_metrics.json"
random = numpy.random.default_rng(20260)
warnings.simplefilter("ignore", UndefinedMetricWarning)


def area(is_of_class, scores):
    is_of_class = numpy.asarray(is_of_class)
    if is_of_class.all() or not is_of_class.any():
        return None
    return float(metrics.roc_auc_score(is_of_class, scores))


def shares(targets, answers, **how):
    """Macro means, and the same class by class; zero_division is the default, 0."""
    scores = {}
    for name, score in [
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ]:
        scores[name] = float(score(targets, answers, average="macro"))
        scores["each_" + name] = score(targets, answers, average=None, **how).tolist()
    return scores


def of_choice(targets, answers, classes):
    labels = list(range(classes))
    return {
        "accuracy": float(metrics.accuracy_score(targets, answers)),
        "confusion": metrics.confusion_matrix(targets, answers, labels=labels).flatten().tolist(),
        **shares(targets, answers, labels=labels),
    }


def mean(areas):
    areas = [area for area in areas if area is not None]
    return float(numpy.mean(areas)) if areas else None


def multiclass(rows, classes, asked):
    """One of several classes; only the first `asked` of them occur among targets."""
    targets = random.integers(asked, size=rows)
    lean = numpy.full((rows, classes), 1.0)
    lean[numpy.arange(rows), targets] += 0.8
    lean /= lean.sum(axis=1, keepdims=True)
    scores = numpy.array([random.multinomial(16, p) for p in lean]) / 16
    areas = [area(targets == c, scores[:, c]) for c in range(classes)]
    if classes > 2 and None not in areas:
        ovr = metrics.roc_auc_score(targets, scores, multi_class="ovr", average="macro")
        assert abs(ovr - mean(areas)) < 1e-12
    return {
        "kind": "multiclass",
        "scores": scores.tolist(),
        "targets": numpy.eye(classes)[targets].tolist(),
        "expected": of_choice(targets, scores.argmax(axis=1), classes) | {"auc": mean(areas)},
    }


def binary(rows, share, no):
    """Yes or no, told as `no` and 1, from scores around the middle of both."""
    targets = (random.random(rows) < share).astype(int)
    scores = numpy.clip(random.normal(8 + 3 * (targets - 0.5), 3.0).round(), 0, 16) / 16
    scores = scores if no == 0 else 2 * scores - 1
    answers = (scores > (1 + no) / 2).astype(int)
    told = numpy.where(targets == 1, 1.0, no)
    return {
        "kind": "binary",
        "middle": (1 + no) / 2,
        "scores": scores[:, None].tolist(),
        "targets": told[:, None].tolist(),
        "expected": of_choice(targets, answers, 2) | {"auc": area(targets, scores)},
    }


def multilabel(rows, labels):
    """Several outputs that each say yes or no; the last one is never asked to say yes."""
    targets = random.integers(2, size=(rows, labels))
    targets[:, -1] = 0
    scores = random.integers(17, size=(rows, labels)) / 16
    answers = (scores > 0.5).astype(int)
    areas = [area(targets[:, c], scores[:, c]) for c in range(labels)]
    return {
        "kind": "multilabel",
        "scores": scores.tolist(),
        "targets": targets.astype(float).tolist(),
        "expected": {
            "accuracy": float(metrics.accuracy_score(targets, answers)),
            **shares(targets, answers),
            "auc": mean(areas),
        },
    }


def regression(rows, outputs, change=lambda answers, targets: None):
    targets = random.normal(0, 3, size=(rows, outputs)).astype(numpy.float32)
    answers = (targets + random.normal(0, 1, size=(rows, outputs))).astype(numpy.float32)
    change(answers, targets)
    targets, answers = targets.astype(float), answers.astype(float)
    how = {"multioutput": "uniform_average"}
    return {
        "kind": "regression",
        "scores": answers.tolist(),
        "targets": targets.tolist(),
        "expected": {
            "mae": float(metrics.mean_absolute_error(targets, answers, **how)),
            "mse": float(metrics.mean_squared_error(targets, answers, **how)),
            "rmse": float(metrics.root_mean_squared_error(targets, answers, **how)),
            "r2": float(metrics.r2_score(targets, answers, **how)) if rows > 1 else None,
        },
    }


def constant(answers, targets):
    targets[:, 0] = 0.1


def constant_and_met(answers, targets):
    targets[:, 0] = answers[:, 0] = 0.1


def far_from_zero(answers, targets):
    targets += 10_000
    answers += 10_000


cases = [
    multiclass(40, 3, 3),
    multiclass(25, 4, 4),
    multiclass(12, 5, 3),
    multiclass(6, 3, 1),
    multiclass(30, 2, 2),
    multiclass(1, 3, 3),
    binary(50, 0.5, 0),
    binary(30, 0.1, 0),
    binary(20, 0.0, 0),
    binary(20, 1.0, 0),
    binary(40, 0.4, -1),
    multilabel(30, 3),
    regression(30, 1),
    regression(20, 3),
    regression(20, 2, constant),
    regression(20, 2, constant_and_met),
    regression(30, 1, far_from_zero),
    regression(1, 2),
]
OUTPUT.write_text(json.dumps(cases, separators=(",", ":")).replace('{"kind', '\n{"kind') + "\n")
