// The page with a stand-in for the program: the files of `web/`, and bundles that are there in a moment.

import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { KEPT, ROOT } from "./tools.js";

/** The size of each stand-in's program in bytes: enough to watch it come over a slow network. */
export const PROGRAM_BYTES = 1_000_000;

/** Makes the page with these bundles and gives its folder. */
export function standInPage(name, bundles = ["webgl2", "webgpu"]) {
  const folder = join(KEPT, `stand-in-${name}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, "web"), folder, { recursive: true });
  const sizes = {};
  for (const bundle of bundles) {
    mkdirSync(join(folder, bundle));
    const script = join(folder, bundle, "neurarium.js");
    cpSync(join(ROOT, "tests/browser/stand-in/neurarium.js"), script);
    writeFileSync(join(folder, bundle, "neurarium_bg.wasm"), program());
    sizes[bundle] = { version: "stand-in", script: statSync(script).size, program: PROGRAM_BYTES };
  }
  writeFileSync(join(folder, "bundles.js"), `export const BUNDLES = ${JSON.stringify(sizes)};\nexport const WORKER = { version: "stand-in" };\n`);
  return folder;
}

/** A module that exports `panic`, which is one `unreachable`, filled up by a section of no meaning. */
function program() {
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const type = [1, 4, 1, 0x60, 0, 0];
  const functions = [3, 2, 1, 0];
  const exported = [7, 9, 1, 5, ...Buffer.from("panic"), 0, 0];
  const code = [10, 5, 1, 3, 0, 0x00, 0x0b];
  const start = Buffer.from([...magic, ...type, ...functions, ...exported, ...code]);
  // Its id, its length in five bytes, the length of its name.
  const length = PROGRAM_BYTES - start.length - 6;
  const digits = [0, 7, 14, 21, 28].map((shift, place) => ((length >>> shift) & 0x7f) | (place < 4 ? 0x80 : 0));
  return Buffer.concat([start, Buffer.from([0, ...digits]), Buffer.alloc(length)]);
}
