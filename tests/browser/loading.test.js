// The page until the first picture, with a stand-in for the program: progress, choice of bundle, failures.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";

import { HAS_SCREEN, hear, launch, openPage, picture, told } from "./support/browser.js";
import { serve } from "./support/server.js";
import { standInPage } from "./support/stand-in.js";

/** A browser that gives a device when asked, as far as the page can see. */
const givesWebGpu = () => {
  const device = { destroy() {} };
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => ({ requestDevice: async () => device }) } });
};
const givesAnAdapterWithoutDevice = () => {
  const requestDevice = () => Promise.reject(new DOMException("no device"));
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => ({ requestDevice }) } });
};
const givesADeviceSomeDay = () => {
  const requestDevice = () => new Promise(() => {});
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => ({ requestDevice }) } });
};
const givesNoWebGpu = () => Object.defineProperty(navigator, "gpu", { value: undefined });
const givesNoWebGl = () => {
  HTMLCanvasElement.prototype.getContext = () => null;
};

const standIn = (page) => page.evaluate(() => globalThis.standIn?.name);
const card = (page) => page.locator("#card");

describe("while the program is on its way", () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch("webgl2");
    server = await serve(standInPage("loading"));
  });
  beforeEach(() => Object.assign(server, { bytesPerSecond: null, cut: null, missing: null, damaged: null }));

  async function open(query = "", { prepare = givesNoWebGpu, ...options } = {}) {
    const page = await openPage(browser, { prepare, ...options });
    await page.goto(server.url + query);
    return page;
  }

  /** Reads the card of a failure, keeps a picture of it, and closes the page. */
  async function readCard(page, name) {
    await card(page).waitFor();
    const text = await page.locator("#card-text").textContent();
    await picture(page, `card-${name}`);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
    return text;
  }

  test("the bar counts the bytes that have come over a slow network", async () => {
    server.bytesPerSecond = 500_000;
    const page = await open();
    const bar = page.getByRole("progressbar");
    const seen = [];
    while ((seen.at(-1) ?? 0) < 1 && seen.length < 200) {
      const share = await bar.evaluate((it) => (it.hasAttribute("value") ? it.value / it.max : it.checkVisibility() && 1));
      seen.push(share);
      if (seen.length === 20) await picture(page, "loading-half");
      await page.waitForTimeout(25);
    }
    const between = new Set(seen.filter((share) => share > 0.05 && share < 0.95));
    assert.ok(between.size >= 8, `the bar took only these places: ${[...between]}`);
    const rising = seen.slice(seen.findIndex((share) => share < 1));
    assert.deepEqual(rising, rising.toSorted(), "it never went back");
    await hear(page, "Neurarium is ready.");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test("the text beside the bar tells megabytes of megabytes", async () => {
    server.bytesPerSecond = 400_000;
    const page = await open();
    const text = page.locator("#progress-text");
    await text.filter({ hasText: /^0\.[3-6] of 1\.0 MB$/ }).waitFor();
    await page.context().close();
  });

  test("the card goes with the first picture, and the canvas has the keyboard", async () => {
    const page = await open();
    await page.locator("#loading").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.id), "stage");
    assert.equal(await told(page), "Neurarium is ready.");
    const image = await picture(page, "stand-in");
    assert.deepEqual(image.at(480, 300), [255, 0, 0], "the canvas shows through");
    assert.deepEqual(image.at(1, 1), [255, 0, 0], "and fills the window");
    assert.deepEqual(image.at(958, 598), [255, 0, 0]);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  test("a browser that gives a device gets the WebGPU bundle", async () => {
    const page = await open("", { prepare: givesWebGpu });
    await hear(page, "Neurarium is ready.");
    assert.equal(await standIn(page), "webgpu");
    await page.context().close();
  });

  for (const [words, prepare] of [["is refused", givesAnAdapterWithoutDevice], ["does not come", givesADeviceSomeDay]]) {
    test(`an adapter whose device ${words} is not enough for it`, async () => {
      const page = await open("", { prepare });
      await hear(page, "Neurarium is ready.");
      assert.equal(await standIn(page), "webgl2");
      await page.context().close();
    });
  }

  test("the address chooses WebGL2 where WebGPU would work", async () => {
    const page = await open("?gpu=webgl2", { prepare: givesWebGpu });
    await hear(page, "Neurarium is ready.");
    assert.equal(await standIn(page), "webgl2");
    await page.context().close();
  });

  for (const plan of ["fails-on-webgpu", "says-why-on-webgpu"]) {
    test(`a program that ${plan} is started once more on WebGL2, and the page says so`, async () => {
      const page = await open(`?stand-in=${plan}&project=xor`, { prepare: givesWebGpu });
      await hear(page, "WebGPU did not start here, so Neurarium draws with WebGL2.");
      assert.equal(await standIn(page), "webgl2");
      assert.ok(await page.locator("#notice").isVisible(), "it is seen too");
      await picture(page, "fell-back");
      const address = new URL(page.url());
      assert.equal(address.search, `?stand-in=${plan}&project=xor`, "the address can be passed on");

      server.requests.length = 0;
      await page.reload();
      await hear(page, "Neurarium is ready.");
      assert.equal(await standIn(page), "webgl2");
      assert.ok(!server.requests.some((path) => path.includes("webgpu")), "the tab has learnt it");
      await page.context().close();
    });
  }

  test("a program that fails on WebGL2 as well is not started for ever", async () => {
    const page = await open("?stand-in=fails-on-webgl2", { prepare: givesWebGpu });
    await hear(page, "Neurarium is ready.");
    assert.equal(await standIn(page), "webgpu");
    await page.goto(`${server.url}?stand-in=fails-on-webgl2&gpu=webgl2`);
    await page.locator("#card-title", { hasText: "Neurarium stopped" }).waitFor();
    assert.match(await page.locator("#card-text").textContent(), /unreachable/);
    await page.context().close();
  });

  test("a browser with neither WebGPU nor WebGL2 is told what to do", async () => {
    const page = await open("", { prepare: [givesNoWebGpu, givesNoWebGl] });
    const hint = page.locator("#card-hint");
    await hint.filter({ hasText: "Switch on hardware acceleration" }).waitFor();
    assert.match(await readCard(page, "no-device"), /neither WebGPU nor WebGL2\.$/);
  });

  test("a file that is missing on the server is named", async () => {
    server.missing = "webgl2/neurarium_bg.wasm";
    const text = await readCard(await open(), "missing");
    assert.equal(text, "Neurarium could not be downloaded: “neurarium_bg.wasm” is missing on the server (404).");
  });

  for (const keepsLength of [true, false]) {
    test(`a download that breaks off ${keepsLength ? "with" : "without"} its length known is told with its numbers`, async () => {
      server.cut = { path: "webgl2/neurarium_bg.wasm", after: 400_000, keepsLength };
      const text = await readCard(await open(), "broken-off");
      assert.match(text, /^The download of “neurarium_bg.wasm” broke off after 0\.\d of 1\.0 MB\.$/);
    });
  }

  test("a script of which only a part comes is not run", async () => {
    server.cut = { path: "webgl2/neurarium.js", after: 400, keepsLength: false };
    assert.equal(await readCard(await open(), "broken-off"), "The download of “neurarium.js” broke off.");
  });

  for (const file of ["neurarium.js", "neurarium_bg.wasm"]) {
    test(`a damaged ${file} is said to be damaged`, async () => {
      server.damaged = `webgl2/${file}`;
      const text = await readCard(await open(), "damaged");
      assert.equal(text, `“${file}” arrived damaged, or this browser is too old to read it.`);
    });
  }

  test("a connection that is gone is told, and “Try again” works when it is back", async () => {
    const page = await openPage(browser);
    await page.addInitScript(givesNoWebGpu);
    await page.route("**/neurarium_bg.wasm*", (route) => route.abort("internetdisconnected"));
    await page.goto(server.url);
    await card(page).waitFor();
    assert.match(await page.locator("#card-text").textContent(), /^Neurarium could not be downloaded: the server cannot be reached\.$/);
    await page.unroute("**/neurarium_bg.wasm*");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Try again", "the keyboard is on it");
    await page.keyboard.press("Enter");
    await hear(page, "Neurarium is ready.");
    await page.context().close();
  });

  test("a device that is offline is told so", async () => {
    const page = await openPage(browser);
    await page.addInitScript(givesNoWebGpu);
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "onLine", { get: () => false }));
    await page.route("**/neurarium_bg.wasm*", (route) => route.abort("internetdisconnected"));
    await page.goto(server.url);
    assert.equal(await readCard(page, "offline"), "Neurarium could not be downloaded: this device is offline.");
  });

  test("a page whose own parts are missing says so without them", async () => {
    server.missing = "cards.js";
    const page = await open();
    await page.locator("#progress-text", { hasText: "A part of this page could not be downloaded" }).waitFor();
    await page.context().close();
  });

  test("without JavaScript one sentence says what is needed", async () => {
    const page = await open("", { javaScriptEnabled: false, prepare: [] });
    const words = page.locator("noscript section");
    await words.waitFor();
    assert.match(await words.textContent(), /Neurarium runs in your browser and needs JavaScript/);
    assert.ok(!(await page.locator("#loading").isVisible()));
    await picture(page, "card-no-script");
    await page.context().close();
  });

  test("with reduced motion nothing on the loading card moves by itself", async () => {
    /** How much moves while the bytes come, and while the program starts. */
    const movement = async (options) => {
      server.bytesPerSecond = 1_000_000;
      const page = await open("?stand-in=never-ready", options);
      const count = () => page.evaluate(() => document.getAnimations().length);
      const counts = [await count()];
      await page.locator("#progress-text", { hasText: "Starting…" }).waitFor();
      counts.push(await count());
      await page.context().close();
      return counts;
    };
    assert.deepEqual(await movement({ reducedMotion: "reduce" }), [0, 0]);
    assert.ok((await movement({})).every((count) => count > 0), "things do move without");
  });
});

test("a browser with a real WebGPU device gets the WebGPU bundle", { skip: !HAS_SCREEN && "it needs a screen" }, async () => {
  const server = await serve(standInPage("device"));
  const browser = await launch("webgpu");
  const page = await openPage(browser, { viewport: { width: 400, height: 300 } });
  await page.goto(server.url);
  await hear(page, "Neurarium is ready.");
  assert.equal(await standIn(page), "webgpu");
  assert.deepEqual(page.complaints, []);
});
