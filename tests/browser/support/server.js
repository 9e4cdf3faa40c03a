// A small web server for a folder, whose network can be made slow, broken or incomplete.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** The servers of this file's tests. */
const started = [];
after(() => {
  for (const server of started) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * Serves `folder` below `prefix` on a free port until the tests end. What is set on the result holds for the requests that
 * follow:
 * - `bytesPerSecond`: how fast files come, or null;
 * - `cut`: `{ path, after, keepsLength }`, a path whose answer ends after so many bytes;
 * - `missing`: a path that is answered with 404;
 * - `damaged`: a path whose bytes are replaced by nonsense;
 * - `extra`: a map from paths to pages of HTML.
 */
export async function serve(folder, prefix = "/") {
  const network = { bytesPerSecond: null, cut: null, missing: null, damaged: null, extra: {}, requests: [] };
  const server = createServer((request, response) => {
    answer(folder, prefix, network, request, response).catch(() => response.destroy());
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  network.origin = `http://localhost:${server.address().port}`;
  network.url = network.origin + prefix;
  started.push(server);
  return network;
}

async function answer(folder, prefix, network, request, response) {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  network.requests.push(path);
  // A frame without an origin of its own may load modules only where they are given to everybody.
  const headers = { "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store" };
  if (path in network.extra) {
    response.writeHead(200, { ...headers, "Content-Type": TYPES[".html"] }).end(network.extra[path]);
    return;
  }
  const inside = path.startsWith(prefix) ? path.slice(prefix.length) || "index.html" : null;
  const file = inside === null ? null : normalize(join(folder, inside));
  const found = file?.startsWith(normalize(folder) + sep) ? await stat(file).catch(() => null) : null;
  if (!found?.isFile() || inside === network.missing) {
    response.writeHead(404, headers).end("There is nothing here.");
    return;
  }
  headers["Content-Type"] = TYPES[extname(file)] ?? "application/octet-stream";
  const cut = network.cut?.path === inside ? network.cut : null;
  // With its length a broken answer is an error of the network, without it seems whole.
  if (!cut || cut.keepsLength) headers["Content-Length"] = found.size;
  response.writeHead(200, headers);
  if (inside === network.damaged) {
    response.end(Buffer.alloc(found.size, "?"));
    return;
  }
  const end = cut ? cut.after - 1 : undefined;
  const piece = network.bytesPerSecond ? Math.ceil(network.bytesPerSecond / 20) : 64 * 1024;
  for await (const bytes of createReadStream(file, { end, highWaterMark: piece })) {
    if (response.destroyed) return;
    response.write(bytes);
    if (network.bytesPerSecond) await pause(50);
  }
  if (cut?.keepsLength) {
    // What was written is to arrive before the connection breaks.
    await pause(50);
    response.destroy();
  } else {
    response.end();
  }
}
