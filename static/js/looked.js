// "New since I looked": what is marked, how one goes from one to the next, and when the server hears that one looked.

import { still } from "./apply.js";
import { say, word } from "./words.js";

const NEW = "is-new";

export class Looked {
  // `numbers()`: how far the page has come in each stream.
  constructor(discussion, numbers, every = 30_000) {
    Object.assign(this, { discussion, numbers });
    this.told = "";
    this.news = new Set(); // the statements that are marked
    this.watcher = new IntersectionObserver((seen) => seen.forEach((one) => this.seen(one)), { threshold: [0.01, 0.6] });
    discussion.querySelectorAll(`li.${NEW}`).forEach((one) => this.mark(one));
    setInterval(() => document.visibilityState === "visible" && this.tell(), every);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.tell());
    addEventListener("pagehide", () => this.tell());
    document.addEventListener("click", (event) => event.target.closest("[data-next-new]") && this.go(1));
    this.count();
  }

  // ---------------------------------------------------------------- the marks

  mark(statement) {
    statement.classList.add(NEW);
    if (!statement.querySelector(".mark-new")) statement.append(markOfNew());
    this.watcher.observe(statement);
    this.news.add(statement);
    this.count();
  }

  unmark(statement) {
    statement.classList.remove(NEW);
    statement.querySelector(".mark-new")?.remove();
    delete statement.dataset.seen;
    this.watcher.unobserve(statement);
    this.news.delete(statement);
    this.count();
  }

  seen({ target, isIntersecting, intersectionRatio, intersectionRect }) {
    const isRead = intersectionRatio > 0.5 || intersectionRect.height > innerHeight / 2;
    if (isIntersecting && isRead && document.visibilityState === "visible") target.dataset.seen = "";
  }

  // In the order of the page; what has left the page is no news any more.
  get marked() {
    const order = (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    return [...this.news].filter((one) => one.isConnected).sort(order);
  }

  // Counts them once for all that come together.
  count() {
    this.counting ??= setTimeout(() => this.tellCount());
  }

  // The line grows where the first new one is told of, and what is read stays where it is.
  tellCount() {
    this.counting = null;
    const n = this.marked.length;
    still(() => {
      for (const place of document.querySelectorAll("[data-new-count]")) place.textContent = n ? word("new", { n }) : "";
      for (const button of document.querySelectorAll("[data-next-new]")) button.hidden = !n;
    });
  }

  // ---------------------------------------------------------------- from one to the next

  // Goes to the next statement that is new (or, with -1, the one before), which thereby has been looked at.
  go(direction) {
    const from = this.here;
    const all = direction > 0 ? this.marked : this.marked.reverse();
    const beyond = direction > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
    const next = all.find((one) => !from || (from !== one && from.compareDocumentPosition(one) & beyond)) ?? all.find((one) => one !== from);
    if (from?.classList.contains(NEW)) this.unmark(from);
    if (next) focusOn(next);
    else say(word("nothing-new"));
  }

  // Goes to the next statement, new or not.
  step(direction) {
    const all = [...this.discussion.querySelectorAll("li[id^=s-]")].filter((one) => one.checkVisibility());
    const next = all[all.indexOf(this.here) + direction] ?? (this.here ? null : all[0]);
    if (next) focusOn(next);
  }

  // The statement that has the focus.
  get here() {
    return document.activeElement?.closest("li[id^=s-]") ?? null;
  }

  // ---------------------------------------------------------------- telling the server

  tell() {
    const heads = JSON.stringify(this.numbers());
    const address = this.discussion.dataset.looked;
    for (const one of this.marked) if ("seen" in one.dataset && one !== this.here) this.unmark(one);
    if (!address || !this.discussion.dataset.person || heads === this.told) return; // of visitors nothing is remembered
    this.told = heads;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ heads, csrfmiddlewaretoken: token });
    const headers = { Accept: "application/json" };
    fetch(address, { method: "POST", body, headers, keepalive: true, redirect: "manual" }).catch(() => (this.told = ""));
  }
}

function markOfNew() {
  return Object.assign(document.createElement("span"), { className: "mark-new", textContent: word("new-mark") });
}

function focusOn(statement) {
  const place = statement.querySelector("article") ?? statement;
  statement.closest("details:not([open])")?.setAttribute("open", "");
  place.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest", behavior: "instant" });
}
