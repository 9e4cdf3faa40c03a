// The whole loop as one person does it, as in `tests/support/story.rs`: build, feed, train, test, undo.

import assert from "node:assert/strict";

import { centre } from "./person.js";

/** The window's size; the places below are for it. */
export const WINDOW = { width: 1280, height: 720 };

/** Where the person puts the two inputs, the four hidden neurons and the output. */
export const INPUTS = [[300, 300], [300, 480]];
export const HIDDEN = [[540, 180], [540, 320], [540, 460], [540, 600]];
export const OUTPUT = [780, 390];

/** From the middle of a neuron to the middle of its rim. */
const RIM = 23;

/** Training takes longer than anything else a person waits for, in milliseconds. */
const TRAINING_MS = 240_000;

/** Clears the canvas, drags out seven neurons and wires them 2-4-1. */
export async function build(person) {
  await person.press("New");
  await person.waitFor("an empty canvas", async () => (await person.find("Undo"))?.is_enabled === false);
  await place(person, "Input neuron", INPUTS);
  await place(person, "Hidden neuron", HIDDEN);
  await place(person, "Output neuron", [OUTPUT]);
  for (const hidden of HIDDEN) {
    for (const input of INPUTS) await wire(person, input, hidden);
    await wire(person, hidden, OUTPUT);
  }
}

async function place(person, kind, places) {
  for (const to of places) await person.drag(centre(await person.see(kind)), to);
}

/** Pulls a wire out of a neuron's rim and lets it go over another. */
export async function wire(person, [x, y], to) {
  await person.drag([x + RIM, y], to);
}

/** Fills the table with XOR. */
export async function feed(person) {
  await person.press("Data");
  await person.press("Fill with XOR");
  assert.equal((await person.see("y1 row 2")).value, "1", "0 xor 1");
}

/** Trains until it is done, and gives the loss that is shown then. */
export async function train(person) {
  await person.press("Train");
  await person.waitFor("training to begin", () => person.find("Pause"));
  const isDone = async () => !(await person.find("Pause")) && (await person.find("Train"));
  await person.waitFor("training to end", isDone, TRAINING_MS);
  return Number.parseFloat((await person.see("Loss")).value);
}

/** Sets both inputs by hand and reads the answer, for each row of the table. */
export async function answers(person) {
  await person.press("Test");
  const found = [];
  for (const inputs of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
    for (const [index, value] of inputs.entries()) {
      await person.press(`Input x${index + 1} value`);
      await person.enter(String(value));
    }
    await person.settle(6);
    found.push(Number.parseFloat((await person.see("Output y1")).value.replace("−", "-")));
  }
  return found;
}

/** Whether four answers are XOR. */
export function assertXor(answers) {
  for (const [index, right] of [0, 1, 1, 0].entries()) {
    assert.ok(Math.abs(answers[index] - right) < 0.3, `not XOR: ${answers}`);
  }
}

/** Undoes everything; gives the number of steps it took. */
export async function undoAll(person) {
  let steps = 0;
  while ((await person.see("Undo")).is_enabled) {
    await person.undo();
    steps += 1;
    assert.ok(steps < 200, "undo comes to no end");
  }
  return steps;
}

/** Redoes everything; gives the number of steps it took. */
export async function redoAll(person) {
  let steps = 0;
  while ((await person.see("Redo")).is_enabled) {
    await person.redo();
    steps += 1;
    assert.ok(steps < 200, "redo comes to no end");
  }
  return steps;
}
