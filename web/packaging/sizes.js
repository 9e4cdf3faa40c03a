// Tells the size of each module of a page: as it is, by gzip, and by brotli at its best.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const page = process.argv[2];
const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };
const megabytes = (bytes) => (bytes.length / 1e6).toFixed(2).padStart(8);

console.log(`${"MB".padEnd(28)}     raw    gzip  brotli`);
for (const folder of ["webgpu", "webgl2", "worker"]) {
  for (const name of folderOf(folder).filter((name) => name.endsWith(".wasm"))) {
    const bytes = readFileSync(join(page, folder, name));
    const sizes = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes, best)];
    console.log(`${join(folder, name).padEnd(28)}${sizes.map(megabytes).join("")}`);
  }
}

/** The names in a folder of the page, which need not have it. */
function folderOf(folder) {
  try {
    return readdirSync(join(page, folder));
  } catch {
    return [];
  }
}
