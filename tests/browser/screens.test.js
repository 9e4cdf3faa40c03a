// The real program on screens of every kind: fine and coarse pixels, phones held upright and across, other sizes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launch, picture, pixelsLike } from "./support/browser.js";
import { centre } from "./support/person.js";
import { GPU, describeProgram } from "./support/program.js";
import { WINDOW } from "./support/story.js";

const PHONE = { width: 390, height: 844 };

/** Buttons that are on every screen. */
const ALWAYS = ["Train", "Undo", "Data", "Input neuron"];

describeProgram("the program on every screen", GPU, ({ arrive }) => {
  /** The canvas has a pixel for each of the screen, and the controls lie on it. */
  async function fits(person, { width, height }, ratio) {
    await person.waitFor(`a picture of ${width} × ${height} by ${ratio}`, () =>
      person.page.evaluate(
        ([width, height]) => {
          const { width: w, height: h } = document.getElementById("stage");
          return Math.abs(w - width) <= 1 && Math.abs(h - height) <= 1;
        },
        [width * ratio, height * ratio],
      ),
    );
    await person.settle(6);
    for (const name of ALWAYS) {
      const [left, top, right, bottom] = (await person.see(name)).bounds;
      const isInside = left >= 0 && top >= 0 && right <= width && bottom <= height;
      assert.ok(isInside, `“${name}” at ${[left, top, right, bottom]} is not within ${width} × ${height}`);
    }
  }

  // A pixel ratio of the screen itself, and one that Chromium only plays.
  for (const [screen, flags] of [["a screen", ["--force-device-scale-factor=2"]], ["what plays a screen", []]]) {
    test(`on ${screen} of two pixels to a point all is as large, sharper, and where it is drawn`, async () => {
      const browser = await launch(GPU, flags);
      const size = { width: 960, height: 600 };
      const person = await arrive({ browser, viewport: size, deviceScaleFactor: 2 });
      await fits(person, size, 2);
      await person.press("New");
      await person.waitFor("an empty canvas", async () => (await person.find("Undo"))?.is_enabled === false);
      const at = [400, 300];
      await person.drag(centre(await person.see("Hidden neuron")), at);
      await person.page.mouse.move(560, 560);
      await person.settle(4);
      const image = await picture(person.page, `screen-${screen.replaceAll(" ", "-")}`);
      assert.deepEqual([image.width, image.height], [1920, 1200]);
      const found = pixelsLike(image, [800, 600], 64, "#A66BFF");
      assert.ok(found > 160, `no neuron at ${at}: ${found} pixels of its colour`);
      await person.leave();
    });
  }

  test("on a phone fingers reach everything, upright and across", async () => {
    const person = await arrive({ viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
    await fits(person, PHONE, 2);
    await picture(person.page, "screen-phone");
    await person.tap("Data");
    await person.tap("Fill with AND");
    await person.waitFor("the table of AND", async () => (await person.find("y row 2"))?.value === "0");
    const across = { width: PHONE.height, height: PHONE.width };
    await person.page.setViewportSize(across);
    await fits(person, across, 2);
    await picture(person.page, "screen-phone-across");
    await person.tap("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.tap("Pause");
    await person.waitFor("training to pause", () => person.find("Train"));
    assert.equal(await person.page.evaluate(() => visualViewport.scale), 1, "the page itself does not zoom");
    await person.leave();
  });

  test("the picture follows the window", async () => {
    const person = await arrive();
    for (const size of [{ width: 700, height: 900 }, { width: 1600, height: 500 }, { width: 360, height: 640 }, WINDOW]) {
      await person.page.setViewportSize(size);
      await fits(person, size, 1);
      await picture(person.page, `screen-${size.width}x${size.height}`);
    }
    await person.press("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.leave();
  });
});
