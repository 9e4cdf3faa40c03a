// The page over time: training goes on in a hidden tab, memory stays flat, and the main thread stays free.

import assert from "node:assert/strict";
import { test } from "node:test";

import { GPU, describeProgram } from "./support/program.js";

/** How long it trains and resets, in seconds. `NEURARIUM_ENDURANCE=600` makes it ten minutes. */
const SECONDS = Number(process.env.NEURARIUM_ENDURANCE ?? 60);

/** In the page: a switch that hides it as a browser hides a tab, by giving it no frames; and what its workers report. */
const makeHideable = () => {
  let isHidden = false;
  const waiting = [];
  const ask = globalThis.requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (callback) => {
    if (!isHidden) return ask(callback);
    waiting.push(callback);
    return 0;
  };
  Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  globalThis.setHidden = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
    if (!isHidden) waiting.splice(0).forEach(ask);
  };
  globalThis.reports = 0;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => (globalThis.reports += data.kind === "report"));
    }
  };
};

/** In the page: notes long tasks, how long calls that draw took, and the program's memory. */
const makeMeasurable = () => {
  globalThis.drawing = [];
  for (const Type of [WebGL2RenderingContext, globalThis.GPUQueue, globalThis.GPUCanvasContext].filter(Boolean)) {
    for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(Type.prototype))) {
      if (typeof method !== "function" || name === "constructor") continue;
      Type.prototype[name] = function (...args) {
        const start = performance.now();
        try {
          return method.apply(this, args);
        } finally {
          const end = performance.now();
          // Shorter ones are many and come to little.
          if (end - start > 0.1) drawing.push([start, end]);
        }
      };
    }
  }
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push([startTime, startTime + duration]);
  }).observe({ type: "longtask" });
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    globalThis.programMemory = (result.instance ?? result).exports.memory;
    return result;
  };
};

/** In the page: the longest task since the last call, in milliseconds, whole and without what drawing took of it. */
const longestTask = () => {
  const tasks = longTasks.map(([start, end]) => {
    const within = drawing.filter(([from, to]) => from >= start && to <= end);
    const drawn = within.reduce((sum, [from, to]) => sum + to - from, 0);
    return { whole: end - start, apart: end - start - drawn };
  });
  longTasks.length = 0;
  drawing.length = 0;
  return ["whole", "apart"].map((kind) => Math.round(Math.max(0, ...tasks.map((task) => task[kind]))));
};

/** In the page: keeps its main thread busy, and then waits until this was noticed. */
const beBusy = (milliseconds) =>
  new Promise((resolve) => {
    setTimeout(() => {
      for (const start = performance.now(); performance.now() - start < milliseconds; );
      setTimeout(resolve, 500);
    });
  });

describeProgram("the page over time", GPU, ({ arrive }) => {
  test("training goes on in a hidden tab, which catches up when it is shown", async () => {
    const person = await arrive({ prepare: makeHideable });
    await person.press("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    const before = await person.page.evaluate(() => {
      setHidden(true);
      return reports;
    });
    await person.page.waitForTimeout(6_000);
    const more = (await person.page.evaluate(() => reports)) - before;
    assert.ok(more <= 3, `${more} reports lie in wait for a page that draws nothing`);
    assert.ok(await person.find("Pause"), "the hidden page draws nothing");
    await person.page.evaluate(() => setHidden(false));
    await person.hear(/Trained 300 epochs, loss 0\.0/);
    // At the pace of a page that is seen, five seconds of training would come in hundreds of reports.
    const after = (await person.page.evaluate(() => reports)) - before - more;
    assert.ok(after <= 10, `only what was seen was trained: ${after} reports after the tab was shown`);
    assert.ok(!(await person.find("Pause")));
    await person.leave();
  });

  test("memory stays flat while it trains and resets", async (t) => {
    const person = await arrive({ prepare: makeMeasurable });
    const session = await person.page.context().newCDPSession(person.page);
    const memory = async () => {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      return [await person.page.evaluate(() => programMemory.buffer.byteLength), usedSize];
    };
    await person.press("Training");
    await person.press("Full");
    await person.page.evaluate(beBusy, 150);
    const [whole, apart] = await person.page.evaluate(longestTask);
    assert.ok(whole >= 100 && apart >= 100, "a long task is noticed");
    const longest = [0, 0];
    const round = async () => {
      await person.press("Train");
      await person.waitFor("its end", async () => (await person.all()).some(({ value }) => value === "epoch 300 / 300"));
      const tasks = await person.page.evaluate(longestTask);
      tasks.forEach((took, index) => (longest[index] = Math.max(longest[index], took)));
      await person.press("Reset");
      await person.waitFor("the start", async () => (await person.all()).some(({ value }) => value === "epoch 0 / 300"));
    };
    const trainFor = async (seconds) => {
      let rounds = 0;
      for (const start = performance.now(); performance.now() - start < 1_000 * seconds; rounds += 1) await round();
      return rounds;
    };
    await trainFor(SECONDS / 4);
    const [programBefore, heapBefore] = await memory();
    const rounds = await trainFor(SECONDS);
    const [programAfter, heapAfter] = await memory();
    const mega = (bytes) => (bytes / 1e6).toFixed(2);
    t.diagnostic(`${rounds} rounds: program ${mega(programBefore)} → ${mega(programAfter)} MB, JavaScript ${mega(heapBefore)} → ${mega(heapAfter)} MB`);
    t.diagnostic(`longest task of the main thread ${longest[0]} ms, ${longest[1]} ms apart from calls that draw`);
    assert.ok(rounds > 2, `${rounds} rounds`);
    assert.ok(programAfter - programBefore < 4e6, `the program grew from ${programBefore} to ${programAfter} bytes`);
    assert.ok(heapAfter - heapBefore < 4e6, `JavaScript grew from ${heapBefore} to ${heapAfter} bytes`);
    await person.leave();
  });
});
