// How the page ends, with a stand-in for the program: crash, lost device, leaving; and nothing lost.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";

import { hear, launch, openPage, picture } from "./support/browser.js";
import { serve } from "./support/server.js";
import { standInPage } from "./support/stand-in.js";

const PROJECT = "(version: 1, nodes: [])";

/** Does as the program does after each edit, and overwrites its memory, as it also may. */
const edit = (page) =>
  page.evaluate((text) => {
    const memory = new TextEncoder().encode(text);
    neurarium.copy("my-xor.ron", memory);
    memory.fill(0);
  }, PROJECT);

describe("when the program ends", () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch("webgl2");
    server = await serve(standInPage("endings", ["webgl2"]));
  });

  async function open(options) {
    const page = await openPage(browser, options);
    await page.goto(server.url);
    await hear(page, "Neurarium is ready.");
    return page;
  }

  async function textOfDownload(page, press) {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    return [download.suggestedFilename(), readFileSync(await download.path(), "utf8")];
  }

  const crash = (page, sentence) => page.evaluate((sentence) => neurarium.crashed(sentence), sentence);

  /** The kinds of questions the browser asks when the tab is being closed. */
  async function questionsOnLeaving(page) {
    // Browsers ask only those who have touched the page.
    await page.mouse.click(500, 20);
    const asked = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      dialog.dismiss();
    });
    await page.close({ runBeforeUnload: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return asked;
  }

  test("a crash is told, and the project can be downloaded from the copy", async () => {
    const page = await open();
    await edit(page);
    await crash(page, "A number was divided by a wire.");
    const card = page.getByRole("alertdialog", { name: "Neurarium stopped" });
    await card.waitFor();
    await picture(page, "card-crash");
    assert.equal(await page.locator("#card-text").textContent(), "A number was divided by a wire.");
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    assert.equal(await focused(), "Download my project");
    assert.deepEqual(await textOfDownload(page, () => page.keyboard.press("Enter")), ["my-xor.ron", PROJECT]);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Reload");
    assert.deepEqual(page.complaints, []);
    await page.keyboard.press("Enter");
    await hear(page, "Neurarium is ready.");
    await page.context().close();
  });

  test("the card of a crash does not go away by Escape", async () => {
    const page = await open();
    await crash(page, "It stopped.");
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("Escape");
    assert.ok(await page.locator("#card").isVisible());
    await page.context().close();
  });

  test("a panic that had no time to say why is seen all the same", async () => {
    const page = await open();
    await page.evaluate(() => void setTimeout(standIn.panic));
    await page.locator("#card-text", { hasText: /^The program stopped unexpectedly: unreachable/ }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Download my project" }).count(), 0, "there is nothing to download");
    assert.equal(await page.locator("#card-hint").textContent(), "Nothing you made is lost: reload to go on.");
    assert.equal(page.complaints.length, 1, "the panic itself");
    await page.context().close();
  });

  test("the first reason of a crash stays when others follow", async () => {
    const page = await open();
    await crash(page, "The first reason.");
    await crash(page, "A second one.");
    assert.equal(await page.locator("#card-text").textContent(), "The first reason.");
    await page.context().close();
  });

  test("a mistake of somebody else's script ends nothing", async () => {
    const page = await open();
    await page.evaluate(() => void setTimeout(() => { throw new TypeError("an extension"); }));
    await page.waitForTimeout(200);
    assert.ok(!(await page.locator("#card").isVisible()));
    await page.context().close();
  });

  test("a lost graphics device is told, and the work stays at hand", async () => {
    const page = await open();
    await edit(page);
    await page.evaluate(() => standIn.loseDevice());
    await page.getByRole("alertdialog", { name: "The graphics device was lost" }).waitFor();
    const hint = page.locator("#card-hint");
    assert.equal(await hint.textContent(), "Your project is safe in this tab: download it before you reload.");
    await picture(page, "card-device-lost");
    const press = () => page.getByRole("button", { name: "Download my project" }).click();
    assert.deepEqual(await textOfDownload(page, press), ["my-xor.ron", PROJECT]);
    await page.getByRole("button", { name: "Reload" }).click();
    await hear(page, "Neurarium is ready.");
    await page.context().close();
  });

  test("leaving with unsaved work asks once", async () => {
    const page = await open();
    await edit(page);
    assert.deepEqual(await questionsOnLeaving(page), ["beforeunload"]);
    await page.context().close();
  });

  test("leaving when all is saved asks nothing", async () => {
    const page = await open();
    await edit(page);
    await page.evaluate(() => neurarium.saved());
    assert.deepEqual(await questionsOnLeaving(page), []);
    await page.context().close();
  });

  test("an edit after saving is unsaved again", async () => {
    const page = await open();
    await page.evaluate(() => neurarium.saved());
    await edit(page);
    assert.deepEqual(await questionsOnLeaving(page), ["beforeunload"]);
    await page.context().close();
  });
});
