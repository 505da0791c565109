// The tray: words that were sent wait under the form until the server has saved them. It lies in the browser's storage,
// so a reload finds it again, one thing a key, so that no tab can lose what another one put there.

import { still } from "./apply.js";
import { claim } from "./claim.js";
import { fields, newKey, post } from "./post.js";
import { store } from "./store.js";
import { say, word } from "./words.js";

const TIMES = {
  request: 15_000,
  retry: 1_000, // before something is sent again the first time
  most: 30_000, // and any later one
  settle: 500, // until every tab sees what one of them wrote to the storage
  others: 5_000, // between two looks whether another tab has left something behind
};
const LONGEST = 600_000; // that anything waits to be sent again
const PATIENCE = 5; // tries over which the server broke before something lets what came after it pass

const me = newKey(); // this tab, as long as this page is in it

export class Tray {
  // `told`: {saved(id), takeBack(item) -> whether it went back into its form,
  //          refused(item) -> whether its writer is asked at once for what was missing}
  constructor(list, whose, told, times = {}) {
    Object.assign(this, { list, told, name: `tray:${whose}`, times: { ...TIMES, ...times } });
    this.mine = new Map(); // key -> how to give it up: what this tab sends, and no other
    this.done = new Map(); // key -> the clock after which it is given up
    this.sending = null; // the key of what is on its way
    addEventListener("storage", ({ key }) => (key === null || this.holds(key)) && this.changed());
    list.addEventListener("click", (event) => this.pressed(event));
    this.draw();
  }

  // ---------------------------------------------------------------- what is in it

  items() {
    const kept = store.keys(this.name).filter((key) => this.holds(key));
    return kept.map((key) => store.get(key)).filter(Boolean).sort((one, other) => one.made - other.made);
  }

  put(item) {
    store.set(this.place(item), item);
  }

  remove(item) {
    store.remove(this.place(item));
  }

  place({ key }) {
    return `${this.name}:item:${key}`;
  }

  holds(key) {
    return key.startsWith(this.place({ key: "" }));
  }

  // Takes what stands in the form, under a key of its own. It is kept before anything is sent.
  add(form, submitter, outcome = {}) {
    const sent = fields(form, submitter);
    const value = (name) => sent.find(([one]) => one === name)?.[1];
    const text = value("text") ?? value("reason") ?? "";
    const title = text ? "" : submitter?.textContent.trim();
    const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    const item = { key: newKey(), made: this.now(), by: me, address, form: form.id, fields: sent, text, title, tries: 0 };
    this.put({ ...item, ...outcome });
    this.draw();
    this.send();
  }

  // A clock that never stands still, so that order is the order of sending.
  now() {
    return Math.max(Date.now(), ...this.items().map((item) => item.made + 1));
  }

  // ---------------------------------------------------------------- sending

  // Sends what waits, one thing after another.
  send() {
    clearTimeout(this.waiting);
    if (this.isBusy) return void (this.isAsked = true);
    this.isBusy = true;
    this.pass().finally(() => {
      this.isBusy = false;
      if (this.isAsked) this.send();
      else this.plan();
    });
  }

  async pass() {
    this.isAsked = false;
    await this.claimAll();
    for (let item; (item = this.front().find(isDue)); ) {
      this.sending = item.key;
      this.draw();
      const outcome = await post(item.address, [...item.fields, ["key", item.key]], this.times.request);
      this.sending = null;
      this.settle(item, outcome);
      this.draw();
      await this.claimAll();
    }
  }

  // Makes everything that no other tab sends this tab's own. What another tab left behind is looked at twice: it may
  // have been sent just before that tab ended, and the news of it be on the way to us.
  async claimAll() {
    const claimed = [];
    for (const item of this.waitingItems().filter((one) => !this.mine.has(one.key) && !this.isOthers(one))) {
      clearTimeout(this.done.get(item.key)?.clock);
      const release = this.done.get(item.key)?.release ?? (await claim(`${this.name}:claim:${item.key}`));
      this.done.delete(item.key);
      if (release) claimed.push([item, release]);
    }
    if (claimed.some(([item]) => item.by !== me)) await new Promise((on) => setTimeout(on, this.times.settle));
    for (const [item, release] of claimed) {
      if (store.get(this.place(item))) this.mine.set(item.key, release);
      else release();
    }
  }

  // What another tab has written just now, it sends itself.
  isOthers({ by, made }) {
    return by !== me && Math.abs(Date.now() - made) < this.times.settle;
  }

  waitingItems() {
    return this.items().filter((item) => !item.refused);
  }

  // What may be sent: the first that waits, and before it whatever the server broke over again and again. So what waits
  // to be tried again holds up what came after it, however long the line is cut; only what is poison does not.
  front() {
    const waiting = this.waitingItems().filter((item) => this.mine.has(item.key));
    const first = waiting.findIndex((item) => (item.failed ?? 0) < PATIENCE);
    return first < 0 ? waiting : waiting.slice(0, first + 1);
  }

  settle(item, outcome) {
    if (!outcome.later) this.giveUp(item);
    if (outcome.saved) {
      this.remove(item);
      say(word("saved"));
      this.told.saved(outcome.saved);
    } else if (outcome.later) {
      const wait = outcome.after ?? Math.min(this.times.retry * 2 ** item.tries, this.times.most) * (0.5 + Math.random() / 2);
      const failed = (item.failed ?? 0) + Number(outcome.failed ?? false);
      this.put({ ...item, tries: item.tries + 1, failed, due: Date.now() + wait, why: outcome.told ?? "" });
    } else if (outcome.status === 400 && this.told.refused(item)) {
      this.remove(item);
      say(outcome.refused);
    } else {
      const why = outcome.refused || word(`refused-${outcome.status}`) || word("refused");
      this.put({ ...item, refused: true, why });
      say(word("not-sent", { why }));
    }
  }

  // The claim on what is done lasts until every tab has seen that it is.
  giveUp({ key }) {
    const release = this.mine.get(key);
    this.mine.delete(key);
    const clock = setTimeout(() => {
      this.done.delete(key);
      release();
    }, this.times.settle);
    this.done.set(key, { release, clock });
  }

  plan() {
    const dues = this.front().map((item) => (item.due ?? 0) - Date.now());
    if (this.waitingItems().some((item) => !this.mine.has(item.key))) dues.push(this.times.others);
    if (dues.length) this.waiting = setTimeout(() => this.send(), Math.max(0, Math.min(...dues)));
  }

  // The server is there again: what waits need not wait any longer.
  wake() {
    for (const item of this.front()) if (item.due) this.put({ ...item, due: 0 });
    if (this.waitingItems().length) this.send();
  }

  // Another tab wrote to the storage.
  changed() {
    this.draw();
    if (this.waitingItems().length) this.send();
  }

  // ---------------------------------------------------------------- what is seen of it

  draw() {
    const rows = this.items().map((item) => this.row(item));
    const present = [...this.list.children];
    if (present.length === rows.length && rows.every((row, place) => row.isEqualNode(present[place]))) return;
    const pressed = this.list.contains(document.activeElement) && document.activeElement;
    still(() => {
      this.list.replaceChildren(...rows);
      this.list.hidden = !rows.length;
    });
    if (pressed) this.list.querySelector(`[data-key="${pressed.closest("li").dataset.key}"] button`)?.focus();
  }

  row(item) {
    const row = element("li", { className: item.refused ? "refused" : "waiting" });
    row.dataset.key = item.key;
    if (item.title) row.append(element("p", { className: "title", textContent: item.title }));
    if (item.text) row.append(element("p", { className: "words", textContent: item.text }));
    row.append(element("p", { className: "state", textContent: this.state(item) }));
    const buttons = element("p", { className: "deeds" });
    for (const deed of this.deeds(item)) {
      const button = element("button", { type: "button", className: "plain", textContent: word(`tray-${deed}`) });
      button.dataset.deed = deed;
      buttons.append(button);
    }
    if (buttons.hasChildNodes()) row.append(buttons);
    return row;
  }

  state(item) {
    if (item.refused) return word("not-sent", { why: item.why });
    if (item.key === this.sending) return word("sending");
    if (item.tries) return `${word("waiting-again")} ${item.why}`.trim();
    return word(store.keeps(this.place(item)) ? "waiting" : "waiting-unkept");
  }

  // What was refused can be changed, which gives it a new key. What may have arrived can only be sent again.
  deeds(item) {
    if (!item.refused) return item.tries && item.key !== this.sending ? ["again"] : [];
    return document.getElementById(item.form) && item.text ? ["edit", "again"] : ["again", "discard"];
  }

  pressed(event) {
    const deed = event.target.closest("[data-deed]")?.dataset.deed;
    const key = deed && event.target.closest("li").dataset.key;
    const item = this.items().find((one) => one.key === key);
    if (!item) return;
    if (deed === "again") this.put({ ...item, refused: false, due: 0 });
    if (deed === "discard" || (deed === "edit" && this.told.takeBack(item))) this.remove(item);
    this.draw();
    this.send();
  }
}

// A clock that was set back must not make anything wait for hours.
function isDue({ due = 0 }) {
  return due <= Date.now() || due > Date.now() + LONGEST;
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
