// What this browser keeps for the page between two visits; where it keeps nothing, this page's own memory does.

const memory = new Map();

export const store = {
  get(key) {
    return JSON.parse(memory.get(key) ?? attempt(() => localStorage.getItem(key)) ?? "null");
  },

  set(key, value) {
    const text = JSON.stringify(value);
    memory.delete(key);
    if (attempt(() => localStorage.setItem(key, text)) === null) memory.set(key, text);
  },

  remove(key) {
    memory.delete(key);
    attempt(() => localStorage.removeItem(key));
  },

  keys(start) {
    const all = [...(attempt(() => Object.keys(localStorage)) ?? []), ...memory.keys()];
    return all.filter((key) => key.startsWith(start));
  },

  // Whether it would be there after a reload.
  keeps(key) {
    return !memory.has(key);
  },
};

// A browser may forbid its storage altogether, or have none left.
function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}
