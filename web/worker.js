// The Web Worker: starts the training program and gives it turns.
//
// It takes {kind: "command" | "kept" | "ping" | "break", bytes, numbers, spent} and posts
// {kind: "ready" | "report" | "keepsake" | "beat" | "broken", seq, isWorking, bytes, numbers, text}.
// `?renew=1000` in its address renews the program after so many tensors, for tests.

import init, { Desk } from "./worker/worker.js";

const renewAfter = Number(new URL(self.location.href).searchParams.get("renew")) || undefined;

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

try {
  await init();
  desk = new Desk();
  self.postMessage({ kind: "ready" });
  early.splice(0).forEach(take);
} catch (error) {
  breakDown(error);
}
