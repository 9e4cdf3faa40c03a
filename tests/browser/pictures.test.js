// Pictures of everything the canvas says, on each graphics interface, beside those that were looked at.
//
// With NEURARIUM_WRITE_EXPECTED=1 they are written anew, to be looked at.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { differing, dropFiles, picture, read } from "./support/browser.js";
import { describeProgram } from "./support/program.js";
import { KEPT, ROOT } from "./support/tools.js";

const FOLDER = join(ROOT, "tests/pictures");

/** The canvas between the sheets, in squares of this side: left, top, right, bottom. */
const CANVAS = [128, 64, 896, 640];
const SIDE = 64;

/** Of the worst square at most this share of pixels may differ by more than a little. */
const MOST_DIFFERING = 0.12;

for (const gpu of ["webgl2", "webgpu"]) {
  describeProgram(`pictures on ${gpu}`, gpu, ({ arrive }) => {
    test("everything the canvas says looks as it was looked at", async () => {
      const person = await arrive();
      await dropFiles(person.page, [join(FOLDER, "vocabulary.ron")], [640, 400]);
      await person.see("p row 1");
      // The pointer rests on nothing, and maps and fonts arrive.
      await person.page.mouse.move(640, 712);
      await person.settle(60);
      const found = await picture(person.page, `pictures-${gpu}`);
      const expected = join(FOLDER, `${gpu}.png`);
      if (process.env.NEURARIUM_WRITE_EXPECTED) copyFileSync(join(KEPT, `pictures-${gpu}.png`), expected);
      const known = read(readFileSync(expected));
      let [most, where] = [0, ""];
      const [left, top, right, bottom] = CANVAS;
      for (let y = top; y < bottom; y += SIDE) {
        for (let x = left; x < right; x += SIDE) {
          const share = differing(found, known, [x, y, x + SIDE, y + SIDE]) / SIDE ** 2;
          if (share > most) [most, where] = [share, `${x}, ${y}`];
        }
      }
      assert.ok(most <= MOST_DIFFERING, `${(100 * most).toFixed(1)} % of the pixels differ at ${where}`);
      await person.leave();
    });
  });
}
