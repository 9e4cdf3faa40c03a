"""PyTorch on the CPU as contestants of `cargo xtask bench engine`: one thread, plain SGD; README.md has the protocol."""

import copy
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


class Layers(nn.Module):
    """Whole layers, as a person writes them."""

    def __init__(self, task):
        super().__init__()
        sizes, neurons = task["layers"], iter(task["neurons"])
        self.layers = nn.ModuleList()
        for before, size in zip(sizes, sizes[1:]):
            layer = nn.Linear(before, size)
            of_layer = [next(neurons) for _ in range(size)]
            with torch.no_grad():
                layer.weight.copy_(torch.tensor([neuron["weights"] for neuron in of_layer]))
                layer.bias.copy_(torch.tensor([neuron["bias"] for neuron in of_layer]))
            self.layers.append(layer)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


class Graph(nn.Module):
    """Any acyclic graph, level by level: all neurons of a level depend on earlier levels only."""

    def __init__(self, task):
        super().__init__()
        inputs, neurons = task["inputs"], task["neurons"]
        level_of = [0] * inputs
        for neuron in neurons:
            level_of.append(1 + max(level_of[source] for source in neuron["sources"]))
        self.levels = [
            [place for place in range(inputs, len(level_of)) if level_of[place] == level]
            for level in range(1, max(level_of) + 1)
        ]
        # Values stand in the order in which they are computed: inputs, then level by level.
        self.column = {place: place for place in range(inputs)}
        for level in self.levels:
            for place in level:
                self.column[place] = len(self.column)
        of = lambda place: neurons[place - inputs]
        self.biases = nn.ParameterList(
            torch.tensor([of(place)["bias"] for place in level]) for level in self.levels
        )
        # Outputs are linear, all others tanh.
        self.is_tanh = [torch.tensor([of(place)["activation"] == "tanh" for place in level]) for level in self.levels]
        self.is_all_tanh = [bool(is_tanh.all()) for is_tanh in self.is_tanh]
        outputs = range(len(level_of) - task["outputs"], len(level_of))
        self.answers = torch.tensor([self.column[place] for place in outputs])
        self.prepare([[of(place) for place in level] for level in self.levels], inputs)

    def activate(self, sums, level, shape):
        if self.is_all_tanh[level]:
            return torch.tanh(sums)
        return torch.where(self.is_tanh[level].view(shape), torch.tanh(sums), sums)


class Masked(Graph):
    """A matrix and its mask for each level, over all values so far."""

    def prepare(self, levels, inputs):
        self.matrices, self.masks, known = nn.ParameterList(), [], inputs
        for level in levels:
            matrix, mask = torch.zeros(known, len(level)), torch.zeros(known, len(level))
            for place, neuron in enumerate(level):
                for source, weight in zip(neuron["sources"], neuron["weights"]):
                    matrix[self.column[source], place] = weight
                    mask[self.column[source], place] = 1
            self.matrices.append(matrix)
            self.masks.append(mask)
            known += len(level)

    def forward(self, x):
        for level, (matrix, mask, bias) in enumerate(zip(self.matrices, self.masks, self.biases)):
            sums = torch.addmm(bias, x, matrix * mask)
            x = torch.cat([x, self.activate(sums, level, (1, -1))], dim=1)
        return x[:, self.answers]


class IndexAdd(Graph):
    """The connections into each level as a list: gathered, weighted, and added up where they lead."""

    def prepare(self, levels, inputs):
        self.weights, self.sources, self.targets = nn.ParameterList(), [], []
        for level in levels:
            edges = [
                (self.column[source], place, weight)
                for place, neuron in enumerate(level)
                for source, weight in zip(neuron["sources"], neuron["weights"])
            ]
            sources, targets, weights = zip(*edges)
            self.sources.append(torch.tensor(sources))
            self.targets.append(torch.tensor(targets))
            self.weights.append(torch.tensor(weights))

    def forward(self, x):
        # Neuron-first: a connection is a row, which is the quicker way to gather and add.
        x = x.t().contiguous()
        for level, bias in enumerate(self.biases):
            terms = x.index_select(0, self.sources[level]) * self.weights[level].unsqueeze(1)
            sums = bias.unsqueeze(1).expand(-1, x.shape[1]).index_add(0, self.targets[level], terms)
            x = torch.cat([x, self.activate(sums, level, (-1, 1))], dim=0)
        return x[self.answers].t()


def eager(task):
    return Layers(task) if task["layers"] else None


def masked(task):
    return None if task["layers"] else Masked(task)


def index_add(task):
    return None if task["layers"] else IndexAdd(task)


def compiled(task):
    return None if task["layers"] else torch.compile(Masked(task))


CONTESTANTS = {
    "PyTorch": eager,
    "PyTorch, masked matmul": masked,
    "PyTorch, index_add": index_add,
    "PyTorch, torch.compile": compiled,
}


def plain_sgd(parameters, rate):
    """In one operation for all parameters where this PyTorch can: as quick for few, quicker for many."""
    try:
        return torch.optim.SGD(parameters, lr=rate, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.SGD(parameters, lr=rate)


class Training:
    """A network that is being trained."""

    def __init__(self, make, task):
        self.x = torch.tensor(task["x"]).view(task["batch"], task["inputs"])
        targets = torch.tensor(task["t"]).view(task["batch"], task["outputs"])
        self.is_classes = task["loss"] == "softmax cross-entropy"
        self.targets = targets.argmax(dim=1) if self.is_classes else targets
        # None: such tasks are another contestant's.
        self.model = make(task)
        if self.model is not None:
            self.start = copy.deepcopy(self.model.state_dict())
            self.optimizer = plain_sgd(list(self.model.parameters()), task["rate"])

    def begin(self):
        """Again from the weights of the task; plain SGD remembers nothing."""
        self.model.load_state_dict(self.start)

    def step(self):
        answers = self.model(self.x)
        if self.is_classes:
            loss = functional.cross_entropy(answers, self.targets)
        else:
            loss = functional.mse_loss(answers, self.targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


def obey(request, trainings):
    """The answer to a request."""
    name = request["contestant"]
    if request["do"] == "load":
        with open(request["folder"] + "/task.json", encoding="utf-8") as file:
            task = json.load(file)
        trainings[name] = Training(CONTESTANTS[name], task)
        return {"takes_part": trainings[name].model is not None}
    training = trainings[name]
    if request["do"] == "loss":
        training.begin()
        for _ in range(request["steps"]):
            loss = training.step()
        return {"loss": loss.item()}
    began = time.perf_counter_ns()
    for _ in range(request["steps"]):
        training.step()
    return {"nanoseconds": time.perf_counter_ns() - began}


def main():
    trainings = {}
    print(json.dumps({"contestants": list(CONTESTANTS), "version": f"PyTorch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        try:
            answer = obey(json.loads(line), trainings)
        except Exception as error:  # Whatever it is, the bench says it and goes on with the others.
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
