"""Draws the networks and the rows of the training fixtures, in numbers that f32 holds exactly."""

UNIT = 1024  # Weights and data are whole numbers of 1/UNIT.


def dense(*sizes):
    """Complete layers."""
    return layered(sizes, 1.0, 0)


def skipping(*sizes):
    """Nearly complete layers, with connections that pass over some."""
    return layered(sizes, 0.8, 0.3)


def layered(sizes, density, skips):
    """Layers; each neuron has at least one connection from the layer before."""

    def draw(rng):
        layers, roles = [], []
        for depth, size in enumerate(sizes):
            role = "input" if depth == 0 else "output" if depth + 1 == len(sizes) else "hidden"
            layers.append(range(len(roles), len(roles) + size))
            roles += [role] * size
        edges = []
        for depth in range(1, len(sizes)):
            for to in layers[depth]:
                before = layers[depth - 1]
                kept = [source for source in before if rng.random() < density]
                edges += [(source, to) for source in kept or [rng.choice(before)]]
                over = [s for layer in layers[: depth - 1] for s in layer if rng.random() < skips]
                edges += [(source, to) for source in over]
        return roles, edges

    return draw


def sparse(inputs, hidden, outputs, chance):
    """Any acyclic graph: each neuron from any earlier one with this chance, dead ends too."""

    def draw(rng):
        roles = ["input"] * inputs + ["hidden"] * hidden + ["output"] * outputs
        edges = []
        for to in range(inputs, len(roles)):
            before = range(min(to, inputs + hidden))
            kept = [source for source in before if rng.random() < chance]
            edges += [(source, to) for source in kept or [rng.choice(before)]]
        return roles, edges

    return draw


def chain(length):
    """One input, hidden neurons one behind the other, one output."""
    return dense(1, *[1] * length, 1)


def draw(rng, graph, hidden, output):
    """A graph with numbers in an order of its own, so that no list is in the order of computation:
    nodes [role, activation, bias, 1], by number; edges [from, to, weight], by number; and the
    neurons in the order of computation."""
    roles, edges = graph(rng)
    numbers = list(range(len(roles)))
    rng.shuffle(numbers)
    edges = list(edges)
    rng.shuffle(edges)
    fan_in = {to: sum(1 for _, t in edges if t == to) for to in range(len(roles))}
    nodes = [None] * len(roles)
    found = {"input": 0, "hidden": 0, "output": 0}
    choices = {"input": ["Linear"], "hidden": hidden, "output": output}
    # Outputs take their activations by the order of their numbers, as groups of losses do.
    outputs = sorted(numbers[i] for i, role in enumerate(roles) if role == "output")
    for index, role in enumerate(roles):
        place = outputs.index(numbers[index]) if role == "output" else found[role]
        activation = choices[role][place % len(choices[role])]
        found[role] += 1
        bias = 0 if role == "input" else rng.randint(-UNIT // 4, UNIT // 4)
        nodes[numbers[index]] = [role, activation, bias, 1]

    def weight(to):
        most = 1.6 / fan_in[to] ** 0.5
        return rng.choice([-1, 1]) * rng.randint(int(0.2 * most * UNIT), int(most * UNIT))

    edges = [[numbers[source], numbers[to], weight(to)] for source, to in edges]
    order = [numbers[i] for i, role in enumerate(roles) if role != "input"]
    return nodes, edges, order


def rows(rng, nodes, terms, count, soft):
    """Inputs in ±1.5, and targets that suit the losses: lists of rows in units of 1/UNIT, columns
    by the number of the neuron."""
    of_role = lambda role: [i for i, node in enumerate(nodes) if node[0] == role]
    inputs, outputs = of_role("input"), of_role("output")
    x = [[rng.randint(-3 * UNIT // 2, 3 * UNIT // 2) for _ in inputs] for _ in range(count)]
    t = [[0] * len(outputs) for _ in range(count)]
    for term in terms:
        group = members(term, outputs)
        for row in t:
            for place, target in zip(group, targets(rng, term["loss"], nodes, outputs, group, soft)):
                row[place] = target
    return x, t


def members(term, outputs):
    """The places among the outputs that a term looks at."""
    if term["outputs"] == "All":
        return list(range(len(outputs)))
    return [place for place, node in enumerate(outputs) if node in term["outputs"]["Nodes"]]


def targets(rng, loss, nodes, outputs, group, soft):
    if loss == "CategoricalCrossEntropy":
        if soft:
            cuts = sorted(rng.randint(0, UNIT) for _ in group[1:])
            return [b - a for a, b in zip([0, *cuts], [*cuts, UNIT])]
        right = rng.randrange(len(group))
        return [UNIT * (place == right) for place in range(len(group))]
    if loss == "BinaryCrossEntropy":
        return [rng.randint(0, UNIT) if soft else rng.choice([0, UNIT]) for _ in group]
    if loss == "Hinge":
        return [rng.choice([-UNIT, UNIT]) for _ in group]
    is_share = lambda place: nodes[outputs[place]][1] in ("Sigmoid", "Softmax")
    return [rng.randint(0 if is_share(place) else -UNIT, UNIT) for place in group]
