// How the page looks around the canvas: the theme's colours, readable in dark and light, calm at each size.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { launch, openPage, picture } from "./support/browser.js";
import { serve } from "./support/server.js";
import { standInPage } from "./support/stand-in.js";
import { ROOT } from "./support/tools.js";

const SIZES = { wide: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };

/** The colours of a palette in the crate `theme`, by their names there. */
function palette(name) {
  const source = readFileSync(join(ROOT, "plugins/theme/src/palette.rs"), "utf8");
  const body = source.split(`const ${name}: Self`)[1].split("};")[0];
  const colours = [...body.matchAll(/(\w+): Rgba8::hex\(0x([0-9A-F]{6})\)/g)];
  return Object.fromEntries(colours.map(([, name, digits]) => [name.replaceAll("_", "-"), `#${digits}`]));
}

describe("the look of the page", () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch("webgl2");
    server = await serve(standInPage("look", ["webgl2"]));
  });

  for (const colorScheme of ["dark", "light"]) {
    test(`its ${colorScheme} colours are those of the theme`, async () => {
      const page = await openPage(browser, { colorScheme });
      await page.goto(`${server.url}?stand-in=never-ready`);
      const theme = palette(colorScheme.toUpperCase());
      const names = ["stage", "grid", "sheet", "sheet-border", "control", "text", "text-dim", "accent", "on-accent", "input", "hidden", "output", "positive", "negative"];
      const used = await page.evaluate((names) => {
        const style = getComputedStyle(document.documentElement);
        return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`)]));
      }, names);
      assert.deepEqual(used, Object.fromEntries(names.map((name) => [name, theme[name]])));
      const bar = page.locator(`meta[name=theme-color][media*=${colorScheme}]`);
      assert.equal(await bar.getAttribute("content"), theme.stage);
      await page.context().close();
    });

    for (const [name, viewport] of Object.entries(SIZES)) {
      test(`its cards are whole in a ${colorScheme} ${name} window`, async () => {
        const page = await openPage(browser, { colorScheme, viewport });
        server.bytesPerSecond = 800_000;
        await page.goto(`${server.url}?stand-in=never-ready`);
        await page.waitForFunction(() => document.getElementById("progress").value > 600_000);
        await picture(page, `look-loading-${colorScheme}-${name}`);
        server.bytesPerSecond = null;
        await page.evaluate(() => {
          neurarium.copy("xor.ron", new Uint8Array([40, 41]));
          neurarium.crashed("The program stopped at a mistake of its own: the loss is not a number (engine, step 120).");
        });
        const box = await page.locator("#card").boundingBox();
        assert.ok(box.x >= 16 && box.y >= 16 && box.x + box.width <= viewport.width - 16, JSON.stringify(box));
        const overflow = await page.locator("#card").evaluate((it) => [it.scrollWidth - it.clientWidth, it.scrollHeight - it.clientHeight]);
        assert.deepEqual(overflow, [0, 0], "nothing is cut off");
        for (const button of await page.locator("#card button").all()) {
          assert.ok((await button.boundingBox()).height >= 44, "a finger hits it");
        }
        await picture(page, `look-crash-${colorScheme}-${name}`);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });
    }
  }

});
