// The connection: numbered entries in their order, gaps found and filled, its state in words. It knows nothing of the
// page: `told` hears of entries, of what is only so now, of states, and fetches anew what the streams cannot give back.

import { Reach } from "./reach.js";

const TIMES = {
  silence: 45_000, // nothing at all for this long: the line is dead, whatever it says
  stall: 6_000, // something is known to be missing, and does not come
  seen: 5_000, // how long an entry may stay unacknowledged
  attempt: 10_000, // to be let in
  first: 500, // before the first try to come back
  most: 30_000, // before any later one
  restart: 5_000, // the server restarts: not all pages come back at once
  steady: 5_000, // a connection that held this long was a good one
};
const FAR = 500; // entries: beyond that a page is fetched faster than it is caught up
const EVERY = 20; // entries between two acknowledgements
const MUCH = 64 * 1024; // or this many characters: the server counts them too

const RESTARTING = 1012;
const GONE = { 4001: "signed-out", 4003: "not-allowed" };
const OTHER_VERSION = 4010;
const TOO_MANY = 4013;

export class Live {
  // `seen`: {stream: {epoch, n}}. `told`: {entry(html), now(html), state(name), left(why), reset(stream, why) -> seen,
  // answers(signal) -> whether the server answers the lightest question that there is}.
  constructor(address, seen, told, times = {}) {
    Object.assign(this, { address, seen, told, times: { ...TIMES, ...times } });
    this.timers = {};
    this.tries = 0;
    this.over = false;
    this.reach = new Reach((signal) => told.answers(signal), () => this.returned(), times);
  }

  // ---------------------------------------------------------------- coming and going

  open() {
    if (this.over || this.socket) return;
    this.told.state(this.tries ? this.why : "connecting");
    this.heads = {};
    this.owed = { entries: 0, characters: 0 };
    this.welcomedAt = null;
    this.heardAt = performance.now();
    const socket = (this.socket = new WebSocket(this.address));
    const mine = (heard) => (event) => this.socket === socket && heard(event);
    socket.onopen = mine(() => this.tell({ t: "hello", v: 1, seen: this.seen }));
    socket.onmessage = mine(({ data }) => this.hear(data));
    socket.onclose = mine(({ code }) => this.closed(code));
    this.set("silence", this.times.attempt, () => this.again());
  }

  // Lets go of the connection without waiting for an answer: over a dead line there will be none.
  drop() {
    const socket = this.socket;
    this.socket = null;
    Object.keys(this.timers).forEach((name) => this.clear(name));
    if (this.welcomedAt !== null && performance.now() - this.welcomedAt >= this.times.steady) this.tries = 0;
    socket?.close();
  }

  closed(code) {
    if (GONE[code]) return this.leave(GONE[code]);
    if (code === OTHER_VERSION) return this.end("reload");
    if (code === TOO_MANY) this.tries = Math.max(this.tries, 6);
    if (code === RESTARTING) this.again("restarting", this.times.restart);
    else this.again(code === TOO_MANY ? "too-many" : "away");
  }

  // Comes back after a while, with full jitter: 0.5, 1, 2, 4 … 30 s at most.
  again(why = "away", most = Math.min(this.times.first * 2 ** this.tries, this.times.most), come = () => this.open()) {
    this.drop();
    this.tries += 1;
    this.why = why;
    this.told.state(why);
    this.set("again", Math.random() * most, come);
    this.reach.start();
  }

  // Nobody answered, and now somebody does: what the waiting was for is over, and a try that hangs began before it.
  returned() {
    if (this.socket && this.welcomedAt === null) this.drop();
    this.clear("again");
    this.open();
  }

  // Something says that the line may be there again, or that the page is looked at: no reason to wait any longer.
  wake() {
    if (this.over) return;
    const overdue = this.socket && performance.now() - this.heardAt > this.times.silence / 2;
    if (overdue) this.drop();
    if (this.timers.again || overdue) {
      this.clear("again");
      this.open();
    }
  }

  leave(why) {
    this.end(why);
    this.told.left(why);
  }

  end(state) {
    this.over = true;
    this.reach.stop();
    this.drop();
    this.told.state(state);
  }

  // ---------------------------------------------------------------- what is heard

  hear(data) {
    const frame = JSON.parse(data);
    this.heardAt = performance.now();
    this.set("silence", this.times.silence, () => this.again());
    if (frame.t === "entry") this.entered(frame);
    else if (frame.t === "now") this.told.now(frame.html);
    else if (frame.t === "beat") this.learned(frame.heads);
    else if (frame.t === "welcome") this.welcomed(frame.heads);
    else if (frame.t === "reset") this.reset(frame.s, frame.why);
  }

  welcomed(heads) {
    this.welcomedAt = performance.now();
    this.reach.stop();
    for (const stream of new Set([...Object.keys(heads), ...Object.keys(this.seen)])) {
      const why = farFrom(this.seen[stream], heads[stream]);
      if (why) return this.reset(stream, why);
    }
    this.learned(Object.fromEntries(Object.entries(heads).map(([stream, { n }]) => [stream, n])));
  }

  entered({ s: stream, n, html }) {
    const seen = this.seen[stream];
    if (!seen || n <= seen.n) return;
    if (n > seen.n + 1) return this.again("catching-up");
    seen.n = n;
    this.told.entry(html);
    this.owe(html.length);
    this.clear("stall"); // something arrived
    this.watch();
  }

  learned(heads) {
    Object.assign(this.heads, heads);
    this.watch();
  }

  // Whether all is here that is known of; where something is missing and nothing arrives, it is asked for again.
  watch() {
    const isBehind = Object.entries(this.heads).some(([stream, n]) => n > (this.seen[stream]?.n ?? n));
    this.told.state(isBehind ? "catching-up" : "live");
    if (!isBehind) this.clear("stall");
    else if (!this.timers.stall) this.set("stall", this.times.stall, () => this.again("catching-up"));
  }

  // ---------------------------------------------------------------- what is said

  tell(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  owe(characters) {
    this.owed.entries += 1;
    this.owed.characters += characters;
    if (this.owed.entries >= EVERY || this.owed.characters >= MUCH) this.acknowledge();
    else if (!this.timers.seen) this.set("seen", this.times.seen, () => this.acknowledge());
  }

  acknowledge() {
    this.clear("seen");
    this.owed = { entries: 0, characters: 0 };
    this.tell({ t: "seen", ...this.numbers() });
  }

  numbers() {
    return Object.fromEntries(Object.entries(this.seen).map(([stream, { n }]) => [stream, n]));
  }

  // ---------------------------------------------------------------- what only the page itself can tell

  async reset(stream, why) {
    this.drop();
    this.told.state("catching-up");
    const fetched = await this.told.reset(stream, why).catch(() => null);
    if (this.over || this.socket) return;
    if (!fetched) return this.again("away", undefined, () => this.reset(stream, why));
    this.seen = fetched;
    this.again("catching-up"); // through the same wait: a server that never has enough of it is not hammered
  }

  // ---------------------------------------------------------------- clocks

  set(name, after, work) {
    this.clear(name);
    this.timers[name] = setTimeout(() => {
      delete this.timers[name];
      work();
    }, after);
  }

  clear(name) {
    clearTimeout(this.timers[name]);
    delete this.timers[name];
  }
}

// Why a stream cannot be caught up from where the page stands, or "".
function farFrom(seen, head) {
  if (!seen || !head) return "role";
  if (seen.epoch !== head.epoch) return "epoch";
  return head.n - seen.n > FAR || head.n < seen.n ? "far" : "";
}
