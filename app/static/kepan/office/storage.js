// What this browser remembers of a person's view: the folded menu.
const PREFIX = 'kepan:';

export function recall(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null; // private mode: nothing is remembered
  }
}

/** Remember a value; an empty one forgets the key. */
export function remember(key, value) {
  try {
    if (value) localStorage.setItem(PREFIX + key, value);
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // private mode: nothing is remembered
  }
}
