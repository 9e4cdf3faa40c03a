// The contestants in JavaScript under node, where there is no browser; README.md has the protocol.
//
//   NEURARIUM_PEERS=<folder with node_modules> node node.js <contestant>

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { CONTESTANTS, Contestant } from "./javascript.js";

const name = process.argv[2];
// What libraries print is not for the one who asks.
console.log = console.info = console.warn = console.error;

async function tensorflow(backend) {
  const require = createRequire(join(process.env.NEURARIUM_PEERS, "packages.js"));
  const tf = require("@tensorflow/tfjs");
  if (backend === "wasm") require("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const backend = CONTESTANTS[name];
const tf = backend ? await tensorflow(backend) : null;
const contestant = new Contestant(name, tf);
say({ contestants: [name], version: `node ${process.version}${tf ? `, TensorFlow.js ${tf.version.tfjs}` : ""}` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const request = JSON.parse(line);
    const task = request.do === "load" ? JSON.parse(readFileSync(join(request.folder, "task.json"), "utf8")) : undefined;
    say(contestant.obey(request, task));
  } catch (error) {
    say({ error: String(error).slice(0, 300) });
  }
}
