// The whole program in a real browser, driven by a real mouse, on WebGL2 and on WebGPU; what it draws is
// read back from the canvas.

import assert from "node:assert/strict";
import { test } from "node:test";

import { picture, pixelsLike, told } from "./support/browser.js";
import { centre } from "./support/person.js";
import { describeProgram } from "./support/program.js";
import * as story from "./support/story.js";
import { BUNDLES } from "./support/tools.js";

/** The theme's colours, dark. */
const COLOURS = { input: "#4C8DFF", hidden: "#A66BFF", output: "#36C98F", positive: "#FFB454", negative: "#7FD1FF" };

test("the page has a bundle to test", () => {
  assert.ok(BUNDLES.length > 0, "there is none: run `cargo xtask test --only web`");
});

for (const gpu of ["webgl2", "webgpu"]) {
  describeProgram(`the program on ${gpu}`, gpu, ({ arrive }) => {
    test("a person builds, trains and tests XOR, and undoes it all", async (t) => {
      const person = await arrive();
      const drawsWith = await person.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
      assert.ok(drawsWith.some((name) => name.includes(`/${gpu}/neurarium_bg.wasm`)), "the bundle that was asked for");
      const wait = await person.page.evaluate(() => performance.measure("start", "neurarium loaded", "neurarium started").duration);
      t.diagnostic(`${gpu}: ${(wait / 1000).toFixed(1)} s from the last byte to the first picture`);

      // From the first second: a ready XOR and its decision boundary, in two tones.
      const first = await picture(person.page, `${gpu}-1-first-sight`);
      const boundary = await person.see("Decision boundary");
      const [left, top, right, bottom] = boundary.bounds;
      const reach = Math.floor(Math.min(right - left, bottom - top) / 2) - 4;
      const tones = ["positive", "negative"].map((tone) => pixelsLike(first, centre(boundary), reach, COLOURS[tone]));
      assert.ok(tones[0] + tones[1] > 500, `no decision boundary: ${tones} pixels of its tones`);

      await story.build(person);
      await person.page.mouse.move(640, 680);
      await person.settle();
      const built = await picture(person.page, `${gpu}-2-built`);
      const neurons = [
        ...story.INPUTS.map((at) => [at, COLOURS.input]),
        ...story.HIDDEN.map((at) => [at, COLOURS.hidden]),
        [story.OUTPUT, COLOURS.output],
      ];
      for (const [at, colour] of neurons) {
        const found = pixelsLike(built, at, 32, colour);
        assert.ok(found > 40, `no neuron at ${at}: ${found} pixels of its colour`);
      }
      for (const hidden of story.HIDDEN) {
        for (const [from, to] of [...story.INPUTS.map((input) => [input, hidden]), [hidden, story.OUTPUT]]) {
          const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
          const found = pixelsLike(built, middle, 9, COLOURS.positive) + pixelsLike(built, middle, 9, COLOURS.negative);
          assert.ok(found > 4, `no wire from ${from} to ${to}: ${found} pixels`);
        }
      }

      await story.feed(person);
      const start = performance.now();
      const loss = await story.train(person);
      t.diagnostic(`${gpu}: ${((performance.now() - start) / 1000).toFixed(1)} s of training`);
      await picture(person.page, `${gpu}-3-trained`);
      assert.ok(loss < 0.05, `the loss shown after training is ${loss}`);
      assert.match(await told(person.page), /epochs?/, "the live region tells of the training");
      story.assertXor(await story.answers(person));
      await picture(person.page, `${gpu}-4-tested`);

      const undone = await story.undoAll(person);
      assert.equal(undone, 7 + 12 + 1, "neurons, wires, and the table");
      const empty = await picture(person.page, `${gpu}-5-undone`);
      for (const at of story.INPUTS) {
        const left = pixelsLike(empty, at, 32, COLOURS.input);
        assert.ok(left < 10, `a neuron is still drawn at ${at}: ${left} pixels`);
      }
      assert.equal(await story.redoAll(person), undone);
      const redone = await picture(person.page, `${gpu}-6-redone`);
      const found = pixelsLike(redone, story.OUTPUT, 32, COLOURS.output);
      assert.ok(found > 40, `the output did not come back: ${found} pixels`);
      await person.leave();
    });
  });
}
