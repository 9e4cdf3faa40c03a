// A real browser with a GPU in software, and pages whose console is watched.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";

import { BROWSER, KEPT, PNG, QUIET, chromium } from "./tools.js";

const GPU_FLAGS = {
  webgl2: ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  webgpu: [
    "--enable-unsafe-webgpu",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
    "--use-angle=swiftshader",
    // With it, the device would be lost when it first shows a picture.
    "--disable-vulkan-surface",
    "--use-webgpu-adapter=swiftshader",
    "--ignore-gpu-blocklist",
  ],
};

/** Whether pictures of WebGPU can be taken here: without a screen they stay black. */
export const HAS_SCREEN = process.platform !== "linux" || Boolean(process.env.DISPLAY);

/** The browsers of this file's tests. One that stayed open would keep the tests from ending. */
const started = [];
after(() => Promise.all(started.map((browser) => browser.close())));

/** Starts the browser for "webgl2" (without a window) or "webgpu" (with one), until the tests end. */
export async function launch(gpu, flags = []) {
  const browser = await chromium.launch({
    executablePath: BROWSER,
    headless: gpu !== "webgpu",
    args: [...QUIET, ...GPU_FLAGS[gpu], ...flags],
  });
  started.push(browser);
  return browser;
}

/**
 * What Chromium says of its own accord and no person sees: that a request was not answered, and that
 * its GPU in software is slow to give its picture to the screen.
 */
const NOT_OURS = [/^Failed to load resource:/, /GL Driver Message \(OpenGL, Performance/];

/**
 * A page in a `context`, or one of its own; the scripts in `prepare` run in it before its own.
 * `page.complaints` are the console's errors and warnings and the errors nobody caught, as they come.
 */
export async function openPage(browser, { prepare = [], context: given, ...options } = {}) {
  const context =
    given ?? (await browser.newContext({ viewport: { width: 960, height: 600 }, colorScheme: "dark", ...options }));
  const page = await context.newPage();
  for (const script of [prepare].flat()) await page.addInitScript(script);
  page.complaints = [];
  page.on("console", (message) => {
    const isComplaint = message.type() === "error" || message.type() === "warning";
    if (isComplaint && !NOT_OURS.some((words) => words.test(message.text()))) page.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(`uncaught: ${error.message}`));
  // From the first moment on: the browser's own dialog would wait for somebody.
  page.on("filechooser", () => {});
  page.on("crash", () => page.complaints.push("the tab crashed"));
  return page;
}

/** What the polite live region says now. */
export function told(page) {
  return page.locator("[aria-live=polite]").textContent();
}

/** Waits until the live region says something that matches. */
export async function hear(page, pattern, timeout = 30_000) {
  await page.locator("[aria-live=polite]").filter({ hasText: pattern }).waitFor({ state: "attached", timeout });
}

/** A picture of the page, kept to be looked at; its pixels can be read. */
export async function picture(page, name) {
  const bytes = await page.screenshot();
  const file = join(KEPT, `${name}.png`);
  rmSync(file, { force: true });
  writeFileSync(file, bytes);
  return read(bytes);
}

/** The pixels of a PNG file. */
export function read(bytes) {
  const png = PNG.sync.read(bytes);
  return {
    width: png.width,
    height: png.height,
    /** Red, green and blue of a pixel. */
    at(x, y) {
      const start = 4 * (Math.round(y) * png.width + Math.round(x));
      return [...png.data.subarray(start, start + 3)];
    },
  };
}

/** A test for pixels that have nearly the hue of a colour such as "#4C8DFF". */
function hasHueOf(colour) {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const length = (v) => Math.hypot(...v);
  return (found) => {
    const dot = found.reduce((sum, value, index) => sum + value * wanted[index], 0);
    return length(found) > 90 && dot / (length(found) * length(wanted)) > 0.985;
  };
}

/** How many pixels within `reach` of a point have nearly the hue of a colour. */
export function pixelsLike(image, [x, y], reach, colour) {
  const isLike = hasHueOf(colour);
  let count = 0;
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const [px, py] = [Math.round(x + dx), Math.round(y + dy)];
      if (px >= 0 && py >= 0 && px < image.width && py < image.height && isLike(image.at(px, py))) count += 1;
    }
  }
  return count;
}

/** The middle of all pixels, within left, top, right, bottom, that have nearly the hue of a colour. */
export function middleOf(image, [left, top, right, bottom], colour) {
  const isLike = hasHueOf(colour);
  const sum = [0, 0, 0];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      if (isLike(image.at(x, y))) [x, y, 1].forEach((value, index) => (sum[index] += value));
    }
  }
  assert.ok(sum[2] > 0, `nothing on screen has the colour ${colour}`);
  return [sum[0] / sum[2], sum[1] / sum[2]];
}

/** Drags files from the person's desktop onto the page, as the browser's own protocol can. */
export async function dropFiles(page, files, [x, y] = [300, 300]) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver"]) await session.send("Input.dispatchDragEvent", { type, x, y, data });
  assert.ok(await page.locator("#drop").isVisible(), "the page says that it takes the file");
  await picture(page, "drop");
  await session.send("Input.dispatchDragEvent", { type: "drop", x, y, data });
  assert.ok(!(await page.locator("#drop").isVisible()));
}

/** How many pixels differ between two pictures, within left, top, right, bottom. */
export function differing(one, other, [left, top, right, bottom]) {
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const [a, b] = [one.at(x, y), other.at(x, y)];
      if (Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]) > 60) count += 1;
    }
  }
  return count;
}
