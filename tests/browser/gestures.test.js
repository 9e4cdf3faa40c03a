// What hands do at the real program: fingers, wheel, trackpad, keys, and the clipboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { differing, middleOf, picture } from "./support/browser.js";
import { centre } from "./support/person.js";
import { GPU, describeProgram } from "./support/program.js";

/** The canvas between the panels. */
const CANVAS = [120, 80, 920, 700];
/** The theme's colours, dark. */
const COLOURS = { input: "#4C8DFF", output: "#36C98F" };

describeProgram("hands at the program", GPU, ({ arrive }) => {
  test("fingers train, pan and zoom", async () => {
    const person = await arrive({ hasTouch: true });
    const before = await picture(person.page, "touch-1-before");
    await person.tap("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.tap("Pause");
    await person.waitFor("training to pause", () => person.find("Train"));
    // Between the wires of the example, on the empty canvas.
    await person.swipe([[400, 640], [300, 560]]);
    const panned = await picture(person.page, "touch-2-panned");
    assert.ok(differing(before, panned, CANVAS) > 2_000, "one finger moves the canvas");
    await person.swipe([[440, 360], [340, 360]], [[520, 360], [620, 360]]);
    const zoomed = await picture(person.page, "touch-3-zoomed");
    assert.ok(differing(panned, zoomed, CANVAS) > 2_000, "two fingers zoom it");
    assert.equal(await person.page.evaluate(() => visualViewport.scale), 1, "and not the page");
    await person.leave();
  });

  test("a wheel zooms to the pointer, two fingers on a trackpad as far as they move apart", async () => {
    const person = await arrive();
    const { page } = person;
    await person.press("New");
    await person.waitFor("an empty canvas", async () => (await person.find("Undo"))?.is_enabled === false);
    const [input, output] = [[300, 300], [420, 300]];
    await person.drag(centre(await person.see("Input neuron")), input);
    await person.drag(centre(await person.see("Output neuron")), output);
    // The input stays under the pointer, the output goes away from it.
    const distance = async (name) => {
      // Where nothing is pointed at, so that no tip and no map is in the picture.
      await page.mouse.move(640, 600);
      await person.settle(4);
      await pause(1_500);
      await person.settle(4);
      const image = await picture(page, name);
      const [at, to] = ["input", "output"].map((role) => middleOf(image, CANVAS, COLOURS[role]));
      // It is not the same on both sides: its middle is near the pointer.
      assert.ok(Math.hypot(at[0] - input[0], at[1] - input[1]) < 12, `the input is at ${at}, not under the pointer`);
      return to[0] - at[0];
    };
    const before = await distance("wheel-1-before");
    const pointAtInput = async () => {
      await page.mouse.move(...input);
      await person.settle();
    };
    await pointAtInput();
    await page.mouse.wheel(0, 300);
    await person.settle(6);
    const turned = await distance("wheel-2-turned");
    assert.ok(turned / before > 0.7 && turned / before < 0.85, `${before} pixels became ${turned}`);
    // As Chromium tells of two fingers that double their distance.
    await pointAtInput();
    await page.evaluate(([clientX, clientY]) => {
      for (let step = 0; step < 10; step += 1) {
        const deltaY = (-100 * Math.log(2)) / 10;
        const event = new WheelEvent("wheel", { deltaY, clientX, clientY, ctrlKey: true, bubbles: true, cancelable: true });
        document.getElementById("stage").dispatchEvent(event);
      }
    }, input);
    await person.settle(6);
    const apart = await distance("wheel-3-apart");
    assert.ok(apart / turned > 1.7 && apart / turned < 2.2, `${turned} pixels became ${apart}`);
    // As Safari tells of two fingers that halve their distance.
    await pointAtInput();
    await page.evaluate(([clientX, clientY]) => {
      const say = (type, scale) => {
        const event = new Event(type, { bubbles: true, cancelable: true });
        document.getElementById("stage").dispatchEvent(Object.assign(event, { scale, clientX, clientY }));
        return event.defaultPrevented;
      };
      say("gesturestart", 1);
      for (let step = 1; step <= 10; step += 1) say("gesturechange", 0.5 ** (step / 10));
      say("gestureend", 0.5);
    }, input);
    await person.settle(6);
    const together = await distance("wheel-4-together");
    assert.ok(together / apart > 0.45 && together / apart < 0.58, `${apart} pixels became ${together}`);
    assert.equal(await page.evaluate(() => visualViewport.scale), 1, "the page itself does not zoom");
    await person.leave();
  });

  test("text goes to the clipboard and comes from it", async () => {
    const person = await arrive({ permissions: ["clipboard-read", "clipboard-write"] });
    const { page } = person;
    await person.press("Data");
    await page.evaluate(() => navigator.clipboard.writeText("0.25"));
    await person.press("x1 row 1");
    await page.keyboard.press("Control+v");
    await person.settle(3);
    await page.keyboard.press("Enter");
    await person.waitFor("what was pasted", async () => (await person.find("x1 row 1"))?.value === "0.25");
    await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
    await person.press("x1 row 1");
    await page.keyboard.press("Control+c");
    await person.waitFor("what was copied", () => page.evaluate(async () => (await navigator.clipboard.readText()) === "0.25"));
    await person.leave();
  });

  test("a table that is pasted as a file is opened", async () => {
    const person = await arrive();
    await person.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(["x1,x2,y\n0.5,0.25,1\n"], "pasted.csv"));
      document.getElementById("stage").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await person.hear("Loaded 1 row from pasted.csv.");
    await person.press("Data");
    assert.equal((await person.see("x2 row 1")).value, "0.25");
    await person.leave();
  });
});
