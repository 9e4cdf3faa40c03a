// The real program when things go wrong around it: what the person is told, and that nothing is lost.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { dropFiles, picture } from "./support/browser.js";
import { GPU, describeProgram } from "./support/program.js";
import * as story from "./support/story.js";
import { KEPT } from "./support/tools.js";

/** Keeps every worker of the page where a test can reach it. */
const keepWorkers = () => {
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push(this);
    }
  };
};

const blockStorage = () => {
  const refuse = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  for (const name of ["indexedDB", "localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, { get: refuse });
};

/** Every write finds the disk full. */
const fillDisk = () => {
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };
};

/** Keeps what the program exports where a test can reach it. */
const keepProgram = () => {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    globalThis.program = (result.instance ?? result).exports;
    return result;
  };
};

/** Makes work that is not saved: the table, which held XOR, holds AND. */
async function makeWork(person) {
  await person.press("Data");
  await person.press("Fill with AND");
  await person.waitFor("the table of AND", async () => (await person.find("y row 2"))?.value === "0");
}

/** In the page: whether its store has so many records of work. */
const hasRecord = (count = 1) =>
  new Promise((resolve) => {
    const request = indexedDB.open("neurarium");
    request.onsuccess = () => {
      const all = request.result.transaction("projects").objectStore("projects").getAllKeys();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result.length >= count);
      };
    };
  });

/** In a page of the same address: spoils the bytes of all records. */
const damageRecords = () =>
  new Promise((resolve) => {
    const request = indexedDB.open("neurarium");
    request.onsuccess = () => {
      const change = request.result.transaction("projects", "readwrite");
      const store = change.objectStore("projects");
      const all = store.getAllKeys();
      all.onsuccess = () => all.result.forEach((key) => store.put(new TextEncoder().encode("damaged"), key));
      change.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });

describeProgram("trouble around the program", GPU, ({ arrive, address }) => {
  test("a worker that is killed in the middle of an epoch is started again, and training works", async () => {
    const person = await arrive({ prepare: keepWorkers });
    await person.press("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.page.evaluate(() => workers.at(-1).terminate());
    await person.hear(/The engine broke down \(.*\)\. It was started again with your network\./);
    await picture(person.page, "trouble-worker");
    const loss = await story.train(person);
    assert.ok(loss < 0.05, `the loss after all is ${loss}`);
    await person.leave();
  });

  test("work that was not saved is offered again after a reload", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.page.waitForTimeout(3_000);
    person.page.on("dialog", (dialog) => dialog.accept());
    await person.page.reload();
    await person.see("Bring back");
    await person.hear("There is work from last time");
    await picture(person.page, "trouble-reload");
    await person.press("Bring back");
    await person.waitFor("the question to go", async () => !(await person.find("Bring back")));
    await person.press("Data");
    assert.equal((await person.see("y row 2")).value, "0", "the table of AND is back");
    await person.leave();
  });

  test("a reload in the middle of training brings back what was learned", async () => {
    const person = await arrive();
    await person.press("Train");
    await person.waitFor("training to begin", () => person.find("Pause"));
    await person.waitFor("a record of what was learned", () => person.page.evaluate(hasRecord));
    await person.page.reload();
    await person.press("Bring back");
    await person.waitFor("the question to go", async () => !(await person.find("Bring back")));
    const epochs = await person.waitFor("its epochs", async () => (await person.all()).find(({ value }) => /^epoch [1-9]/.test(value)));
    assert.ok(epochs);
    const loss = await story.train(person);
    assert.ok(loss < 0.05, `the loss after all is ${loss}`);
    await person.leave();
  });

  test("a record that was damaged is said to be so, can be taken along, and goes when told to", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.waitFor("a record", () => person.page.evaluate(hasRecord));
    person.page.on("dialog", (dialog) => dialog.accept());
    await person.page.goto(address("style.css"));
    await person.page.evaluate(damageRecords);
    await person.page.goto(address(`?gpu=${GPU}&controls`));
    await person.hear(/Work from last time cannot be read\. XOR\.ron: .* Download it as it is\?/);
    await picture(person.page, "trouble-record");
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.press("Download")]);
    assert.equal(readFileSync(await download.path(), "utf8"), "damaged");
    await person.press("Data");
    assert.equal((await person.see("y row 2")).value, "1", "the example is open and works");
    await person.page.reload();
    await person.press("Throw away");
    await person.waitFor("the question to go", async () => !(await person.find("Throw away")));
    await person.waitFor("the record to go", async () => !(await person.page.evaluate(hasRecord)));
    await person.leave();
  });

  test("work of a tab that crashed is offered when the page is opened again", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.waitFor("a record", () => person.page.evaluate(hasRecord));
    const context = person.page.context();
    const session = await context.newCDPSession(person.page);
    const crashed = person.page.waitForEvent("crash");
    // Its own answer cannot come any more.
    session.send("Page.crash").catch(() => {});
    await crashed;
    const again = await arrive({ context });
    await again.press("Bring back");
    await again.waitFor("the question to go", async () => !(await again.find("Bring back")));
    await again.press("Data");
    assert.equal((await again.see("y row 2")).value, "0", "the table of AND is back");
    await again.leave();
  });

  test("a program that breaks down in itself says so, and the project can be taken along", async () => {
    const person = await arrive({ prepare: keepProgram });
    await makeWork(person);
    const { page } = person;
    // A second window on the same canvas is more than it can bear.
    await page.evaluate(() => setTimeout(() => program.__wbindgen_start()));
    await page.getByRole("alertdialog", { name: "Neurarium stopped" }).waitFor();
    assert.match(await page.locator("#card-text").textContent(), /^Neurarium broke down: .+ \(.+\.rs:\d+\)\.$/);
    await picture(page, "trouble-panic");
    const press = () => page.getByRole("button", { name: "Download my project" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    assert.match(readFileSync(await download.path(), "utf8"), /network/);
    await page.context().close();
  });

  test("two tabs keep their work apart", async () => {
    const one = await arrive();
    await makeWork(one);
    await one.waitFor("a record", () => one.page.evaluate(hasRecord));
    const other = await arrive({ context: one.page.context() });
    assert.equal(await other.find("Bring back"), undefined, "work of a tab that is open is not offered");
    await other.press("Data");
    await other.press("Fill with OR");
    await other.waitFor("the table of OR", async () => (await other.find("y row 4"))?.value === "1");
    await other.waitFor("a second record", () => other.page.evaluate(hasRecord, 2));
    other.page.on("dialog", (dialog) => dialog.accept());
    await other.page.reload();
    await other.press("Bring back");
    await other.waitFor("the question to go", async () => !(await other.find("Bring back")));
    await other.waitFor("its own work, OR", async () => (await other.find("y row 4"))?.value === "1");
    assert.equal((await one.see("y row 4")).value, "1", "AND of the first tab");
    assert.equal((await one.see("y row 2")).value, "0", "AND of the first tab");
    assert.deepEqual(other.page.complaints, []);
    await one.leave();
  });

  test("a lost graphics device leaves the project to be downloaded", async () => {
    const person = await arrive();
    await makeWork(person);
    await person.page.evaluate(() => {
      const gl = document.getElementById("stage").getContext("webgl2");
      gl.getExtension("WEBGL_lose_context").loseContext();
    });
    const { page } = person;
    await page.getByRole("alertdialog", { name: "The graphics device was lost" }).waitFor();
    await picture(page, "trouble-device");
    const press = () => page.getByRole("button", { name: "Download my project" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    assert.match(download.suggestedFilename(), /\.ron$/);
    assert.match(readFileSync(await download.path(), "utf8"), /network/);
    await page.context().close();
  });

  test("a browser that blocks storage is told once, and all else works", async () => {
    const person = await arrive({ prepare: blockStorage });
    await makeWork(person);
    await person.hear("Your browser does not let this page keep unsaved work: download it before you leave.");
    await picture(person.page, "trouble-storage");
    await person.leave();
  });

  test("a disk that is full is told once, and all else works", async () => {
    const person = await arrive({ prepare: fillDisk });
    await makeWork(person);
    await person.hear("Your browser does not let this page keep unsaved work: download it before you leave.");
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.press("Save")]);
    assert.match(readFileSync(await download.path(), "utf8"), /network/);
    await person.leave();
  });

  test("a broken file that is dropped is refused in one sentence, and the project stays", async () => {
    const file = join(KEPT, "broken.ron");
    writeFileSync(file, "(version: 1, network: (nodes: [");
    const person = await arrive();
    await dropFiles(person.page, [file], [640, 400]);
    await person.hear(/broken\.ron/);
    await picture(person.page, "trouble-file");
    await person.press("Data");
    assert.equal((await person.see("y row 2")).value, "1", "XOR is still there");
    await person.leave();
  });
});

describeProgram("trouble on WebGPU", "webgpu", ({ arrive }) => {
  test("a device that is destroyed leaves the project to be downloaded", async () => {
    const keepDevices = () => {
      globalThis.devices = [];
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (...args) {
        const device = await requestDevice.apply(this, args);
        devices.push(device);
        return device;
      };
    };
    const person = await arrive({ prepare: keepDevices });
    await makeWork(person);
    const { page } = person;
    await page.evaluate(() => devices.at(-1).destroy());
    await page.mouse.move(600, 600);
    await page.getByText("The graphics device was lost.").waitFor();
    await picture(page, "trouble-webgpu-device");
    const press = () => page.getByRole("button", { name: "Download my project" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    assert.match(readFileSync(await download.path(), "utf8"), /network/);
    await page.context().close();
  });
});
