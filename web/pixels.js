// How many pixels the canvas has: browsers that show a page as another screen would can be wrong about it.

/** The name in a `ResizeObserverEntry` of the size in pixels, which the program reads. */
const IN_PIXELS = "devicePixelContentBoxSize";

/** A size in pixels may be rounded, and be of another fraction at each edge. */
const ROUNDING = 2;

/**
 * Takes the browser's word for the canvas' size in pixels only if it goes with its own pixel ratio.
 *
 * Where a page is shown as on another device, as tools for developers do, Chromium's ratio is of that
 * device and the size in pixels is not. Without that size the program reckons with the ratio.
 */
export async function checkPixels(canvas) {
  if (!(IN_PIXELS in (globalThis.ResizeObserverEntry?.prototype ?? {}))) return;
  const [size, { width, height }] = await measure(canvas);
  const isOff = (pixels, points) => Math.abs(pixels - points * devicePixelRatio) > ROUNDING;
  if (isOff(size.inlineSize, width) || isOff(size.blockSize, height)) delete ResizeObserverEntry.prototype[IN_PIXELS];
}

/** The canvas' size in pixels and in CSS pixels, of the same moment. */
function measure(canvas) {
  return new Promise((resolve) => {
    const observer = new ResizeObserver(([entry]) => {
      observer.disconnect();
      resolve([entry[IN_PIXELS][0], entry.contentRect]);
    });
    observer.observe(canvas, { box: "device-pixel-content-box" });
  });
}
