"""Trains the networks of `cases.py` in PyTorch and writes what came of them, for the engine's tests.

Run with any PyTorch 2: python tests/oracle/training.py > plugins/engine/tests/fixtures/pytorch.json
"""

import json
import math
import random
import sys

import torch
import torch.nn.functional as F

import graphs
from cases import CASES
from graphs import UNIT, members

# What the engine's test allows: this times (|p| + the root mean square of all).
TOLERANCE = 1e-4
# PyTorch's own f32 must stay within this share of it.
ROUNDING_SHARE = 0.3
# Sums, misses and weights may not come closer to a kink than this, nor a loss (relatively) to the
# threshold of a plateau.
LEAST_MARGIN = 2e-5
DRAWS = 200


class Step(torch.autograd.Function):
    """1 above 0, else 0, with the straight-through slope 1 while |z| <= 1."""

    @staticmethod
    def forward(context, z):
        context.save_for_backward(z)
        return (z > 0).to(z.dtype)

    @staticmethod
    def backward(context, slope):
        (z,) = context.saved_tensors
        return slope * (z.abs() <= 1).to(z.dtype)


ACTIVATIONS = {
    "Linear": lambda z: z,
    "Relu": F.relu,
    "Elu": F.elu,
    "Selu": F.selu,
    "Gelu": F.gelu,
    "GeluTanh": lambda z: F.gelu(z, approximate="tanh"),
    "Silu": F.silu,
    "Softplus": F.softplus,
    "Tanh": torch.tanh,
    "HardTanh": F.hardtanh,
    "Sigmoid": torch.sigmoid,
    "Sine": torch.sin,
    "Gaussian": lambda z: torch.exp(-z * z),
    "Step": Step.apply,
    # Taken over the group, by the loss.
    "Softmax": lambda z: z,
}
KINKS = {"Relu": [0], "Selu": [0], "HardTanh": [-1, 1], "Step": [-1, 0, 1]}


def named(value):
    """An enum of the engine's: its name, and its fields or its only value."""
    return (value, {}) if isinstance(value, str) else next(iter(value.items()))


class Margins:
    """How close the way came to where it could have gone otherwise by a rounding."""

    def __init__(self):
        self.least = math.inf
        self.where = ""

    def see(self, what, distance):
        if distance < self.least:
            self.least, self.where = distance, what


class Model:
    """A graph whose learnable numbers, biases by node and then weights by edge, are one list."""

    def __init__(self, case, dtype, margins):
        self.case, self.dtype, self.margins = case, dtype, margins
        self.nodes, self.edges = case["nodes"], case["edges"]
        self.neurons = [i for i, node in enumerate(self.nodes) if node[0] != "input"]
        self.bias = {node: place for place, node in enumerate(self.neurons)}
        numbers = [self.nodes[i][2] for i in self.neurons] + [edge[2] for edge in self.edges]
        self.constant = torch.tensor(numbers, dtype=dtype) / UNIT
        still = [self.bias[node] for node in case["frozen_biases"]]
        still += [len(self.neurons) + e for e in case["frozen_weights"] + case["pruned"]]
        factors = [self.nodes[i][3] for i in self.neurons]
        factors += [self.nodes[to][3] for _, to, _ in self.edges]
        by_factor = {}
        for place, factor in enumerate(factors):
            if factor > 0 and place not in still:
                by_factor.setdefault(factor, []).append(place)
        # One tensor of PyTorch for each learning rate.
        self.groups = [
            (factor, torch.tensor(places), torch.nn.Parameter(self.constant[places].clone()))
            for factor, places in sorted(by_factor.items())
        ]
        weights = [p for _, places, _ in self.groups for p in places.tolist()]
        self.weights = torch.tensor([p for p in weights if p >= len(self.neurons)])
        self.incoming = {node: [] for node in self.neurons}
        for number, (source, to, _) in enumerate(self.edges):
            self.incoming[to].append((source, len(self.neurons) + number))

    def numbers(self):
        numbers = self.constant
        for _, places, learned in self.groups:
            numbers = numbers.index_put((places,), learned)
        return numbers

    def sums(self, x):
        """The sums of the outputs before their activations, column by column."""
        numbers = self.numbers()
        inputs = [i for i, node in enumerate(self.nodes) if node[0] == "input"]
        values, outputs = dict(zip(inputs, x.unbind(1))), {}
        for node in self.case["order"]:
            z = numbers[self.bias[node]].expand(len(x))
            if self.incoming[node]:
                sources, places = zip(*self.incoming[node])
                z = z + torch.stack([values[s] for s in sources], 1) @ numbers[list(places)]
            if self.nodes[node][0] == "output":
                outputs[node] = z
            values[node] = self.activate(node, z)
        return torch.stack([outputs[node] for node in sorted(outputs)], 1)

    def activate(self, node, z):
        name, leak = named(self.nodes[node][1])
        for kink in [0] if name == "LeakyRelu" else KINKS.get(name, []):
            self.margins.see(f"a sum of {name}", (z - kink).abs().min().item())
        return F.leaky_relu(z, leak) if name == "LeakyRelu" else ACTIVATIONS[name](z)

    def loss(self, x, t):
        sums = self.sums(x)
        outputs = sorted(i for i, node in enumerate(self.nodes) if node[0] == "output")
        terms = self.case["settings"]["objective"]["Supervised"]["terms"]
        answers = self.answers(sums, outputs, terms)
        total = 0
        for term in terms:
            group = members(term, outputs)
            class_weights = term["class_weights"]
            weights = [class_weights.get(str(outputs[place]), 1.0) for place in group]
            weights = torch.tensor(weights, dtype=self.dtype)
            one = self.term(term["loss"], sums[:, group], answers[:, group], t[:, group], weights)
            total = total + term["weight"] * one
        return total

    def answers(self, sums, outputs, terms):
        """Softmax is taken over the softmax outputs of each term that names its outputs, and over
        all others together."""
        groups = {}
        columns = list(sums.unbind(1))
        for place, node in enumerate(outputs):
            if self.nodes[node][1] == "Softmax":
                names = lambda term: term["outputs"] != "All" and place in members(term, outputs)
                group = next((i for i, term in enumerate(terms) if names(term)), None)
                groups.setdefault(group, []).append(place)
            else:
                columns[place] = self.activate(node, columns[place])
        for places in groups.values():
            for place, column in zip(places, torch.softmax(sums[:, places], 1).unbind(1)):
                columns[place] = column
        return torch.stack(columns, 1)

    def term(self, loss, sums, answers, targets, weights):
        name, how = named(loss)
        miss = (answers - targets).abs()
        match name:
            case "MeanSquaredError":
                return F.mse_loss(answers, targets)
            case "MeanAbsoluteError":
                self.margins.see("an absolute error", miss.min().item())
                return F.l1_loss(answers, targets)
            case "Huber":
                return F.huber_loss(answers, targets, delta=how["delta"])
            case "BinaryCrossEntropy":
                return F.binary_cross_entropy_with_logits(sums, targets, pos_weight=weights)
            case "CategoricalCrossEntropy":
                # With probabilities as targets the mean is one over the rows.
                return F.cross_entropy(sums, targets, weight=weights)
            case "Hinge":
                self.margins.see("a hinge", (1 - targets * answers).abs().min().item())
                zero = torch.zeros_like(answers)
                each = F.margin_ranking_loss(answers, zero, targets, margin=1, reduction="none")
                return (each * torch.where(targets > 0, weights, 1)).mean()

    def penalty(self):
        how = self.case["settings"].get("penalty", {"l1": 0, "l2": 0})
        weights = self.numbers()[self.weights]
        if how["l1"]:
            self.margins.see("a weight under L1", weights.abs().min().item())
        return how["l1"] * weights.abs().sum() + 0.5 * how["l2"] * (weights**2).sum()


def optimizer_of(settings, groups):
    name, how = named(settings["optimizer"])
    rate = settings["learning_rate"]
    common = {"lr": rate, "weight_decay": settings.get("weight_decay", 0.0)}
    params = [{"params": [p], "lr": rate * factor} for factor, _, p in groups]
    match name:
        case "Sgd":
            return torch.optim.SGD(params, momentum=how["momentum"], **common)
        case "Nesterov":
            return torch.optim.SGD(params, momentum=how["momentum"], nesterov=True, **common)
        case "Adam" | "AdamW":
            rule = torch.optim.Adam if name == "Adam" else torch.optim.AdamW
            return rule(params, betas=(how["beta1"], how["beta2"]), eps=how["epsilon"], **common)
        case "RmsProp":
            return torch.optim.RMSprop(params, alpha=how["alpha"], eps=how["epsilon"], **common)
        case "Adagrad":
            return torch.optim.Adagrad(params, eps=how["epsilon"], **common)


def schedule_of(settings, optimizer, margins):
    """What is to be called after each epoch, with its loss."""
    from torch.optim import lr_scheduler as rates

    name, how = named(settings.get("schedule", "Constant"))
    warm_up = settings.get("warm_up", {"epochs": 0})["epochs"]
    # These ends are rates of their own, which a factor would have to be applied to.
    assert not how.get("least") or len(optimizer.param_groups) == 1
    after, last = None, math.inf
    match name:
        case "Constant":
            after = rates.ConstantLR(optimizer, factor=1.0)
        case "Step":
            after = rates.StepLR(optimizer, how["every"], how["factor"])
        case "Exponential":
            after = rates.ExponentialLR(optimizer, how["factor"])
        case "Cosine":
            after = rates.CosineAnnealingLR(optimizer, how["epochs"], how["least"])
            # PyTorch's would rise again.
            last = warm_up + how["epochs"]
    if warm_up:
        start = settings["warm_up"]["start"]
        linear = rates.LinearLR(optimizer, start, total_iters=warm_up)
        both = after and rates.SequentialLR(optimizer, [linear, after], milestones=[warm_up])
        after, begin = both, linear
    if name == "Plateau":
        keys = {k: how[k] for k in ("factor", "patience", "threshold")}
        plateau = rates.ReduceLROnPlateau(optimizer, min_lr=how["least"], **keys)

    def step(epoch, loss):
        if name != "Plateau":
            if epoch <= last:
                after.step()
        elif epoch <= warm_up:
            begin.step()
        else:
            if math.isfinite(plateau.best):
                margins.see("a plateau", abs(loss / (plateau.best * (1 - how["threshold"])) - 1))
            plateau.step(loss)

    return step


def train(case, dtype):
    """Losses and rates by epoch, the numbers and the penalty at the end, and the margins."""
    margins = Margins()
    model = Model(case, dtype, margins)
    settings = case["settings"]
    learned = [p for _, _, p in model.groups]
    optimizer = optimizer_of(settings, model.groups)
    after_epoch = schedule_of(settings, optimizer, margins)
    clipping, most = named(settings.get("clipping", "None"))
    x = torch.tensor(case["x"], dtype=dtype) / UNIT
    t = torch.tensor(case["t"], dtype=dtype) / UNIT
    losses, rates = [], []
    for epoch in range(1, settings["epochs"] + 1):
        rates.append(optimizer.param_groups[0]["lr"] / model.groups[0][0])
        total = 0.0
        for rows in torch.arange(len(x)).split(settings["batch_size"]):
            optimizer.zero_grad()
            loss = model.loss(x[rows], t[rows])
            total += loss.item() * len(rows)
            (loss + model.penalty()).backward()
            if clipping == "Value":
                torch.nn.utils.clip_grad_value_(learned, most)
            if clipping == "Norm":
                torch.nn.utils.clip_grad_norm_(learned, most)
            optimizer.step()
        losses.append(total / len(x))
        after_epoch(epoch, losses[-1])
    with torch.no_grad():
        return losses, rates, model.numbers().double(), model.penalty().item(), margins


def distance(found, exact):
    """The largest |a - b| / (|b| + rms b)."""
    found, exact = (torch.as_tensor(v, dtype=torch.float64) for v in (found, exact))
    rms = exact.square().mean().sqrt()
    return ((found - exact).abs() / (exact.abs() + rms)).max().item()


def drawn(name, plan, attempt):
    """The case of a plan, as the fixture has it."""
    rng = random.Random(f"{name} {attempt}")
    nodes, edges, order = graphs.draw(rng, plan["graph"], plan["hidden"], plan["output"])
    outputs = [i for i, node in enumerate(nodes) if node[0] == "output"]
    settings = plan["settings"](outputs)
    terms = settings["objective"]["Supervised"]["terms"]
    case = {"name": name, "settings": settings, "nodes": nodes, "edges": edges, "order": order}
    case["x"], case["t"] = graphs.rows(rng, nodes, terms, plan["rows"], plan["soft"])
    neurons = [i for i, node in enumerate(nodes) if node[0] != "input"]
    pick = lambda things, share: sorted(rng.sample(things, max(1, int(share * len(things)))))
    case |= {"frozen_biases": [], "frozen_weights": [], "pruned": []}
    if plan["frozen"]:
        case["frozen_biases"] = pick(neurons, 0.3)
        case["frozen_weights"] = pick(range(len(edges)), 0.3)
    if plan["pruned"]:
        free = [e for e in range(len(edges)) if e not in case["frozen_weights"]]
        case["pruned"] = pick(free, 0.25)
        for edge in case["pruned"]:
            edges[edge][2] = 0
    for node, factor in zip(rng.sample(neurons, len(neurons)), plan["factors"]):
        nodes[node][3] = factor
    return case


def shortened(number):
    return float(f"{number:.7g}")


def finished(name, plan, passed_over):
    """The first draw that no rounding sends another way, with what PyTorch made of it in f64."""
    for attempt in range(DRAWS):
        case = drawn(name, plan, attempt)
        losses, rates, numbers, penalty, margins = train(case, torch.float64)
        rough_losses, _, rough, _, _ = train(case, torch.float32)
        share = max(distance(rough, numbers), distance(rough_losses, losses)) / TOLERANCE
        if not share < ROUNDING_SHARE:
            passed_over.append([name, attempt, f"PyTorch's own f32 is {share:.2g} tolerances off"])
        elif margins.least < LEAST_MARGIN:
            why = f"{margins.where} came within {margins.least:.1g} of where it turns"
            passed_over.append([name, attempt, why])
        else:
            break
    else:
        sys.exit(f"{name}: no draw will do; the last: {passed_over[-1]}")
    start = Model(case, torch.float64, Margins()).constant
    moved = ((numbers - start).square().mean() / start.square().mean()).sqrt().item()
    assert moved > 0.02, f"{name}: it hardly moves ({moved:.2g}), which proves little"
    case["order"] = None
    case = {key: value for key, value in case.items() if value not in (None, [])}
    biases = len(case["nodes"]) - len(case["x"][0])
    numbers = [shortened(number) for number in numbers.tolist()]
    expected = {
        "losses": [shortened(loss) for loss in losses],
        "rates": [shortened(rate) for rate in rates] if len(set(rates)) > 1 else rates[:1],
        "biases": numbers[:biases],
        "weights": numbers[biases:],
        "penalty": shortened(penalty),
    }
    print(f"{name:55} moved {moved:5.2f}, f32 off {share:.4f}", file=sys.stderr)
    return case | {"expected": expected, "f32_off": float(f"{share:.2g}")}


def main():
    torch.set_num_threads(1)
    passed_over = []
    cases = [finished(name, plan, passed_over) for name, plan in CASES.items()]
    text = lambda value: json.dumps(value, separators=(",", ":"))
    head = {"torch": torch.__version__.split("+")[0], "unit": UNIT, "tolerance": TOLERANCE}
    lines = ",\n".join(text(case) for case in cases)
    dropped = ",\n".join(text(line) for line in passed_over)
    print(f'{text(head)[:-1]},\n"cases":[\n{lines}\n],\n"passed_over":[\n{dropped}\n]}}')


main()
