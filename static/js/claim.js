// One tab does it: a claim that at most one tab has, and that ends with the tab. Web Locks where there are any (they
// need https), else a lease in the browser's storage.

import { store } from "./store.js";

const LEASE = 90_000; // a hidden tab's clock may tick once a minute only
const SETTLE = 80; // two tabs that write at once: both wait so long, and the one that wrote last has it
const me = Math.random().toString(36).slice(2);
const leases = new Set();

// -> a function that gives it up again, null where another tab has it.
export function claim(name) {
  return navigator.locks ? lock(name) : lease(name);
}

function lock(name) {
  return new Promise((answer) => {
    navigator.locks.request(name, { ifAvailable: true }, (held) => held && new Promise((release) => answer(release)))
      .then(() => answer(null), () => answer(null));
  });
}

async function lease(name) {
  if (![undefined, me].includes(holder(name))) return null;
  take(name);
  await new Promise((done) => setTimeout(done, SETTLE));
  if (holder(name) !== me) return null;
  leases.add(name);
  return () => give(name);
}

function take(name) {
  store.set(name, { by: me, until: Date.now() + LEASE });
}

function give(name) {
  leases.delete(name);
  if (holder(name) === me) store.remove(name);
}

function holder(name) {
  const { by, until } = store.get(name) ?? {};
  return until > Date.now() ? by : undefined;
}

setInterval(() => leases.forEach(take), LEASE / 4);
addEventListener("pagehide", () => leases.forEach(give));
