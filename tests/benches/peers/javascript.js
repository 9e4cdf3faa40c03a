// The contestants in JavaScript, the same in a browser's Worker and in node.

import { Objects } from "./objects.js";
import { TensorFlow } from "./tensorflow.js";

/** Their names, and the backend of TensorFlow.js that they need. */
export const CONTESTANTS = {
  "TensorFlow.js, cpu": "cpu",
  "TensorFlow.js, wasm": "wasm",
  "object per neuron": null,
};

/** A whole row of objects takes seconds for networks of more connections than this. */
const MOST_OBJECT_LINKS = 300_000;

/** One contestant. `tf` is TensorFlow.js with its backend set, where it needs that. */
export class Contestant {
  constructor(name, tf) {
    this.name = name;
    this.tf = tf;
  }

  /** Obeys a request; `task` comes with "load". */
  obey({ do: what, steps }, task) {
    if (what === "load") {
      this.task = task;
      const links = task.neurons.reduce((sum, { sources }) => sum + sources.length, 0);
      if (!this.tf && links > MOST_OBJECT_LINKS) return { takes_part: false };
      this.begin();
      return { takes_part: true };
    }
    if (what === "loss") {
      this.begin();
      for (let step = 1; step < steps; step += 1) this.network.step();
      return { loss: this.network.step(true) };
    }
    const began = performance.now();
    for (let step = 0; step < steps; step += 1) this.network.step();
    return { nanoseconds: Math.round((performance.now() - began) * 1e6) };
  }

  begin() {
    this.network?.dispose?.();
    this.network = this.tf ? new TensorFlow(this.tf, this.task) : new Objects(this.task);
  }
}
