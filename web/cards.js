// What the page itself shows: the loading card, the card of something gone wrong, the notices.

import { megabytes } from "./load.js";

const element = (id) => document.getElementById(id);

/** How long a notice stays, in milliseconds. */
const NOTICE_MS = 8000;

/** Tells a text to those who listen: the polite live region. */
export function say(text) {
  element("live").textContent = text;
}

/** A sentence that passes by itself, seen and told. */
export function notice(text) {
  say(text);
  const line = element("notice");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => (line.hidden = true), NOTICE_MS);
}

/** The card with the progress bar. */
export const loading = {
  /** `loaded` of `total` bytes are there. */
  progress(loaded, total) {
    const bar = element("progress");
    bar.max = total;
    bar.value = Math.min(loaded, total);
    element("progress-text").textContent = `${megabytes(Math.min(loaded, total))} of ${megabytes(total)} MB`;
  },
  /** Something is done that cannot be counted. */
  busy(text) {
    element("progress").removeAttribute("value");
    element("progress-text").textContent = text;
  },
  /** A line below. */
  note(text) {
    element("loading-note").textContent = text;
    element("loading-note").hidden = false;
  },
  /** The program is there. */
  leave() {
    document.body.classList.add("started");
    const card = element("loading");
    card.classList.add("leaving");
    card.inert = true;
    // Without a transition nothing would tell that it has ended.
    setTimeout(() => (card.hidden = true), 200);
  },
  /** Something else is shown instead. */
  hide() {
    element("loading").hidden = true;
  },
};

/**
 * Shows the card of something to know or to choose. `buttons` are `{ text, press }`; the first is the
 * main one. The card stays, or goes by `closeCard()`.
 */
export function showCard({ title, text, hint = "", buttons }) {
  loading.hide();
  element("card-title").textContent = title;
  element("card-text").textContent = text;
  element("card-hint").textContent = hint;
  const made = buttons.map(({ text, press }, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.classList.toggle("main", index === 0);
    button.addEventListener("click", press);
    return button;
  });
  element("card-buttons").replaceChildren(...made);
  const card = element("card");
  card.addEventListener("cancel", (event) => event.preventDefault());
  if (!card.open) card.showModal();
  made[0]?.focus();
}

/** Takes the card away. */
export function closeCard() {
  element("card").close();
}
