// Where the tests find their tools: the page's folder, the packages, the browser, a place for pictures.

import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the workspace. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run \`cargo xtask test --only browser\`, which sets it`);
  return value;
}

/** The folder of the built page. */
export const PAGE = process.env.NEURARIUM_PAGE ?? "";

/** The bundles it has, the one that runs everywhere first. */
export const BUNDLES = ["webgl2", "webgpu"].filter((name) => existsSync(join(PAGE, name, "neurarium_bg.wasm")));

/** What the tests leave behind to be looked at. */
export const KEPT = told("NEURARIUM_KEPT");
mkdirSync(KEPT, { recursive: true });

/** The program that knows the numbers of the native build: `plugins/worker/examples/numbers.rs`. */
export const NUMBERS = told("NEURARIUM_NUMBERS");

// The packages lie outside the checkout.
const require = createRequire(join(told("NEURARIUM_PACKAGES"), "packages.js"));
export const { chromium } = require("playwright-core");
export const { PNG } = require("pngjs");

/** The browser's program. */
export const BROWSER = findBrowser();

/** Nothing goes out but what a test asks for; `root` has no sandbox. */
export const QUIET = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

function findBrowser() {
  if (process.env.NEURARIUM_BROWSER) return process.env.NEURARIUM_BROWSER;
  const names = ["chromium", "chromium-browser", "google-chrome", "chrome.exe"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const usual = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ];
  const places = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...usual];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error("there is no Chromium on the PATH: run `cargo xtask setup`, or name one in NEURARIUM_BROWSER");
  return found;
}
