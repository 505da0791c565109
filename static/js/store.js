// What this browser keeps for the page between two visits; where it keeps nothing, this page's own memory does. What
// somebody wrote is kept sealed under a key of their account.

import { isSealed, seal, unseal } from "./seal.js";

const WORDS = /^draft:|^tray:.*:item:/; // keys of what is sealed
const memory = new Map();
let secret = "";

export const store = {
  // The account's key, as the page brings it. What was kept in the open before, of whoever's page this is, is sealed now.
  unlock(key, whose) {
    secret = key;
    for (const name of ["draft:", "tray:"].flatMap((kind) => store.keys(kind + whose)).filter((name) => WORDS.test(name))) {
      const text = attempt(() => localStorage.getItem(name));
      if (secret && text && !isSealed(text)) store.set(name, JSON.parse(text));
    }
  },

  get(key) {
    return store.read(memory.get(key) ?? attempt(() => localStorage.getItem(key)));
  },

  // What a text in the storage says; null for what is sealed under another key.
  read(text) {
    const open = text && isSealed(text) ? secret && unseal(text, secret) : text;
    return JSON.parse(open || "null");
  },

  // Without a key nobody's words go into the storage.
  set(key, value) {
    const text = JSON.stringify(value);
    memory.delete(key);
    const kept = WORDS.test(key) ? secret && seal(text, secret) : text;
    if (!kept || attempt(() => localStorage.setItem(key, kept)) === null) memory.set(key, text);
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
