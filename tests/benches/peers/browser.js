// The contestants in Chromium, each in a Web Worker of its own: our engine as the page starts it, and those in
// JavaScript. README.md has the protocol.
//
//   NEURARIUM_PEERS     the folder with the packages beside this file
//   NEURARIUM_PACKAGES  the folder with those of tests/browser
//   NEURARIUM_WORKER    the folder of the page: worker.js and worker/; without it our engine is left out

import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { createInterface } from "node:readline";

import { BROWSER, QUIET, ROOT, chromium } from "../../browser/support/chromium.js";
import { CONTESTANTS } from "./javascript.js";

const OURS = "Neurarium";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

/** What lies where; the folder of the task comes with "load". */
const folders = {
  "/": join(ROOT, "tests/benches/peers"),
  "/packages/": join(process.env.NEURARIUM_PEERS ?? "", "node_modules"),
  "/engine/": process.env.NEURARIUM_WORKER ?? "",
  "/task/": "",
};

async function serve(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const prefix = Object.keys(folders).reverse().find((beginning) => pathname.startsWith(beginning));
  const file = normalize(join(folders[prefix], pathname.slice(prefix.length)));
  let bytes = file.startsWith(normalize(folders[prefix]) + sep) ? await readFile(file).catch(() => null) : null;
  if (!bytes) return response.writeHead(404).end();
  // Told of before it begins: what it keeps to itself can be looked at then.
  if (pathname === "/engine/worker.js") bytes = Buffer.concat([await readFile(join(folders["/"], "watch.js")), bytes]);
  return response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes);
}

const server = createServer((request, response) => void serve(request, response));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const browser = await chromium.launch({ executablePath: BROWSER, args: QUIET });
const page = await browser.newPage();
await page.goto(`http://localhost:${server.address().port}/browser.html`);

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const names = [...(process.env.NEURARIUM_WORKER ? [OURS] : []), ...Object.keys(CONTESTANTS)];
const { version } = JSON.parse(readFileSync(join(folders["/packages/"], "@tensorflow/tfjs/package.json"), "utf8"));
say({ contestants: names, version: `Chromium ${browser.version()}, TensorFlow.js ${version}` });

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.do === "end") break;
  if (request.do === "load") folders["/task/"] = request.folder;
  try {
    if (request.do === "memory") {
      const worker = page.workers().find((worker) => worker.url().endsWith("/engine/worker.js"));
      say({ bytes: await worker.evaluate(() => globalThis.watchedMemory.buffer.byteLength) });
      continue;
    }
    const which = request.contestant === OURS ? "engine" : "peer";
    const answer = await page.evaluate(([which, request]) => globalThis.contestants[which](request), [which, request]);
    const { report, ...rest } = answer;
    // The engine's own words, which are read by those who know them.
    for (const [ending, text] of Object.entries(report ?? {})) {
      writeFileSync(join(folders["/task/"], `report.${ending}`), Buffer.from(text, "base64"));
    }
    say(report ? { ...rest, report: true } : rest);
  } catch (error) {
    say({ error: String(error).slice(0, 300) });
  }
}
await browser.close();
// Whoever asked may hold the input open.
process.exit(0);
