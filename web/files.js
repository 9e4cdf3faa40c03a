// Files: chosen by the person, dropped or pasted onto the page, and handed out as downloads.

import { closeCard, notice, showCard } from "./cards.js";

/** Larger files are refused before they fill the memory. */
const LARGEST_FILE_MB = 512;

/** Files that came before the program asked for them. */
const waiting = [];
let receive = (name, bytes) => waiting.push([name, bytes]);

/** From now on `callback(name, bytes)` gets each file that is dropped or pasted. */
export function onDrop(callback) {
  receive = callback;
  for (const [name, bytes] of waiting.splice(0)) callback(name, bytes);
}

/** Makes the whole page take files. */
export function acceptDrops() {
  const hint = document.getElementById("drop");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    hint.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    // It is told for each element; only leaving the window has nothing it goes to.
    if (!event.relatedTarget) hint.hidden = true;
  });
  addEventListener("drop", (event) => {
    hint.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    take(files);
  });
}

async function take(files) {
  // The list is emptied as soon as the event is over.
  for (const file of [...files]) {
    const read = await readFile(file);
    if (read) receive(read.name, read.bytes);
  }
}

/** The name and bytes of a file, or null after saying why not. */
async function readFile(file) {
  if (file.size > LARGEST_FILE_MB * 1e6) {
    notice(`“${file.name}” is larger than ${LARGEST_FILE_MB} MB and was not opened.`);
    return null;
  }
  try {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    notice(`“${file.name}” could not be read: is it a folder, or was it moved?`);
    return null;
  }
}

/** Ends the question that is still open, if there is one. */
let giveUp = () => {};

/**
 * Lets the person choose a file of the types in `accept`, such as ".ron,.csv".
 * Gives `{ name, bytes }`, or null when nothing was chosen.
 */
export function pick(accept) {
  giveUp();
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept ?? "";
    input.hidden = true;
    input.setAttribute("aria-label", "Choose a file");
    document.body.append(input);
    const done = (result) => {
      input.remove();
      giveUp = () => {};
      resolve(result);
    };
    giveUp = () => done(null);
    input.addEventListener("cancel", () => done(null));
    input.addEventListener("change", async () => {
      const file = input.files[0];
      done(file ? await readFile(file) : null);
    });

    // Browsers open the dialog only shortly after a press: after a longer while, one more is asked for.
    if (navigator.userActivation?.isActive ?? true) {
      input.click();
      return;
    }
    const answer = (act) => () => {
      closeCard();
      act();
    };
    showCard({
      title: "Open a file",
      text: "Your browser wants one more press before it shows your files.",
      buttons: [
        { text: "Choose a file", press: answer(() => input.click()) },
        { text: "Cancel", press: answer(() => done(null)) },
      ],
    });
  });
}

/** Hands bytes to the person as a file of this name. */
export function download(name, bytes) {
  // Copied at once: the bytes may lie in the program's own memory.
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
