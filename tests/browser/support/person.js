// A person at the real program in the browser: sees its controls by name, moves a real mouse, types.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { openPage } from "./browser.js";

/** How long a person waits for something, in milliseconds: GPUs in software are slow. */
const PATIENCE_MS = 60_000;

/** In the page: remembers what the live region says, each sentence, however short it stays. */
const listen = () => {
  globalThis.said = [];
  addEventListener("DOMContentLoaded", () => {
    const live = document.querySelector("[aria-live=polite]");
    const observer = new MutationObserver(() => said.push(live.textContent));
    // A file of the page that is looked at alone has none.
    if (live) observer.observe(live, { childList: true, characterData: true, subtree: true });
  });
};

export class Person {
  constructor(page) {
    this.page = page;
  }

  /** Opens the page at `url` and waits for the first picture. */
  static async at(browser, url, options) {
    const { prepare = [], ...others } = options ?? {};
    const page = await openPage(browser, { prepare: [listen, prepare].flat(), ...others });
    const address = new URL(url);
    address.searchParams.set("controls", "");
    await page.goto(address.href);
    const person = new Person(page);
    await page.locator("body.started").waitFor({ timeout: 3 * PATIENCE_MS });
    await person.see("Train");
    return person;
  }

  /** All controls that can be seen. */
  all() {
    return this.page.evaluate(() => globalThis.neurarium.controls ?? []);
  }

  async find(name) {
    return (await this.all()).find((control) => control.name === name);
  }

  /** The control of this name, waiting for it. */
  async see(name) {
    return this.waitFor(`“${name}”`, () => this.find(name));
  }

  /** Waits until `look` gives something, and gives it. */
  async waitFor(what, look, patience = PATIENCE_MS) {
    const start = performance.now();
    while (performance.now() - start < patience) {
      const seen = await look();
      if (seen) return seen;
      const card = await this.page.locator("#card-text").textContent();
      assert.equal(card, "", "the page shows a card");
      await pause(40);
    }
    const there = (await this.all()).map(({ role, name, value }) => `${role} ${name} = ${value}`);
    return assert.fail(`waited in vain for ${what}; on screen:\n${there.join("\n")}`);
  }

  /** Lets the program draw what was done. */
  async settle(frames = 2) {
    await this.page.evaluate(async (frames) => {
      for (let frame = 0; frame < frames; frame += 1) await new Promise(requestAnimationFrame);
    }, frames);
    await pause(30);
  }

  async click([x, y]) {
    await this.page.mouse.move(x, y);
    await this.settle(1);
    await this.page.mouse.down();
    await this.settle(1);
    await this.page.mouse.up();
    await this.settle();
  }

  /** Drags as a hand does: in several steps, of which the program may see more than one in a frame. */
  async drag([fromX, fromY], [toX, toY]) {
    const { mouse } = this.page;
    await mouse.move(fromX, fromY);
    await this.settle(1);
    await mouse.down();
    await this.settle(1);
    // As from a fast mouse: the browser hands on three moves at once.
    for (const steps of [[1, 2, 3], [4, 5, 6]]) {
      await Promise.all(steps.map((step) => mouse.move(fromX + ((toX - fromX) * step) / 6, fromY + ((toY - fromY) * step) / 6)));
      await this.settle(1);
    }
    await mouse.up();
    await this.settle();
  }

  /** The control of this name, once it can be used: questions fade in first. */
  async seeUsable(name) {
    return this.waitFor(`“${name}” to be usable`, async () => {
      const control = await this.find(name);
      return control?.is_enabled && control;
    });
  }

  /** Clicks on the control of this name. */
  async press(name) {
    const control = await this.seeUsable(name);
    await this.click(centre(control));
  }

  /** Taps on the control of this name with a finger. */
  async tap(name) {
    const control = await this.seeUsable(name);
    const [x, y] = centre(control);
    await this.swipe([[x, y], [x, y]]);
  }

  /** Moves a finger along each path, all at once: each path is where it starts and where it ends. */
  async swipe(...paths) {
    const session = await this.page.context().newCDPSession(this.page);
    const touch = async (type, share) => {
      const at = ([from, to]) => [0, 1].map((axis) => from[axis] + share * (to[axis] - from[axis]));
      const touchPoints = type === "touchEnd" ? [] : paths.map((path, id) => ({ x: at(path)[0], y: at(path)[1], id }));
      await session.send("Input.dispatchTouchEvent", { type, touchPoints });
      await this.settle(1);
    };
    await touch("touchStart", 0);
    const isTap = paths.every(([from, to]) => from[0] === to[0] && from[1] === to[1]);
    for (let step = 1; step <= 8 && !isTap; step += 1) await touch("touchMove", step / 8);
    await touch("touchEnd");
    await this.settle();
    await session.detach();
  }

  /** Types text and presses Enter. */
  async enter(text) {
    await this.page.keyboard.type(text, { delay: 20 });
    await this.settle(1);
    await this.page.keyboard.press("Enter");
    await this.settle();
  }

  async undo() {
    await this.page.keyboard.press("Control+z");
    await this.settle();
  }

  async redo() {
    await this.page.keyboard.press("Control+Shift+z");
    await this.settle();
  }

  /** Waits until the live region has said something that matches, after what was heard last. */
  async hear(pattern) {
    const heard = await this.waitFor(`“${pattern}” to be said`, () =>
      this.page.evaluate((pattern) => {
        const place = globalThis.said?.findIndex((text) => new RegExp(pattern).test(text)) ?? -1;
        return place >= 0 && said.splice(0, place + 1).at(-1);
      }, new RegExp(pattern).source),
    );
    assert.ok(heard);
  }

  /** Ends the visit; the console must have stayed silent. */
  async leave() {
    assert.deepEqual(this.page.complaints, []);
    await this.page.context().close();
  }
}

/** The point of a control that a person would press. */
export function centre({ bounds: [left, top, right, bottom] }) {
  return [(left + right) / 2, (top + bottom) / 2];
}
