// The real program as tests meet it: one browser and one server for each group of them.

import { before, describe } from "node:test";

import { HAS_SCREEN, launch } from "./browser.js";
import { Person } from "./person.js";
import { serve } from "./server.js";
import { WINDOW } from "./story.js";
import { BUNDLES, PAGE } from "./tools.js";

/** What the page draws with where nothing is wished for. */
export const GPU = BUNDLES[0];

/** Why the program cannot be tested with this, or false. */
function obstacle(gpu) {
  if (!BUNDLES.includes(gpu)) return `the page was built without ${gpu ? `the ${gpu} bundle` : "a bundle"}`;
  return gpu === "webgpu" && !HAS_SCREEN && "pictures of WebGPU need a screen: set DISPLAY";
}

/**
 * Tests of the real program, drawn with `gpu`.
 *
 * `tests` gets what opens it: `arrive(options)`, in a page of its own or in that of `options.browser`; and
 * `address(file)`, where it is served.
 */
export function describeProgram(title, gpu, tests) {
  describe(title, { skip: obstacle(gpu) }, () => {
    let browser;
    let server;

    before(async () => {
      [browser, server] = await Promise.all([launch(gpu), serve(PAGE)]);
    });

    const address = (file = "") => `${server.url}${file}`;
    const arrive = ({ browser: other, ...options } = {}) =>
      Person.at(other ?? browser, address(`?gpu=${gpu}`), { viewport: WINDOW, ...options });
    tests({ arrive, address });
  });
}
