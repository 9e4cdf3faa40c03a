// The Web Worker: starts the training program and gives it turns.
//
// It takes {kind: "command" | "kept" | "ping" | "break", bytes, numbers, spent} and posts
// {kind: "ready" | "report" | "keepsake" | "beat" | "broken", seq, isWorking, bytes, numbers, text}.
// In its address, `?v=…` is what tells its build from another, and `?renew=1000` renews the program
// after so many tensors, for tests.

const wishes = new URL(self.location.href).searchParams;
const renewAfter = Number(wishes.get("renew")) || undefined;

/** The program's class, once it is there. */
let Desk;

/** Messages that came before the program stood. @type {unknown[]} */
const early = [];
/** @type {Desk | undefined} */
let desk;
let isBroken = false;

// A channel to itself: unlike a timer it is never made to wait, and commands come in between.
const turns = new MessageChannel();
let hasTurn = false;

function requestTurn() {
  if (!hasTurn && !isBroken) {
    hasTurn = true;
    turns.port2.postMessage(null);
  }
}

function breakDown(cause) {
  // A panic has told its own text, and that was the first to arrive.
  if (!isBroken) {
    isBroken = true;
    self.postMessage({ kind: "broken", text: cause instanceof Error ? cause.message : String(cause) });
  }
}

function take(message) {
  try {
    desk.take(message);
    requestTurn();
  } catch (error) {
    breakDown(error);
  }
}

turns.port1.onmessage = () => {
  hasTurn = false;
  if (isBroken) return;
  try {
    const hasMore = desk.work();
    for (let post = desk.post(); post; post = desk.post()) {
      const { transfer, ...message } = post;
      self.postMessage(message, transfer ?? []);
    }
    if (hasMore) {
      renewWorn();
      requestTurn();
    }
  } catch (error) {
    breakDown(error);
  }
};

// Tensors are numbered with 32 bits: long before these are used up, a new instance of the program goes on.
function renewWorn() {
  if (desk.isWorn(renewAfter ?? Desk.identities())) {
    desk = Desk.takeOver(desk.handOver());
  }
}

self.onmessage = ({ data }) => {
  if (desk) take(data);
  else early.push(data);
};
self.onmessageerror = () => breakDown("a message could not be read");
self.onerror = (event) => {
  breakDown(event.message ?? event);
  return true;
};
self.onunhandledrejection = (event) => {
  event.preventDefault();
  breakDown(event.reason);
};

/** The address of a file of the program, of the same build as this one. */
function fileOfProgram(name) {
  const url = new URL(`worker/${name}`, import.meta.url);
  if (wishes.has("v")) url.searchParams.set("v", wishes.get("v"));
  return url.href;
}

try {
  const program = await import(fileOfProgram("worker.js"));
  await program.default({ module_or_path: fileOfProgram("worker_bg.wasm") });
  ({ Desk } = program);
  desk = new Desk();
  self.postMessage({ kind: "ready" });
  early.splice(0).forEach(take);
} catch (error) {
  breakDown(error);
}
