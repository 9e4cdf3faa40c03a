// What the page remembers for this tab, where the browser allows it: a blocked storage is an empty one.

const PREFIX = "neurarium.";

/** What was remembered under a name, or null. */
export function recall(name) {
  try {
    return sessionStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remembers a text until the tab is closed; says whether it could. */
export function remember(name, text) {
  try {
    sessionStorage.setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}
