// Two fingers on a trackpad zoom the canvas: every browser tells of them in its own way, the program
// knows turns of a wheel.

/** A wheel that is turned by so many pixels zooms the canvas by the factor e. */
const PIXELS = 1000;

/** In one step a pinch is hardly more; a mouse's wheel with Control held would be. */
const LARGEST_STEP = Math.log(1.25);

/** Makes pinches over the canvas turns of a wheel. */
export function understandPinches(canvas) {
  const turn = (event, zoom) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const step = Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, zoom));
    const { clientX, clientY } = event;
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: -PIXELS * step, clientX, clientY, bubbles: true, cancelable: true }));
  };
  // Most browsers tell of a wheel with Control held, and of a hundred pixels for the factor e.
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
