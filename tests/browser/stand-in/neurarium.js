// A stand-in for the program, in the place of its bundle: draws one colour and does what the address asks.

/** Starts; `?stand-in=` says how it ends. */
export default async function start({ module_or_path: module }) {
  if (!(module instanceof WebAssembly.Module)) throw new Error("no compiled program was handed over");
  const name = new URL(import.meta.url).pathname.split("/").at(-2);
  const plan = neurarium.params.get("stand-in") ?? "";
  globalThis.standIn = { name, received: [] };
  const { exports } = await WebAssembly.instantiate(module);
  standIn.panic = () => exports.panic();
  neurarium.onDrop((name, bytes) => standIn.received.push([name, new TextDecoder().decode(bytes)]));

  if (plan === `fails-on-${name}`) exports.panic();
  if (plan === `says-why-on-${name}`) {
    neurarium.crashed("The program could not get a surface to draw on.");
    exports.panic();
  }
  if (plan === "never-ready") return;
  const canvas = document.getElementById("stage");
  const gl = canvas.getContext("webgl2", { preserveDrawingBuffer: true });
  standIn.loseDevice = () => gl.getExtension("WEBGL_lose_context").loseContext();
  gl.clearColor(1, 0, 0, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  requestAnimationFrame(() => neurarium.started());
}
