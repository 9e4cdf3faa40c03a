// What this browser can draw with: WebGPU only where it really gives a device, else WebGL2.

/** How long a browser may think about giving an adapter, and then a device, in milliseconds. */
const PATIENCE_MS = 8000;

/** A WebAssembly module with one SIMD instruction, as the program uses them. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Whether this browser can run the program at all, whatever it draws with. */
export function canRun() {
  try {
    return WebAssembly.validate(SIMD);
  } catch {
    return false;
  }
}

/**
 * The bundle to load: "webgpu", "webgl2", or null where neither works.
 * `offered` are the bundles there are; `wanted` is the one asked for, or null.
 */
export async function chooseBundle(offered, wanted) {
  if (wanted !== "webgl2" && "webgpu" in offered && (await hasWebGpu())) return "webgpu";
  if ("webgl2" in offered && hasWebGl2()) return "webgl2";
  return null;
}

/** Some browsers have `navigator.gpu` and no adapter, others an adapter and no device. */
async function hasWebGpu() {
  try {
    const adapter = await inTime(navigator.gpu?.requestAdapter());
    const device = await inTime(adapter?.requestDevice());
    device?.destroy();
    return Boolean(device);
  } catch {
    return false;
  }
}

function hasWebGl2() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    // Browsers allow few contexts at a time: this one is given back at once.
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

/** What the promise gives, or undefined when it takes too long. */
function inTime(promise) {
  const timeout = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return Promise.race([promise, timeout]);
}
