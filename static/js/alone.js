// One tab at a time: Web Locks where there are any (they need https), else a lease in the browser's storage.

import { store } from "./store.js";

const LEASE = 10_000; // a tab that dies with it holds the others up for this long
const SETTLE = 80; // two tabs that write at once: both wait so long, and the one that wrote last has it
const me = Math.random().toString(36).slice(2);

// Does the work while no other tab does any under this name. Returns what the work returns.
export async function alone(name, work) {
  if (navigator.locks) return navigator.locks.request(name, work);
  await lease(name);
  const kept = setInterval(() => take(name), LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(kept);
    if (holder(name) === me) store.remove(name);
  }
}

async function lease(name) {
  for (;;) {
    const other = holder(name);
    if (!other || other === me) {
      take(name);
      await pause(SETTLE);
      if (holder(name) === me) return;
    }
    await pause(SETTLE + Math.random() * SETTLE);
  }
}

function take(name) {
  store.set(name, { by: me, until: Date.now() + LEASE });
}

function holder(name) {
  const { by, until } = store.get(name) ?? {};
  return until > Date.now() ? by : undefined;
}

const pause = (time) => new Promise((done) => setTimeout(done, time));
