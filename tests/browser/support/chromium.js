// Chromium: where it is, how it is started, and the package that drives it.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the workspace. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** What the environment says of this. */
export function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run \`cargo xtask test --only browser\`, which sets it`);
  return value;
}

/** Brings a package, which lies outside the checkout. */
export const bring = createRequire(join(told("NEURARIUM_PACKAGES"), "packages.js"));
export const { chromium } = bring("playwright-core");

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
