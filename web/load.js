// Brings a bundle from the server, counting its bytes, and says in one sentence why it could not.

/** A failure of loading; the message is the sentence for the person. */
export class LoadError extends Error {}

/**
 * Downloads a bundle and compiles it while it comes. `onBytes(sum)` is told of every piece.
 * Gives a function that starts the program.
 *
 * The sizes come with the page: what a server says of a compressed file is another number.
 */
export async function load(name, bundle, onBytes) {
  const scriptUrl = address(`${name}/neurarium.js`, bundle.version);
  const programUrl = address(`${name}/neurarium_bg.wasm`, bundle.version);
  let sum = 0;
  const count = (bytes) => onBytes((sum += bytes));

  const program = download(programUrl, bundle.program, count);
  const script = download(scriptUrl, bundle.script, count);
  const [module] = await Promise.all([program.then(compile), script.then(read)]);
  const glue = await import(scriptUrl).catch((error) => {
    throw damaged(scriptUrl, error);
  });
  return () => glue.default({ module_or_path: module });
}

/** Files of one build belong together: the version keeps an older one out of them. */
function address(path, version) {
  const url = new URL(path, document.baseURI);
  url.searchParams.set("v", version);
  return url.href;
}

function fileName(url) {
  return new URL(url).pathname.split("/").pop();
}

/** Starts a download: its file's name and size, and the stream of its counted bytes. */
async function download(url, size, count) {
  const response = await fetch(url).catch((error) => {
    throw unreachable(error);
  });
  if (!response.ok) {
    const what = response.status === 404 ? "is missing on the server" : "was refused by the server";
    throw new LoadError(`Neurarium could not be downloaded: “${fileName(url)}” ${what} (${response.status}).`);
  }
  const file = { url, size, loaded: 0 };
  const counted = new TransformStream({
    transform(piece, controller) {
      file.loaded += piece.byteLength;
      count(piece.byteLength);
      controller.enqueue(piece);
    },
    flush(controller) {
      if (file.loaded < size) controller.error(new Error("fewer bytes than were sent out"));
    },
  });
  return { file, stream: response.body.pipeThrough(counted) };
}

async function compile({ file, stream }) {
  // A server need not know what wasm is for the browser to compile it as it comes.
  const response = new Response(stream, { headers: { "Content-Type": "application/wasm" } });
  return WebAssembly.compileStreaming(response).catch((error) => {
    throw interrupted(file) ?? damaged(file.url, error);
  });
}

async function read({ file, stream }) {
  await new Response(stream).arrayBuffer().catch((error) => {
    throw interrupted(file) ?? damaged(file.url, error);
  });
}

function unreachable(cause) {
  const why = navigator.onLine === false ? "this device is offline" : "the server cannot be reached";
  return new LoadError(`Neurarium could not be downloaded: ${why}.`, { cause });
}

function interrupted({ url, loaded, size }) {
  if (loaded >= size) return null;
  const howFar = `after ${megabytes(loaded)} of ${megabytes(size)} MB`;
  return new LoadError(`The download of “${fileName(url)}” broke off ${size < 100_000 ? "" : howFar}`.trimEnd() + ".");
}

function damaged(url, cause) {
  return new LoadError(`“${fileName(url)}” arrived damaged, or this browser is too old to read it.`, { cause });
}

/** Bytes as a person reads them, such as "12.3". */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
