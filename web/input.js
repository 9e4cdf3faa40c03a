// Whose the hands' input is: over the canvas it is the program's, and the browser neither scrolls,
// zooms nor opens menus there.

/** Keys that would move the page, its focus, or the visitor away from it. */
const KEYS = new Set([
  ...["Tab", "Enter", "Backspace", "Delete", "Home", "End", "PageUp", "PageDown", "F1"],
  ...["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
]);

/** With Control or Command held, the program's own. All others are the browser's, the clipboard among them. */
const LETTERS = new Set(["a", "n", "o", "s", "y", "z"]);

/** A wheel that is turned by so many pixels zooms the canvas by the factor e. */
const PIXELS = 1000;

/** In one step a pinch is hardly more; a mouse's wheel with Control held would be. */
const LARGEST_STEP = Math.log(1.25);

/** Gives the program what hands do over its canvas. */
export function takeInput(canvas) {
  understandPinches(canvas);
  canvas.addEventListener("pointerdown", () => canvas.focus({ preventScroll: true }));
  for (const type of ["contextmenu", "mousedown", "wheel", "gesturestart", "gesturechange"]) {
    canvas.addEventListener(type, (event) => event.preventDefault(), { passive: false });
  }
  canvas.addEventListener("keydown", (event) => {
    if (isProgramsKey(event)) event.preventDefault();
  });
}

function isProgramsKey({ key, altKey, ctrlKey, metaKey }) {
  if (ctrlKey || metaKey) return LETTERS.has(key.toLowerCase());
  return !altKey && (key.length === 1 || KEYS.has(key));
}

/**
 * Makes pinches over the canvas turns of a wheel: every browser tells of two fingers on a trackpad in
 * its own way.
 */
function understandPinches(canvas) {
  const turn = (event, zoom) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const step = Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, zoom));
    const { clientX, clientY } = event;
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: -PIXELS * step, clientX, clientY, bubbles: true, cancelable: true }));
  };
  // Most tell of a wheel with Control held, and of a hundred pixels for the factor e.
  const onWheel = (event) => {
    if (event.ctrlKey && event.deltaMode === WheelEvent.DOM_DELTA_PIXEL) turn(event, -event.deltaY / 100);
  };
  // Safari tells the factor since the beginning.
  let scale = 1;
  const onGesture = (event) => {
    if (event.type === "gesturechange") turn(event, Math.log(event.scale / scale));
    scale = event.scale;
  };
  // Before the program's own listeners.
  const first = { capture: true, passive: false };
  canvas.addEventListener("wheel", onWheel, first);
  for (const type of ["gesturestart", "gesturechange"]) canvas.addEventListener(type, onGesture, first);
}
