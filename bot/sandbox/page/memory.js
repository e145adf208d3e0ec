// What this browser remembers between visits. A browser that forbids storage simply forgets.

const PREFIX = "sandbox.";

export function recall(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Nothing to do: the choice lives until the page is closed.
  }
}

export function recallWord(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function rememberWord(name, word) {
  try {
    if (word === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, word);
  } catch {
    // As above.
  }
}
