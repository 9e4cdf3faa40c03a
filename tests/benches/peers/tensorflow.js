// TensorFlow.js on one of its CPU backends: whole layers, or a masked matrix for each level of a graph.

/** A task of `cargo xtask bench engine` being trained with the library `tf`, whose backend is set. */
export class TensorFlow {
  constructor(tf, task) {
    this.tf = tf;
    this.x = tf.tensor2d(task.x, [task.batch, task.inputs]);
    this.t = tf.tensor2d(task.t, [task.batch, task.outputs]);
    this.isClasses = task.loss === "softmax cross-entropy";
    this.optimizer = tf.train.sgd(task.rate);
    this.layers = task.layers ? wholeLayers(tf, task) : levels(tf, task);
    this.answers = task.layers ? null : answerColumns(tf, task);
    this.variables = this.layers.flatMap(({ matrix, bias }) => [matrix, bias]);
  }

  forward() {
    const { tf } = this;
    let value = this.x;
    for (const { matrix, mask, bias, isTanh } of this.layers) {
      const sum = tf.add(tf.matMul(value, mask ? tf.mul(matrix, mask) : matrix), bias);
      const answer = isTanh === true ? tf.tanh(sum) : isTanh === false ? sum : tf.where(isTanh, tf.tanh(sum), sum);
      value = mask ? tf.concat([value, answer], 1) : answer;
    }
    return this.answers ? tf.matMul(value, this.answers) : value;
  }

  loss() {
    const { tf } = this;
    const answers = this.forward();
    if (this.isClasses) return tf.losses.softmaxCrossEntropy(this.t, answers);
    return tf.mean(tf.squaredDifference(answers, this.t));
  }

  /** One step of training on the batch; gives the loss before it when it is wanted. */
  step(isLossWanted = false) {
    const loss = this.optimizer.minimize(() => this.loss(), isLossWanted, this.variables);
    if (!isLossWanted) return undefined;
    const number = loss.dataSync()[0];
    loss.dispose();
    return number;
  }

  dispose() {
    for (const tensor of [this.x, this.t, this.answers, ...this.variables, ...this.layers.map(({ mask }) => mask)]) tensor?.dispose();
    for (const { isTanh } of this.layers) if (typeof isTanh !== "boolean") isTanh.dispose();
    this.optimizer.dispose();
  }
}

function wholeLayers(tf, { layers, neurons }) {
  let first = 0;
  return layers.slice(1).map((size, at) => {
    const members = neurons.slice(first, first + size);
    first += size;
    const matrix = tf.tidy(() => tf.variable(tf.transpose(tf.tensor2d(members.map(({ weights }) => weights)))));
    return { matrix, bias: tf.variable(tf.tensor1d(members.map(({ bias }) => bias))), isTanh: at + 2 < layers.length };
  });
}

/** The neurons by the longest way to them, and for every place the column its value stands in. */
function sorted({ inputs, neurons }) {
  const levelOf = Array.from({ length: inputs }, () => 0);
  for (const { sources } of neurons) levelOf.push(1 + sources.reduce((most, source) => Math.max(most, levelOf[source]), 0));
  const places = levelOf.map((_, place) => place).sort((a, b) => levelOf[a] - levelOf[b] || a - b);
  const columns = [];
  places.forEach((place, column) => (columns[place] = column));
  const byLevel = [];
  for (const place of places.slice(inputs)) (byLevel[levelOf[place] - 1] ??= []).push(place);
  return { columns, byLevel };
}

function levels(tf, task) {
  const { columns, byLevel } = sorted(task);
  let known = task.inputs;
  return byLevel.map((places) => {
    const members = places.map((place) => task.neurons[place - task.inputs]);
    const shape = [known, members.length];
    const [numbers, mask] = [new Float32Array(known * members.length), new Float32Array(known * members.length)];
    members.forEach(({ sources, weights }, at) => {
      sources.forEach((source, edge) => {
        numbers[columns[source] * members.length + at] = weights[edge];
        mask[columns[source] * members.length + at] = 1;
      });
    });
    known += members.length;
    const kinds = new Set(members.map(({ activation }) => activation));
    const isTanh = kinds.size === 1 ? kinds.has("tanh") : tf.tensor1d(members.map(({ activation }) => activation === "tanh"), "bool");
    const bias = tf.variable(tf.tensor1d(members.map(({ bias }) => bias)));
    return { matrix: tf.variable(tf.tensor2d(numbers, shape)), mask: tf.tensor2d(mask, shape), bias, isTanh };
  });
}

/** The matrix that picks the outputs: the wasm backend has no slope for picking by number. */
function answerColumns(tf, task) {
  const { columns } = sorted(task);
  const picked = columns.slice(-task.outputs);
  const matrix = new Float32Array(columns.length * task.outputs);
  picked.forEach((column, output) => (matrix[column * task.outputs + output] = 1));
  return tf.tensor2d(matrix, [columns.length, task.outputs]);
}
