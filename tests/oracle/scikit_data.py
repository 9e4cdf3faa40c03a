"""Writes plugins/datasets/tests/fixtures/scikit_data.json: split sizes, scalings and a regression set
by scikit-learn.

Run with any scikit-learn 1.9: python tests/oracle/scikit_data.py

What can be compared of a split is how many rows each part gets: the rows themselves come from another
generator, and neither stratifies unless told to (Neurarium's split never does). `train_test_split`
rounds the test part up; Neurarium gives rows by the largest remainder, which is at most one row away,
and the same where the shares are whole. `is_exact` tells where the share as a float was whole too:
0.07 · 100 is more than 7 in floats, and scikit-learn then tests on 8 rows. Where scikit-learn refuses
to leave a part empty the counts are null.
"""

import json
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

OUTPUT = Path(__file__).parents[2] / "plugins/datasets/tests/fixtures/scikit_data.json"
random = numpy.random.default_rng(20260)


def split(rows, test):
    whole = ceil(Fraction(rows * test, 100))
    case = {"rows": rows, "test": test, "is_exact": ceil(rows * (test / 100)) == whole}
    try:
        parts = train_test_split(range(rows), test_size=test / 100, random_state=0)
    except ValueError:
        return case | {"counts": None}
    return case | {"counts": [len(part) for part in parts]}


def scaling(values):
    values = numpy.asarray(values, dtype=numpy.float32)
    scaler = StandardScaler()
    scaled = scaler.fit_transform(values.astype(float)[:, None])
    return {
        "values": values.tolist(),
        "mean": float(scaler.mean_[0]),
        "scale": float(scaler.scale_[0]),
        "scaled": scaled[:, 0].tolist(),
    }


splits = [split(rows, test) for rows in [1, 2, 3, 7, 10, 33, 100, 150, 1797] for test in [1, 7, 15, 20, 25, 30, 50, 85, 99]]
scalings = [
    scaling(values)
    for values in [
        random.normal(0, 1, 20),
        random.normal(5, 0.01, 20),
        random.normal(10_000, 3, 20),
        random.normal(0, 1e-20, 10),
        random.normal(0, 1e20, 10),
        random.integers(2, size=15),
        [0.1] * 12,
        [0.0] * 5,
        [-3.5],
        [1.0, 1.0, 1.0000001, 1.0],
    ]
]
inputs, targets = make_friedman1(n_samples=50, n_features=5, noise=0, random_state=1)
friedman = [{"inputs": x.tolist(), "target": y} for x, y in zip(inputs, targets.tolist())]
fixture = {"splits": splits, "scalings": scalings, "friedman1": friedman}
text = json.dumps(fixture, separators=(",", ":")).replace('{"rows', '\n{"rows').replace('{"values', '\n{"values').replace('{"inputs', '\n{"inputs')
OUTPUT.write_text(text + "\n")
