// Where the tests find their tools: the page's folder, the packages, the browser, a place for pictures.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { bring, told } from "./chromium.js";

export { BROWSER, QUIET, ROOT, chromium } from "./chromium.js";

/** The folder of the built page. */
export const PAGE = process.env.NEURARIUM_PAGE ?? "";

/** The bundles it has, the one that runs everywhere first. */
export const BUNDLES = ["webgl2", "webgpu"].filter((name) => existsSync(join(PAGE, name, "neurarium_bg.wasm")));

/** What the tests leave behind to be looked at. */
export const KEPT = told("NEURARIUM_KEPT");
mkdirSync(KEPT, { recursive: true });

/** The program that knows the numbers of the native build: `plugins/worker/examples/numbers.rs`. */
export const NUMBERS = told("NEURARIUM_NUMBERS");

export const { PNG } = bring("pngjs");
