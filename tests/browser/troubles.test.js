// The real program when things go wrong around it: what the person is told, and that nothing is lost.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { dropFiles, launch, picture } from "./support/browser.js";
import { Person } from "./support/person.js";
import { serve } from "./support/server.js";
import * as story from "./support/story.js";
import { BUNDLES, KEPT, PAGE } from "./support/tools.js";

/** Keeps every worker of the page where a test can reach it. */
const keepWorkers = () => {
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push(this);
    }
  };
};

const blockStorage = () => {
  const refuse = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  for (const name of ["indexedDB", "localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, { get: refuse });
};

/** Makes work that is not saved: the table, which held XOR, holds AND. */
async function makeWork(person) {
  await person.press("Data");
  await person.press("Fill with AND");
  await person.waitFor("the table of AND", async () => (await person.find("y row 2"))?.value === "0");
}

describe("trouble around the program", { skip: BUNDLES.length === 0 && "the page was built without a bundle" }, () => {
  const gpu = BUNDLES[0];
  let browser;
  let server;

  before(async () => {
    browser = await launch(gpu);
    server = await serve(PAGE);
  });

  const arrive = (options = {}) => Person.at(browser, `${server.url}?gpu=${gpu}`, { viewport: story.WINDOW, ...options });

  test("a worker that is killed in the middle of an epoch is started again, and training works", async () => {
    const person = await arrive({ prepare: keepWorkers });
    await person.press("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.page.evaluate(() => workers.at(-1).terminate());
    await person.hear(/The engine broke down \(.*\)\. It was started again with your network\./);
    await picture(person.page, "trouble-worker");
    const loss = await story.train(person);
    assert.ok(loss < 0.05, `the loss after all is ${loss}`);
    await person.leave();
  });

  test("work that was not saved is offered again after a reload", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.page.waitForTimeout(3_000);
    person.page.on("dialog", (dialog) => dialog.accept());
    await person.page.reload();
    await person.see("Bring back");
    await person.hear("There is work from last time");
    await picture(person.page, "trouble-reload");
    await person.press("Bring back");
    await person.waitFor("the question to go", async () => !(await person.find("Bring back")));
    await person.press("Data");
    assert.equal((await person.see("y row 2")).value, "0", "the table of AND is back");
    await person.leave();
  });

  test("a lost graphics device leaves the project to be downloaded", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.page.evaluate(() => {
      const gl = document.getElementById("stage").getContext("webgl2");
      gl.getExtension("WEBGL_lose_context").loseContext();
    });
    const { page } = person;
    await page.getByRole("alertdialog", { name: "The graphics device was lost" }).waitFor();
    await picture(page, "trouble-device");
    const press = () => page.getByRole("button", { name: "Download my project" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    assert.match(download.suggestedFilename(), /\.ron$/);
    assert.match(readFileSync(await download.path(), "utf8"), /network/);
    await page.context().close();
  });

  test("a browser that blocks storage is told once, and all else works", async () => {
    const person = await arrive({ prepare: blockStorage });
    await makeWork(person);
    await person.hear("Your browser does not let this page keep unsaved work: download it before you leave.");
    await picture(person.page, "trouble-storage");
    await person.leave();
  });

  test("a broken file that is dropped is refused in one sentence, and the project stays", async () => {
    const file = join(KEPT, "broken.ron");
    writeFileSync(file, "(version: 1, network: (nodes: [");
    const person = await arrive();
    await dropFiles(person.page, [file], [640, 400]);
    await person.hear(/broken\.ron/);
    await picture(person.page, "trouble-file");
    await person.press("Data");
    assert.equal((await person.see("y row 2")).value, "1", "XOR is still there");
    await person.leave();
  });

  test("fingers train, pan and zoom", async () => {
    const person = await arrive({ hasTouch: true });
    const before = await picture(person.page, "touch-1-before");
    await person.tap("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.tap("Pause");
    await person.waitFor("training to pause", () => person.find("Train"));
    // Between the wires of the example, on the empty canvas.
    await person.swipe([[400, 640], [300, 560]]);
    const panned = await picture(person.page, "touch-2-panned");
    assert.ok(differing(before, panned) > 2_000, "one finger moves the canvas");
    await person.swipe([[440, 360], [340, 360]], [[520, 360], [620, 360]]);
    const zoomed = await picture(person.page, "touch-3-zoomed");
    assert.ok(differing(panned, zoomed) > 2_000, "two fingers zoom it");
    assert.equal(await person.page.evaluate(() => visualViewport.scale), 1, "and not the page");
    await person.leave();
  });
});

/** How many pixels of the canvas beside the panels differ. */
function differing(one, other) {
  let count = 0;
  for (let y = 80; y < 700; y += 1) {
    for (let x = 120; x < 920; x += 1) {
      const [a, b] = [one.at(x, y), other.at(x, y)];
      if (Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]) > 60) count += 1;
    }
  }
  return count;
}
