"""The trainings the engine is compared with: graphs, activations, losses, and every setting."""

from graphs import chain, dense, skipping, sparse

MSE, MAE, HINGE = "MeanSquaredError", "MeanAbsoluteError", "Hinge"
BINARY, CLASSES = "BinaryCrossEntropy", "CategoricalCrossEntropy"

# With PyTorch's defaults.
ADAM = {"Adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}}
ADAM_W = {"AdamW": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}}
RMS_PROP = {"RmsProp": {"alpha": 0.99, "epsilon": 1e-8}}
ADAGRAD = {"Adagrad": {"epsilon": 1e-10}}

SMOOTH = ["Tanh", "Sine", "Softplus", "Silu", "Gelu", "GeluTanh", "Gaussian", "Sigmoid", "Elu"]
EVERY = [*SMOOTH, "Linear", "Relu", "Selu", "HardTanh", {"LeakyRelu": 0.01}, {"LeakyRelu": 0.3}]


def sgd(momentum=0.0):
    return {"Sgd": {"momentum": momentum}}


def nesterov(momentum=0.9):
    return {"Nesterov": {"momentum": momentum}}


def term(loss, first=None, behind=None, weight=1.0, classes=()):
    """A loss on the outputs first..behind of those there are; `classes`: the weights of the first
    of them."""

    def of(outputs):
        group = outputs[first:behind]
        return {
            "outputs": "All" if first is None and behind is None else {"Nodes": group},
            "loss": loss,
            "weight": weight,
            "class_weights": {str(node): weight for node, weight in zip(group, classes)},
        }

    return of


CASES = {}


def case(
    name,
    graph,
    hidden,
    output,
    *terms,
    optimizer=None,
    rate=0.1,
    rows=16,
    batch=None,
    epochs=50,
    soft=False,
    frozen=False,
    pruned=False,
    factors=(),
    **settings,
):
    def settings_of(outputs):
        return {
            "seed": 1,
            "epochs": epochs,
            "batch_size": batch or rows,
            "is_shuffled": False,
            "learning_rate": rate,
            "optimizer": optimizer or sgd(),
            "objective": {"Supervised": {"terms": [term(outputs) for term in terms]}},
            "input_scaling": "None",
            **settings,
        }

    assert name not in CASES
    CASES[name] = {
        "graph": graph,
        "hidden": hidden,
        "output": output,
        "settings": settings_of,
        "rows": rows,
        "soft": soft,
        "frozen": frozen,
        "pruned": pruned,
        "factors": factors,
    }


# The usual networks with the usual losses.
for loss in (MSE, BINARY):
    case(f"3-4-2 tanh, {loss}, momentum", dense(3, 4, 2), ["Tanh"], ["Sigmoid"], term(loss),
         optimizer=sgd(0.9), rate=0.3 if loss == MSE else 0.1)
    case(f"3-4-2 tanh, {loss}, Adam", dense(3, 4, 2), ["Tanh"], ["Sigmoid"], term(loss),
         optimizer=ADAM, rate=0.05)

# Each activation by itself, in hidden neurons and in outputs.
for activation in EVERY:
    name = activation if isinstance(activation, str) else f"LeakyRelu {activation['LeakyRelu']}"
    case(f"{name} everywhere", skipping(3, 5, 4, 2), [activation], [activation], term(MSE),
         optimizer=sgd(0.5), rate=0.05)
case("Step with its borrowed slope", dense(3, 6, 5, 2), ["Step"], ["Linear"], term(MSE),
     optimizer=sgd(), rate=0.02, rows=8)
case("Softmax under a squared error", dense(3, 5, 4), ["Tanh"], ["Softmax"], term(MSE),
     optimizer=sgd(0.9), rate=0.3)

# The losses.
case("absolute error of a sparse graph", sparse(3, 10, 3, 0.3), SMOOTH, ["Linear", "Tanh"],
     term(MAE), rate=0.02, rows=10)
case("Huber, half of it straight", skipping(3, 6, 3), SMOOTH, ["Linear"],
     term({"Huber": {"delta": 0.4}}), optimizer=sgd(0.9), rate=0.05)
case("hinge with weights for yes", dense(2, 6, 3), ["Tanh"], ["Linear"],
     term(HINGE, classes=(2.5, 0.4)), rate=0.1)
case("binary cross-entropy with weights for yes", sparse(3, 8, 3, 0.4), SMOOTH, ["Sigmoid"],
     term(BINARY, classes=(3.0, 0.5)), optimizer=sgd(0.9), rate=0.1)
case("binary cross-entropy of doubtful targets", dense(2, 4, 2), ["Silu"], ["Sigmoid"],
     term(BINARY), rate=0.3, soft=True)
case("classes with weights", dense(4, 6, 3), ["Gelu"], ["Softmax"],
     term(CLASSES, classes=(2.0, 0.25)), optimizer=nesterov(), rate=0.05)
case("classes of doubtful targets", sparse(3, 9, 4, 0.4), SMOOTH, ["Softmax"],
     term(CLASSES, classes=(1.5,)), optimizer=ADAM, rate=0.02, soft=True)
case("two questions with classes of their own", skipping(4, 7, 5), ["Tanh", "Gelu"], ["Softmax"],
     term(CLASSES, None, 3, 0.5), term(CLASSES, 3, None, 2.0, (3.0,)), rate=0.1)
case("three questions of three kinds", sparse(4, 10, 6, 0.35), SMOOTH,
     ["Linear", "Linear", "Sigmoid", "Softmax", "Softmax", "Softmax"],
     term({"Huber": {"delta": 1.0}}, 0, 2, 0.7), term(BINARY, 2, 3, 1.3, (2.0,)),
     term(CLASSES, 3, 6, 0.4), optimizer=sgd(0.9), rate=0.03)
case("two losses on the same outputs", dense(3, 5, 2), ["Tanh"], ["Linear"],
     term(MSE, weight=0.5), term(MAE, weight=0.2), rate=0.03, rows=8)

# The optimisers, with what goes with them.
case("momentum with weight decay", sparse(3, 9, 2, 0.4), SMOOTH, ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.02, weight_decay=0.05)
case("Nesterov with weight decay, small batches", dense(3, 8, 2), ["Softplus"], ["Linear"],
     term(MSE), optimizer=nesterov(0.8), rate=0.02, rows=20, batch=8, epochs=17, weight_decay=0.02)
case("Adam with weight decay", skipping(3, 5, 5, 2), SMOOTH, ["Tanh"], term(MSE),
     optimizer=ADAM, rate=0.01, weight_decay=0.1)
case("Adam with quick averages", dense(3, 6, 2), ["Elu"], ["Linear"], term(MSE),
     optimizer={"Adam": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}}, rate=0.02)
case("AdamW with its usual weight decay", dense(3, 6, 2), ["Tanh"], ["Sigmoid"], term(BINARY),
     optimizer=ADAM_W, rate=0.02, weight_decay=0.01)
case("AdamW with much weight decay, a batch at a time", sparse(3, 9, 3, 0.4), SMOOTH, ["Softmax"],
     term(CLASSES), optimizer=ADAM_W, rate=0.02, rows=18, batch=7, epochs=17, weight_decay=0.8)
case("RMSprop", dense(3, 6, 2), ["Tanh"], ["Linear"], term(MSE), optimizer=RMS_PROP, rate=0.005)
case("RMSprop with weight decay and a large epsilon", skipping(3, 5, 4, 2), SMOOTH, ["Linear"],
     term(MSE), optimizer={"RmsProp": {"alpha": 0.8, "epsilon": 0.01}}, rate=0.005,
     weight_decay=0.1)
case("Adagrad", dense(3, 6, 2), ["Tanh"], ["Sigmoid"], term(BINARY), optimizer=ADAGRAD, rate=0.05)
case("Adagrad with weight decay, small batches", sparse(3, 9, 2, 0.4), SMOOTH, ["Linear"],
     term(MSE), optimizer={"Adagrad": {"epsilon": 0.1}}, rate=0.1, rows=15, batch=4, epochs=13,
     weight_decay=0.05)

# The schedules.
case("a rate that drops in steps", dense(2, 5, 1), ["Tanh"], ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.1, schedule={"Step": {"every": 7, "factor": 0.5}})
case("a rate that shrinks after a warm-up", dense(2, 5, 1), ["Gelu"], ["Linear"], term(MSE),
     optimizer=ADAM, rate=0.05, schedule={"Exponential": {"factor": 0.93}},
     warm_up={"epochs": 8, "start": 0.1})
case("a rate along half a cosine", sparse(3, 8, 2, 0.4), SMOOTH, ["Linear"], term(MSE),
     optimizer=nesterov(), rate=0.05, schedule={"Cosine": {"epochs": 50, "least": 0.0}})
case("a cosine that ends early, after a warm-up, two batches an epoch", dense(3, 5, 2), ["Silu"],
     ["Linear"], term(MSE), optimizer=sgd(0.5), rate=0.2, rows=16, batch=10,
     schedule={"Cosine": {"epochs": 20, "least": 0.02}}, warm_up={"epochs": 5, "start": 0.3})
case("a rate that drops on plateaus", dense(2, 4, 1), ["Tanh"], ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.3, rows=8,
     schedule={"Plateau": {"factor": 0.5, "patience": 2, "threshold": 0.02, "least": 0.01}})
case("plateaus after a warm-up", dense(2, 4, 2), ["Sigmoid"], ["Sigmoid"], term(BINARY),
     optimizer=ADAM, rate=0.2, warm_up={"epochs": 10, "start": 0.2},
     schedule={"Plateau": {"factor": 0.3, "patience": 0, "threshold": 0.05, "least": 0.0}})
case("a warm-up alone", dense(2, 5, 1), ["Sine"], ["Linear"], term(MSE), optimizer=RMS_PROP,
     rate=0.005, warm_up={"epochs": 30, "start": 0.25})

# Penalties and clipping.
case("L2", dense(3, 6, 2), ["Tanh"], ["Linear"], term(MSE), optimizer=sgd(0.9), rate=0.05,
     penalty={"l1": 0.0, "l2": 0.05})
case("L1", dense(3, 5, 2), ["Tanh"], ["Linear"], term(MSE), rate=0.1, rows=8,
     penalty={"l1": 0.003, "l2": 0.0})
case("L1 and L2 under AdamW", dense(3, 4, 2), ["Silu"], ["Sigmoid"], term(BINARY),
     optimizer=ADAM_W, rate=0.01, weight_decay=0.1, penalty={"l1": 0.002, "l2": 0.02})
case("gradients clipped one by one", dense(3, 6, 2), ["Tanh"], ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.1, clipping={"Value": 0.05}, penalty={"l1": 0.0, "l2": 0.1})
case("gradients clipped by their norm", sparse(3, 9, 3, 0.4), SMOOTH, ["Linear"], term(MSE),
     optimizer=nesterov(), rate=0.1, clipping={"Norm": 0.2}, weight_decay=0.05)
case("clipped by the norm, with frozen ones left out of it", dense(3, 6, 2), ["Tanh"], ["Linear"],
     term(MSE, weight=5.0), optimizer=sgd(0.5), rate=0.1, clipping={"Norm": 0.3}, frozen=True,
     penalty={"l1": 0.001, "l2": 0.01})

# Frozen and pruned numbers, and learning rates of single neurons.
case("frozen and pruned under momentum", sparse(3, 10, 2, 0.4), SMOOTH, ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.05, frozen=True, pruned=True, weight_decay=0.01)
case("frozen and pruned under Nesterov", skipping(3, 6, 5, 2), SMOOTH, ["Linear"], term(MSE),
     optimizer=nesterov(), rate=0.02, frozen=True, pruned=True, weight_decay=0.01)
case("frozen and pruned under Adam", dense(3, 6, 2), ["Gelu"], ["Softmax"], term(CLASSES),
     optimizer=ADAM, rate=0.03, frozen=True, pruned=True, weight_decay=0.01)
case("frozen and pruned under AdamW", dense(3, 6, 2), ["Gelu"], ["Linear"], term(MSE),
     optimizer=ADAM_W, rate=0.03, frozen=True, pruned=True, weight_decay=0.1)
case("frozen and pruned under RMSprop", dense(3, 6, 2), ["Sine"], ["Linear"], term(MSE),
     optimizer=RMS_PROP, rate=0.005, frozen=True, pruned=True, weight_decay=0.1)
case("frozen and pruned under Adagrad", dense(3, 6, 2), ["Elu"], ["Linear"], term(MSE),
     optimizer=ADAGRAD, rate=0.03, frozen=True, pruned=True, weight_decay=0.1)
case("neurons with learning rates of their own", dense(3, 6, 2), ["Tanh"], ["Linear"], term(MSE),
     optimizer=sgd(0.9), rate=0.05, factors=(0, 3, 0.1, 2), weight_decay=0.02,
     schedule={"Exponential": {"factor": 0.97}})
case("neurons with learning rates of their own under AdamW", sparse(3, 9, 2, 0.4), SMOOTH,
     ["Sigmoid"], term(BINARY), optimizer=ADAM_W, rate=0.01, factors=(0, 4, 0.2), weight_decay=0.3,
     clipping={"Norm": 0.1})

# Shapes.
case("a single neuron", dense(1, 1), [], ["Sigmoid"], term(BINARY), rate=0.5)
case("a single neuron of five inputs", dense(5, 1), [], ["Linear"], term(MSE), optimizer=ADAM,
     rate=0.05)
case("outputs side by side without hidden neurons", dense(4, 5), [], ["Softmax"], term(CLASSES),
     rate=0.3, rows=25)
case("a chain of ten", chain(10), ["Tanh", "Silu", "Elu", "Linear", "Softplus"], ["Linear"],
     term(MSE), optimizer=sgd(0.9), rate=0.05)
case("a chain of six that passes over", skipping(2, 1, 1, 1, 1, 1, 1, 2), ["Sine", "Softplus"],
     ["Linear"], term(MSE), rate=0.05)
case("every activation in one sparse graph", sparse(4, 30, 4, 0.2), EVERY, ["Linear", "Tanh"],
     term(MSE), optimizer=sgd(0.9), rate=0.01, rows=6)
case("wide layers", dense(12, 18, 16, 3), ["Tanh"], ["Softmax"], term(CLASSES),
     optimizer=sgd(0.9), rate=0.05, rows=24, batch=10, epochs=17)
case("wide layers with holes and skips under Adam", skipping(10, 17, 16, 3), ["Gelu", "Tanh"],
     ["Linear"], term(MSE), optimizer=ADAM, rate=0.005, rows=20)
case("a batch of more rows than are computed at a time", dense(2, 6, 1), ["Tanh"], ["Sigmoid"],
     term(BINARY), optimizer=sgd(0.9), rate=0.2, rows=150)
