"""Writes assets/data/digits.csv: the 1,797 handwritten digits of scikit-learn, 8 × 8 cells each.

Run with any scikit-learn 1: python tests/oracle/scikit_digits.py

The columns bear scikit-learn's names, row by row from the upper left corner. What digit it is stands
last, as a word: a column of numbers would be a single target, and words are the names of classes.
"""

import csv
from pathlib import Path

from sklearn.datasets import load_digits

OUTPUT = Path(__file__).parents[2] / "assets/data/digits.csv"
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

digits = load_digits()
with OUTPUT.open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*digits.feature_names, "digit"])
    for cells, digit in zip(digits.data.astype(int).tolist(), digits.target.tolist()):
        writer.writerow([*cells, WORDS[digit]])
