// The live page of a table: brings together its connection, what arrives, what is written, and the keys.

import { Page, still } from "./apply.js";
import { Composer } from "./composer.js";
import { Drafts, fill } from "./drafts.js";
import { addEarlier, fetched, renew, whyGone } from "./fetched.js";
import { Keys } from "./keys.js";
import { leave } from "./left.js";
import { Live } from "./live.js";
import { Looked } from "./looked.js";
import { Own } from "./own.js";
import { unpressed } from "./pressing.js";
import { leaveNames } from "./room.js";
import { store } from "./store.js";
import { Tray } from "./tray.js";
import { openWhy } from "./why.js";
import { say, word } from "./words.js";

const discussion = document.getElementById("discussion");
const times = JSON.parse(discussion.dataset.times ?? "{}"); // for tests: nobody waits 45 seconds there
const form = document.getElementById("say");
const { person = "", session = "" } = (form ?? discussion).dataset;
const whose = `${person}:${session}`; // two people may use one browser, and one person two tables
store.unlock(discussion.dataset.storageKey ?? "", whose);

// ---------------------------------------------------------------- what is written

const drafts = new Drafts(whose, (one) => (one === form ? composer.clear() : one.reset()));
const composer = form && new Composer(form, drafts);
const tray = new Tray(document.querySelector("[data-waiting]") ?? document.createElement("ol"), whose, { saved, takeBack, refused }, times);
const sent = new Set(); // statements that this page has sent: they are no news here

drafts.restore(document, (one, sent) => (one === form ? composer.fill(sent) : fill(one, sent)));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-tray]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

function send(sent, button) {
  if (sent === form && composer.obstacle) return complain(composer.obstacle);
  tray.add(sent, button);
  drafts.clear(sent);
  if (sent === form) composer.clear();
}

// What was refused can be mended where it was pressed: a stance that wants a reason is asked for one.
function refused(item) {
  const place = item.address.includes("/stance/") && document.getElementById(`stance-${item.address.split("/").at(-2)}`);
  const link = place && place.querySelector("a[data-why]");
  if (!link || item.text) return false;
  openWhy(link, Object.fromEntries(item.fields).stance);
  return true;
}

function complain(why) {
  const place = form.querySelector("[data-error]");
  if (place) place.textContent = why;
  say(why);
  composer.text.focus();
}

form?.addEventListener("input", () => form.querySelector("[data-error]")?.replaceChildren());

function saved(id) {
  sent.add(id);
  settle(document.getElementById(`yours-${id}`));
  const statement = document.getElementById(`s-${id}`);
  if (statement) looked.unmark(statement);
}

// What was written down for the reader has their word: it need not stay for the sake of the button that gave it.
function settle(place) {
  if (place?.contains(document.activeElement)) document.activeElement.blur();
}

// Puts refused words back into their form. What stands there goes where they were: nothing is lost.
function takeBack(item) {
  const place = document.getElementById(item.form);
  if (!place) return false;
  if (place !== form) fill(place, item.fields);
  else {
    if (composer.text.value.trim()) tray.add(form, null, { refused: true, why: word("set-aside") });
    composer.clear();
    composer.fill(item.fields);
  }
  drafts.keep(place);
  place.querySelector("textarea")?.focus();
  return true;
}

// ---------------------------------------------------------------- what arrives

const page = new Page(discussion);
const own = new Own(discussion);
let queue = [];

// What comes in one go is put on the page in one go, in its order.
function arrive(html) {
  if (!queue.length) setTimeout(() => unpressed(place));
  queue.push(html);
}

function place() {
  const htmls = queue;
  queue = [];
  still(() => {
    htmls.forEach((html) => say(...page.take(html)));
    tellOpening();
  });
}

// Whether one may speak on the item of the page, said where one writes.
function tellOpening() {
  const thread = discussion.querySelector("ol.thread");
  const item = thread && document.getElementById(thread.id.replace(/^thread-/, "item-"));
  const state = item && ["open", "closed", "ahead"].find((one) => item.classList.contains(one));
  if (form && state) form.dataset.state = state;
}

page.comes = (drawing) => own.learn(drawing);
page.stands = (drawing) => own.address(drawing);
page.arrived = (element) => {
  drafts.restore(element);
  element.classList.add("has-come");
  const id = element.id.replace(/^s-/, "");
  if (element.matches("li[id^=s-]") && !sent.has(id) && !element.querySelector("[data-mine]")) looked.mark(element);
};

// ---------------------------------------------------------------- the connection

const address = new URL(discussion.dataset.socket, location.href.replace(/^http/, "ws")).href;
const line = document.getElementById("connection");

const live = new Live(address, JSON.parse(discussion.dataset.streams), {
  entry: arrive,
  now: (html) => still(() => page.now(html)),
  state(name) {
    if (line.dataset.state === name) return;
    still(() => tellState(name));
    if (name === "live") tray.wake();
  },
  left(why) {
    queue = [];
    leave(why, tray);
  },
  async reset(stream, why) {
    if (why === "role") return reload();
    const fresh = await fetched(location.href);
    if (!fresh) return live.leave(await whyGone());
    place();
    const heads = renew(page, fresh);
    tellOpening();
    return heads;
  },
  answers: (signal) => fetch("/health/", { method: "HEAD", cache: "no-store", credentials: "omit", signal }).then(({ ok }) => ok, () => false),
}, times);

function tellState(name) {
  line.dataset.state = name;
  line.textContent = word(name);
  for (const button of document.querySelectorAll("[data-at]")) button.hidden = !button.dataset.at.split(" ").includes(name);
}

// Another role sees another page. Words in its forms are kept; a server that asks for it again and again is not obeyed.
function reload() {
  leaveNames();
  const last = Number(sessionStorage.getItem("reloaded"));
  if (Date.now() - last < 10_000) return live.end("reload");
  sessionStorage.setItem("reloaded", Date.now());
  document.querySelector(".page").hidden = true;
  location.reload();
  return new Promise(() => {});
}

addEventListener("online", () => live.wake());
addEventListener("pageshow", (event) => event.persisted && live.wake());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && live.wake());

// ---------------------------------------------------------------- reading

const looked = new Looked(discussion, () => live.numbers(), times.looked);

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-form]");
  if (pressed) return send(document.getElementById(pressed.dataset.form), pressed);
  const deed = event.target.closest("[data-at]")?.dataset.do;
  if (deed) return deed === "reload" ? location.reload() : live.wake();
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const reply = composer && event.target.closest("[data-reply]");
  const earlier = event.target.closest("a[data-earlier]");
  const why = event.target.closest("a[data-why]");
  if (reply || earlier || why) event.preventDefault();
  if (reply) composer.answer(reply.closest("li[id^=s-]"));
  if (earlier) loadEarlier(earlier);
  if (why) openWhy(why);
});

async function loadEarlier(link) {
  link.setAttribute("aria-busy", "true");
  const fresh = await fetched(link.href).catch(() => undefined);
  link.removeAttribute("aria-busy");
  if (fresh === null) return live.leave(await whyGone());
  if (!fresh) return say(word("no-answer"));
  addEarlier(page, fresh, link);
}

function stance(place) {
  const buttons = looked.here?.querySelectorAll("[id^=stance-] button[name=stance]") ?? [];
  if (buttons[place]?.checkVisibility()) buttons[place].click(); // who only reads has none
}

function read(as) {
  document.querySelector(`a[data-as="${as}"]`)?.click();
}

new Keys({
  r: () => looked.here && composer?.answer(looked.here),
  R: () => looked.here && composer?.answer(looked.here, { also: true }),
  c: () => composer?.cite(),
  n: () => looked.go(1),
  p: () => looked.go(-1),
  j: () => looked.step(1),
  k: () => looked.step(-1),
  1: () => stance(0),
  2: () => stance(1),
  3: () => stance(2),
  4: () => stance(3),
  "g t": () => read("threads"),
  "g o": () => read("time"),
  "g n": () => read("new"),
}, document.getElementById("keys"));

live.open();
tray.send();
