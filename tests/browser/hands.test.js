// What hands do on the page, with a stand-in for the program: focus, files in and out, embedding.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, beforeEach, describe, test } from "node:test";

import { dropFiles, hear, launch, openPage, picture, told } from "./support/browser.js";
import { serve } from "./support/server.js";
import { standInPage } from "./support/stand-in.js";
import { KEPT } from "./support/tools.js";

const FOLDER = join(KEPT, "files");
mkdirSync(join(FOLDER, "a-folder"), { recursive: true });
const TABLE = join(FOLDER, "table.csv");
const OTHER = join(FOLDER, "øther näme.ron");
writeFileSync(TABLE, "x,y\n0,1\n");
writeFileSync(OTHER, "(nothing)");

const received = (page) => page.evaluate(() => standIn.received);
const waitForFiles = (page, count) => page.waitForFunction((count) => standIn.received.length === count, count);

describe("a person at the page", () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch("webgl2");
    server = await serve(standInPage("hands", ["webgl2"]), "/some/where/else/");
  });
  beforeEach(() => (server.extra = {}));

  async function open(options, query = "") {
    const page = await openPage(browser, options);
    await page.goto(server.url + query);
    await hear(page, "Neurarium is ready.");
    return page;
  }

  async function close(page) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }

  test("the page works from any folder of a server", async () => {
    const page = await open();
    assert.equal(await page.evaluate(() => neurarium.workerUrl), `${server.url}worker.js?v=stand-in`);
    assert.ok(server.requests.every((path) => path.startsWith("/some/where/else/") || path === "/favicon.ico"), `${server.requests}`);
    await close(page);
  });

  test("a dropped file reaches the program with its name, wherever it falls", async () => {
    const page = await open();
    await dropFiles(page, [TABLE]);
    await dropFiles(page, [OTHER, TABLE], [5, 5]);
    await waitForFiles(page, 3);
    const [first, ...rest] = await received(page);
    assert.deepEqual(first, ["table.csv", "x,y\n0,1\n"]);
    assert.deepEqual(rest.map(([name]) => name), ["øther näme.ron", "table.csv"]);
    await close(page);
  });

  test("a file dropped before the program is ready waits for it", async () => {
    server.bytesPerSecond = 700_000;
    const page = await openPage(browser);
    await page.goto(server.url);
    await page.locator("#progress-text", { hasText: "MB" }).waitFor();
    await dropFiles(page, [TABLE]);
    server.bytesPerSecond = null;
    await hear(page, "Neurarium is ready.");
    assert.deepEqual(await received(page), [["table.csv", "x,y\n0,1\n"]]);
    await close(page);
  });

  test("a dropped folder is refused in one sentence", async () => {
    const page = await open();
    await dropFiles(page, [join(FOLDER, "a-folder")]);
    await hear(page, "“a-folder” could not be read: is it a folder, or was it moved?");
    await picture(page, "notice");
    assert.deepEqual(await received(page), []);
    await close(page);
  });

  test("a pasted file is taken like a dropped one, pasted text is not touched", async () => {
    const page = await open();
    const paste = (withFile) =>
      page.evaluate((withFile) => {
        const clipboardData = new DataTransfer();
        if (withFile) clipboardData.items.add(new File(["1,2"], "pasted.csv"));
        else clipboardData.setData("text/plain", "1,2");
        const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
        document.getElementById("stage").dispatchEvent(event);
        return event.defaultPrevented;
      }, withFile);
    assert.equal(await paste(false), false);
    assert.equal(await paste(true), true);
    await waitForFiles(page, 1);
    assert.deepEqual(await received(page), [["pasted.csv", "1,2"]]);
    await close(page);
  });

  /** Asks for a file the way the program does: in the frame after a press. */
  const askAfterPress = (page) =>
    page.evaluate(() => {
      const ask = () =>
        requestAnimationFrame(async () => {
          const file = await neurarium.pick(".csv,.ron");
          globalThis.picked = file && [file.name, new TextDecoder().decode(file.bytes)];
        });
      document.getElementById("stage").addEventListener("pointerup", ask, { once: true });
    });

  test("a file is opened by the browser's own dialog", async () => {
    const page = await open();
    await askAfterPress(page);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.mouse.click(400, 300)]);
    assert.equal(await chooser.element().getAttribute("accept"), ".csv,.ron");
    await chooser.setFiles(TABLE);
    await page.waitForFunction(() => globalThis.picked);
    assert.deepEqual(await page.evaluate(() => picked), ["table.csv", "x,y\n0,1\n"]);
    assert.equal(await page.locator("input[type=file]").count(), 0, "nothing is left behind");
    await close(page);
  });

  test("a dialog that is cancelled gives nothing", async () => {
    const page = await open();
    await askAfterPress(page);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.mouse.click(400, 300)]);
    await chooser.element().dispatchEvent("cancel");
    await page.waitForFunction(() => globalThis.picked === null);
    await close(page);
  });

  test("a file that is asked for long after a press is asked for by a button", async () => {
    const page = await open();
    await page.evaluate(() => {
      // Whoever looks at a page from outside counts as having pressed.
      Object.defineProperty(navigator, "userActivation", { value: { isActive: false } });
      neurarium.pick(".csv").then((file) => (globalThis.picked = file?.name ?? "nothing"));
    });
    await page.getByRole("alertdialog", { name: "Open a file" }).waitFor();
    await picture(page, "card-pick");
    const press = () => page.getByRole("button", { name: "Choose a file" }).click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press()]);
    await chooser.setFiles(TABLE);
    await page.waitForFunction(() => globalThis.picked === "table.csv");
    assert.ok(!(await page.locator("#card").isVisible()));
    await close(page);
  });

  test("a file is saved as a download of its name and bytes", async () => {
    const page = await open();
    const save = () => page.evaluate(() => neurarium.download("net.ron", new Uint8Array([40, 41])));
    const [download] = await Promise.all([page.waitForEvent("download"), save()]);
    assert.equal(download.suggestedFilename(), "net.ron");
    assert.equal(readFileSync(await download.path(), "utf8"), "()");
    await close(page);
  });

  test("a press gives the canvas the keyboard, and neither menu, scroll nor zoom happen over it", async () => {
    const page = await open();
    await page.evaluate(() => {
      document.activeElement.blur();
      globalThis.defaults = [];
      for (const type of ["wheel", "contextmenu"]) {
        addEventListener(type, (event) => defaults.push([type, event.defaultPrevented]));
      }
    });
    await page.mouse.click(200, 200);
    assert.equal(await page.evaluate(() => document.activeElement.id), "stage");
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, 240);
    await page.keyboard.up("Control");
    await page.mouse.click(200, 200, { button: "right" });
    await page.waitForFunction(() => defaults.length === 2);
    assert.deepEqual(await page.evaluate(() => defaults), [["wheel", true], ["contextmenu", true]]);
    assert.equal(await page.evaluate(() => visualViewport.scale * scrollY), 0);
    const style = await page.locator("#stage").evaluate((it) => getComputedStyle(it).touchAction);
    assert.equal(style, "none");
    await close(page);
  });

  test("what the program says is read out politely and not drawn", async () => {
    const page = await open();
    await page.evaluate(() => neurarium.say("Trained 120 epochs, loss 0.012"));
    assert.equal(await told(page), "Trained 120 epochs, loss 0.012");
    const status = page.getByRole("status");
    assert.equal(await status.count(), 1, "it is in the tree that screen readers read");
    const box = await status.boundingBox();
    assert.ok(box.width <= 1 && box.height <= 1);
    await close(page);
  });

  for (const [words, size] of [["a phone", { width: 390, height: 844 }], ["a small frame", { width: 200, height: 150 }]]) {
    test(`the canvas fills ${words}, and its cards fit in`, async () => {
      const page = await open({ viewport: size, deviceScaleFactor: 2 });
      assert.deepEqual(await page.locator("#stage").boundingBox(), { x: 0, y: 0, ...size });
      await page.evaluate(() => neurarium.crashed("A sentence that is long enough to need several lines on such a small window."));
      const box = await page.locator("#card").boundingBox();
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height, JSON.stringify(box));
      await page.getByRole("button", { name: "Reload" }).click();
      await hear(page, "Neurarium is ready.");
      await close(page);
    });
  }

  for (const sandbox of [null, "allow-scripts allow-same-origin", "allow-scripts"]) {
    test(`it runs in a frame ${sandbox ? `with sandbox="${sandbox}"` : "without a sandbox"}`, async () => {
      const attribute = sandbox ? `sandbox="${sandbox}"` : "";
      server.extra = { "/outer": `<!doctype html><title>outer</title><iframe ${attribute} width=500 height=400 src="${server.url}"></iframe>` };
      const page = await openPage(browser);
      // The outer page is another site, as with all who embed games.
      await page.goto(`${server.origin.replace("localhost", "127.0.0.1")}/outer`);
      const inner = page.frameLocator("iframe");
      await inner.locator("[aria-live=polite]").filter({ hasText: "Neurarium is ready." }).waitFor({ state: "attached" });
      await page.mouse.click(200, 200);
      assert.equal(await page.evaluate(() => document.activeElement.tagName), "IFRAME");
      await inner.locator("#stage:focus").waitFor();
      await close(page);
    });
  }

  test("a frame whose storage is blocked falls back to WebGL2 all the same", async () => {
    const both = await serve(standInPage("blocked"));
    both.extra = { "/outer": `<!doctype html><iframe sandbox="allow-scripts" width=500 height=400 src="${both.url}?stand-in=says-why-on-webgpu"></iframe>` };
    const page = await openPage(browser);
    await page.addInitScript(() => {
      const device = { destroy() {} };
      Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => ({ requestDevice: async () => device }) } });
    });
    await page.goto(`${both.origin}/outer`);
    const inner = page.frameLocator("iframe");
    const words = "WebGPU did not start here, so Neurarium draws with WebGL2.";
    await inner.locator("[aria-live=polite]").filter({ hasText: words }).waitFor({ state: "attached" });
    const frame = page.frames()[1];
    assert.equal(new URL(frame.url()).searchParams.get("gpu"), "webgl2", "only the address remembers it");
    assert.equal(await frame.evaluate(() => standIn.name), "webgl2");
    await page.context().close();
  });
});
