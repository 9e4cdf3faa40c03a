// How the page comes to life, and how it ends: chooses a bundle, starts it, keeps the person's work.

import { BUNDLES, WORKER } from "./bundles.js";
import { loading, notice, say, showCard } from "./cards.js";
import { canRun, chooseBundle } from "./device.js";
import { acceptDrops, download, onDrop, pick } from "./files.js";
import { takeInput } from "./input.js";
import { load, LoadError } from "./load.js";
import { recall, remember } from "./memory.js";
import { checkPixels } from "./pixels.js";

/** After this long without a first picture the card says so, in milliseconds. */
const SLOW_START_MS = 20_000;

/** The name in the address, and in the tab's memory, of what the page draws with. */
const GPU = "gpu";
/** The mark in the address of a page that came back from WebGPU. */
const FELL_BACK = "fell-back";
const FELL_BACK_SENTENCE = "WebGPU did not start here, so Neurarium draws with WebGL2.";

const params = new URLSearchParams(location.search);
const canvas = document.getElementById("stage");

/** The newest bytes of the project with their file name, or null. */
let copy = null;
let isSaved = true;
let hasStarted = false;
let hasEnded = false;
/** The bundle that is being started or runs. */
let bundleName = null;

globalThis.neurarium = {
  // Like the files of a bundle: the version keeps another build out.
  workerUrl: new URL(`worker.js?v=${WORKER.version}`, document.baseURI).href,
  params,
  say,
  pick,
  download,
  onDrop,
  started,
  crashed,
  // What the person prefers, in every tab; where the browser keeps nothing this throws.
  preference: (name) => localStorage.getItem(`neurarium.${name}`),
  setPreference: (name, word) => localStorage.setItem(`neurarium.${name}`, word),
  copy(name, bytes) {
    // A copy of its own: the bytes may lie in the program's memory, which ends with it.
    copy = { name, bytes: bytes.slice() };
    isSaved = false;
  },
  saved() {
    isSaved = true;
  },
};

function started() {
  if (hasStarted || hasEnded) return;
  hasStarted = true;
  performance.mark("neurarium started");
  loading.leave();
  canvas.focus({ preventScroll: true });
  if (params.has(FELL_BACK)) {
    notice(FELL_BACK_SENTENCE);
    forgetFallBack();
  } else {
    say("Neurarium is ready.");
  }
}

/** Something ended the program: what happened, in one sentence. */
function crashed(sentence) {
  if (hasEnded) return;
  if (!hasStarted && bundleName === "webgpu" && "webgl2" in BUNDLES) {
    fallBack();
    return;
  }
  end({ title: "Neurarium stopped", text: sentence });
}

/** The card after which nothing but a new start helps. */
function end({ title, text }) {
  hasEnded = true;
  const hint = isSaved
    ? "Nothing you made is lost: reload to go on."
    : "Your project is safe in this tab: download it before you reload.";
  const buttons = [{ text: "Reload", press: () => location.reload() }];
  if (copy) buttons.push({ text: "Download my project", press: downloadCopy });
  // What would be lost comes first.
  if (!isSaved) buttons.reverse();
  showCard({ title, text, hint, buttons });
}

function downloadCopy() {
  download(copy.name, copy.bytes);
  isSaved = true;
}

/** Starts once more, with WebGL2. There it is said, and from there is no way back. */
function fallBack() {
  hasEnded = true;
  isSaved = true;
  remember(GPU, "webgl2");
  const url = new URL(location.href);
  url.searchParams.set(GPU, "webgl2");
  url.searchParams.set(FELL_BACK, "");
  location.replace(url);
}

/** Where the tab remembers what does not work, the address need not: it may be passed on. */
function forgetFallBack() {
  if (recall(GPU) !== "webgl2") return;
  const url = new URL(location.href);
  url.searchParams.delete(GPU);
  url.searchParams.delete(FELL_BACK);
  try {
    history.replaceState(history.state, "", url);
  } catch {
    // A frame may not be allowed to; then the address keeps its mark.
  }
}

function cannotRun(text, hint) {
  hasEnded = true;
  const tryAgain = { text: "Try again", press: () => location.reload() };
  showCard({ title: "Neurarium cannot start", text, hint, buttons: [tryAgain] });
}

async function start() {
  if (!canRun()) {
    cannotRun("This browser is too old to run Neurarium: open the page in a current one.");
    return;
  }
  if (params.has(FELL_BACK)) loading.note(FELL_BACK_SENTENCE);

  const wanted = params.get(GPU) ?? recall(GPU);
  bundleName = await chooseBundle(BUNDLES, wanted);
  if (bundleName === null) {
    cannotRun(
      "Neurarium draws with the graphics processor, and this browser offers it neither WebGPU nor WebGL2.",
      "Switch on hardware acceleration in the browser's settings, or open the page in a current Chrome, Edge, Firefox or Safari.",
    );
    return;
  }
  if (wanted === "webgpu" && bundleName !== wanted) loading.note("This browser gives no WebGPU device, so WebGL2 is used.");

  const pixels = checkPixels(canvas);
  const bundle = BUNDLES[bundleName];
  const total = bundle.script + bundle.program;
  loading.progress(0, total);
  say("Neurarium is loading.");
  let launch;
  try {
    launch = await load(bundleName, bundle, (sum) => loading.progress(sum, total));
  } catch (error) {
    cannotRun(error instanceof LoadError ? error.message : `Neurarium could not be loaded: ${error.message}.`);
    return;
  }

  performance.mark("neurarium loaded");
  loading.busy("Starting…");
  say("Neurarium is starting.");
  setTimeout(() => {
    if (!hasStarted) loading.note("The first start takes a moment longer: your graphics processor is being prepared.");
  }, SLOW_START_MS);
  try {
    await pixels;
    await launch();
  } catch (error) {
    crashed(`The program could not be started: ${error.message ?? error}`);
  }
}

/** The program's own end, when it had no time to say why. */
function watchForCrashes() {
  const onError = (error) => {
    if (error instanceof WebAssembly.RuntimeError) crashed(`The program stopped unexpectedly: ${error.message}.`);
  };
  addEventListener("error", (event) => onError(event.error));
  addEventListener("unhandledrejection", (event) => onError(event.reason));
  canvas.addEventListener("webglcontextlost", () => {
    if (hasEnded) return;
    // Browsers draw a broken canvas there.
    canvas.hidden = true;
    end({
      title: "The graphics device was lost",
      text: "The browser took the graphics processor away from this page, as it may do after sleep or when memory is short.",
    });
  });
}

addEventListener("beforeunload", (event) => {
  if (isSaved) return;
  event.preventDefault();
  // Older browsers ask only for this.
  event.returnValue = "";
});

watchForCrashes();
takeInput(canvas);
acceptDrops();
start();
