// The built worker under node: its numbers, its renewal, and what it says when something is wrong.
//
//   node worker_numbers.mjs <page folder> <program `numbers`>
//
// <page folder> holds worker.js and worker/ as `cargo xtask web` makes them. The program is
// `cargo build -p worker --example numbers`; it writes the messages and checks the answers.
// Ends with 0 when all is right, else with 1.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

/** As long as a test waits for an answer, so that a fault fails instead of hanging. */
const PATIENCE_MS = 60_000;

/** The inside: gives a worker of node what a Web Worker has, and starts worker.js. */
async function beWorker() {
  globalThis.self = globalThis;
  globalThis.location = new URL(workerData.url);
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  globalThis.fetch = async (url) =>
    new Response(readFileSync(fileURLToPath(url)), { headers: { "Content-Type": "application/wasm" } });
  Object.defineProperty(globalThis, "onmessage", {
    set: (listener) => parentPort.on("message", (data) => listener({ data })),
  });
  // A browser takes one message and then looks at other queues; node takes up to a thousand.
  globalThis.MessageChannel = class {
    port1 = {};
    port2 = { postMessage: (data) => setImmediate(() => this.port1.onmessage({ data })) };
  };
  // Each instance of the program after the first is a renewal.
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function renewed(...parts) {
    parentPort.postMessage({ kind: "renewed" });
    return new Instance(...parts);
  };
  await import(workerData.url);
}

/** worker.js in a thread, with all that it has said. */
class Run {
  constructor(page, query = "") {
    const url = pathToFileURL(join(page, "worker.js")).href + query;
    this.posts = [];
    this.listeners = new Set();
    this.worker = new Worker(fileURLToPath(import.meta.url), { workerData: { url } });
    this.worker.on("message", (post) => {
      this.posts.push(post);
      if (post.kind === "keepsake") this.worker.postMessage({ kind: "kept" });
      for (const look of this.listeners) look();
    });
    this.worker.on("error", (error) => this.fail?.(error));
  }

  /** Waits for a post. */
  until(what, isSo) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const post = this.posts.find(isSo);
        if (!post) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(post);
      };
      this.fail = reject;
      const said = () => this.posts.map(({ kind, seq, isWorking, text }) => ({ kind, seq, isWorking, text })).slice(-5);
      const timer = setTimeout(
        () => reject(new Error(`waited in vain for ${what}; last: ${JSON.stringify(said())}`)),
        PATIENCE_MS,
      );
      this.listeners.add(look);
      look();
    });
  }

  rest(seq) {
    return this.until(`rest after command ${seq}`, (post) => post.seq >= seq && post.isWorking === false);
  }

  say(message) {
    this.worker.postMessage(message);
  }

  reports() {
    return this.posts.filter(({ kind }) => kind === "report");
  }

  end() {
    return this.worker.terminate();
  }
}

function floats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The commands that the native program wrote, by the beginning of their names. */
function commands(folder, beginning) {
  const names = readdirSync(folder).filter((name) => name.startsWith(beginning) && name.endsWith(".bytes"));
  return names.sort().map((name) => ({
    kind: "command",
    bytes: new Uint8Array(readFileSync(join(folder, name))),
    numbers: floats(join(folder, name.replace(/bytes$/, "numbers"))),
    spent: [],
  }));
}

/** Lets a worker train a case, and keeps its reports in `answers`. */
async function train(page, folder, answers, parts, query = "") {
  const run = new Run(page, query);
  let seq = 0;
  for (const beginning of parts) {
    for (const command of commands(folder, beginning)) {
      run.say(command);
      seq += 1;
    }
    await run.rest(seq);
  }
  mkdirSync(answers, { recursive: true });
  run.reports().forEach(({ bytes, numbers }, place) => {
    const file = join(answers, `report-${String(place).padStart(3, "0")}`);
    writeFileSync(`${file}.bytes`, bytes);
    writeFileSync(`${file}.numbers`, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  });
  await run.end();
  return run.posts.filter(({ kind }) => kind === "renewed").length;
}

/** The checkpoint is in the last report: all of its numbers, as bits. */
function lastBits(folder) {
  const last = readdirSync(folder).filter((name) => /^report-.*numbers$/.test(name)).sort().at(-1);
  return Buffer.from(floats(join(folder, last)).buffer).toString("hex");
}

async function main() {
  const [given, numbers] = process.argv.slice(2);
  if (!given || !numbers) {
    console.error("node worker_numbers.mjs <page folder> <program numbers>");
    process.exit(1);
  }
  const work = mkdtempSync(join(tmpdir(), "worker-numbers-"));
  try {
    // A copy, which node is told to be of modules.
    const page = join(work, "page");
    mkdirSync(page);
    cpSync(join(given, "worker.js"), join(page, "worker.js"));
    cpSync(join(given, "worker"), join(page, "worker"), { recursive: true });
    writeFileSync(join(page, "package.json"), '{"type": "module"}');
    const cases = join(work, "cases");
    execFileSync(numbers, ["write", cases], { stdio: "inherit" });

    await agreesWithNative(page, cases, numbers);
    await renewsUnnoticed(page, cases, join(work, "renewed"));
    await refusesGarbage(page, cases);
    await tellsItsPanic(page);
    await answersWhileItTrains(page, cases);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function agreesWithNative(page, cases, numbers) {
  for (const name of readdirSync(cases)) {
    await train(page, join(cases, name), join(cases, name), ["first", "last"]);
  }
  execFileSync(numbers, ["check", cases], { stdio: "inherit" });
}

async function renewsUnnoticed(page, cases, work) {
  for (const name of readdirSync(cases)) {
    const parts = ["first", "last", "more", "end"];
    const [whole, renewed] = ["whole", "renewed"].map((kind) => join(work, kind, name));
    assert.equal(await train(page, join(cases, name), whole, parts), 0);
    const renewals = await train(page, join(cases, name), renewed, parts, "?renew=1000");
    // How often depends on how much is trained between two looks at the clock.
    assert.ok(renewals >= 1, `${renewals} renewals`);
    assert.equal(lastBits(renewed), lastBits(whole), name);
    console.log(`ok    ${name}: renewed ${renewals} times, after 1000 tensors and more, the same to the bit`);
  }
}

async function refusesGarbage(page, cases) {
  const run = new Run(page);
  const [credit, load] = commands(join(cases, "xor"), "first");
  const garbage = [
    null,
    "hello",
    { kind: "command" },
    { kind: "command", bytes: 3, numbers: "x", spent: 7 },
    { kind: "command", bytes: new Uint8Array([255, 255, 255, 255, 15, 3, 9]), numbers: new Float32Array(4), spent: [1] },
    { kind: "command", bytes: load.bytes, numbers: new Float32Array(2), spent: [] },
    { kind: "no such kind" },
  ];
  for (const message of garbage) run.say(message);
  const told = () => run.reports().filter(({ bytes }) => Buffer.from(bytes).includes("did not understand"));
  await run.until("a sentence for each message", () => told().length === garbage.length);
  // It works on as if nothing had happened.
  run.say(credit);
  run.say(load);
  await run.rest(2);
  assert.ok(!run.posts.some(({ kind }) => kind === "broken"));
  await run.end();
  console.log(`ok    ${garbage.length} messages that are none: a sentence for each`);
}

async function tellsItsPanic(page) {
  const run = new Run(page);
  run.say({ kind: "break" });
  const post = await run.until("the panic", ({ kind }) => kind === "broken");
  assert.equal(post.text, "it was asked to break down");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(run.posts.filter(({ kind }) => kind === "broken").length, 2, "the text, then the trap");
  await run.end();
  console.log("ok    a panic is told in its own words");
}

async function answersWhileItTrains(page, cases) {
  const run = new Run(page);
  // The seventh command trains; the sixth, which would hold it back, is left out.
  const [credit, load, , , , , endless] = commands(join(cases, "irregular"), "first");
  for (const message of [credit, load, endless]) run.say(message);
  await run.until("training", (post) => post.isWorking);
  let slowest = 0;
  let seq = 7;
  for (const command of commands(join(cases, "irregular"), "last")) {
    seq += 1;
    const began = performance.now();
    run.say(command);
    const { isWorking } = await run.until("obedience", (post) => post.seq >= seq);
    assert.ok(isWorking, "it trains on");
    slowest = Math.max(slowest, performance.now() - began);
  }
  await run.end();
  assert.ok(slowest < 500, `${slowest} ms`);
  console.log(`ok    it obeys within ${slowest.toFixed(0)} ms while it trains`);
}

if (isMainThread) await main();
else await beWorker();
