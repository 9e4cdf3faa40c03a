// The numbers in the browser are those of the native build: of the worker, and of what the page draws from a seed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";

import { GPU, describeProgram } from "./support/program.js";
import { NUMBERS, PAGE } from "./support/tools.js";

const run = promisify(execFile);

describeProgram("numbers", GPU, ({ arrive }) => {
  test("50 batches in the worker come to what they come to natively, renewed or not", async (t) => {
    const script = fileURLToPath(new URL("support/worker_numbers.mjs", import.meta.url));
    const { stdout } = await run("node", [script, PAGE, NUMBERS]);
    for (const line of stdout.trim().split("\n")) t.diagnostic(line);
    assert.match(stdout, /weights .* apart/);
  });

  test("starting weights drawn in the page are those drawn natively, to the bit", async (t) => {
    const person = await arrive();
    await person.press("New seed");
    await person.waitFor("a step to undo", async () => (await person.find("Undo")).is_enabled);
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.press("Save")]);
    const { stdout } = await run(NUMBERS, ["drawn", await download.path()]);
    t.diagnostic(stdout.trim());
    assert.match(stdout, /of seed 2,/, "the seed after the example's own");
    await person.leave();
  });
});
