// A network in the manner of TensorFlow Playground's: an object for each neuron and each connection, one row at a time.

/** A connection and what its weight has gathered of the batch. */
class Link {
  constructor(from, to, weight) {
    this.from = from;
    this.to = to;
    this.weight = weight;
    this.gradient = 0;
  }
}

/** A neuron with its links in and out. */
class Neuron {
  links = [];
  outputs = [];
  sum = 0;
  value = 0;
  /** The loss's derivative by the value, then by the sum. */
  slope = 0;
  gradient = 0;

  constructor(bias, activation) {
    this.bias = bias;
    this.activation = activation;
  }

  forward() {
    this.sum = this.bias;
    for (const link of this.links) this.sum += link.weight * link.from.value;
    this.value = this.activation.value(this.sum);
  }

  backward() {
    if (this.outputs.length > 0) {
      this.slope = 0;
      for (const link of this.outputs) this.slope += link.weight * link.to.slope;
    }
    this.slope *= this.activation.slope(this.sum, this.value);
    this.gradient += this.slope;
    for (const link of this.links) link.gradient += this.slope * link.from.value;
  }

  update(rate) {
    this.bias -= rate * this.gradient;
    this.gradient = 0;
    for (const link of this.links) {
      link.weight -= rate * link.gradient;
      link.gradient = 0;
    }
  }
}

const ACTIVATIONS = {
  tanh: { value: Math.tanh, slope: (_, value) => 1 - value * value },
  linear: { value: (sum) => sum, slope: () => 1 },
};

/** A task of `cargo xtask bench engine` being trained. */
export class Objects {
  constructor(task) {
    this.task = task;
    this.inputs = Array.from({ length: task.inputs }, () => new Neuron(0, ACTIVATIONS.linear));
    const all = [...this.inputs];
    this.neurons = task.neurons.map(({ bias, activation, sources, weights }) => {
      const neuron = new Neuron(bias, ACTIVATIONS[activation]);
      sources.forEach((source, at) => {
        const link = new Link(all[source], neuron, weights[at]);
        neuron.links.push(link);
        all[source].outputs.push(link);
      });
      all.push(neuron);
      return neuron;
    });
    this.outputs = this.neurons.slice(-task.outputs);
  }

  /** One step of training on the batch; gives the loss before it. */
  step() {
    const { batch, rate, x, t, inputs, outputs } = this.task;
    let loss = 0;
    for (let row = 0; row < batch; row += 1) {
      for (let at = 0; at < inputs; at += 1) this.inputs[at].value = x[row * inputs + at];
      for (const neuron of this.neurons) neuron.forward();
      loss += this.task.loss === "softmax cross-entropy" ? this.entropy(t, row * outputs) : this.squares(t, row * outputs);
      for (let at = this.neurons.length - 1; at >= 0; at -= 1) this.neurons[at].backward();
    }
    // Gradients are sums over the rows, the loss is their mean.
    for (const neuron of this.neurons) neuron.update(rate / batch);
    return loss / batch;
  }

  squares(t, first) {
    const count = this.outputs.length;
    let loss = 0;
    this.outputs.forEach((output, at) => {
      const off = output.value - t[first + at];
      loss += (off * off) / count;
      output.slope = (2 * off) / count;
    });
    return loss;
  }

  entropy(t, first) {
    const largest = Math.max(...this.outputs.map(({ value }) => value));
    const powers = this.outputs.map(({ value }) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    let loss = 0;
    this.outputs.forEach((output, at) => {
      output.slope = powers[at] / sum - t[first + at];
      loss -= t[first + at] * Math.log(powers[at] / sum);
    });
    return loss;
  }
}
