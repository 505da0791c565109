// The form for saying something: what it answers, how long it is, and what it looks like when it is empty again.

import { fill } from "./drafts.js";
import { unpressed } from "./pressing.js";
import { say, word } from "./words.js";

const NEAR = 200; // characters before the limit: from there on a screen reader hears the count
const QUOTED = 90; // characters of what is answered

export class Composer {
  constructor(form, drafts) {
    this.form = form;
    this.drafts = drafts;
    this.text = form.elements.namedItem("text");
    this.rows = form.querySelector("ol.relations");
    this.untouched = { rows: [...this.rows.children].filter((row) => !target(row)), item: this.item.value };
    form.addEventListener("input", () => this.count());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
    });
    form.addEventListener("click", (event) => this.pressed(event));
    document.addEventListener("pointerdown", () => this.hold());
    this.count();
  }

  // Stays as large as it is until a press is over that takes the focus from it: the page ends higher when it is small.
  hold() {
    if (!this.form.matches(":focus-within")) return;
    this.form.classList.add("held");
    unpressed(() => this.form.classList.remove("held"));
  }

  get item() {
    return this.form.elements.namedItem("item");
  }

  get answers() {
    return [...this.rows.children].filter(target);
  }

  // ---------------------------------------------------------------- what it answers

  // Answers a statement. With nothing written yet it is this one that is answered; else this one too.
  answer(statement, { also = this.text.value.trim() !== "" } = {}) {
    const id = statement.id.replace(/^s-/, "");
    if (!this.answers.some((row) => target(row) === id)) {
      this.rows.replaceChildren(...(also ? this.answers : []), this.row(id, quoted(statement)));
    }
    const { item } = statement.closest("ol.thread")?.dataset ?? {};
    if (item) this.item.value = item;
    this.drafts.keep(this.form);
    this.text.focus();
    say(word("answers", { n: this.answers.length }));
  }

  // Goes to the list of sources, where there is one. (Small, the form shows nothing but its box: that unfolds it.)
  cite() {
    const sources = this.form.elements.namedItem("cites");
    if (!sources) return;
    this.text.focus();
    sources.focus();
  }

  row(id, quote) {
    const row = document.getElementById("relation-row").content.firstElementChild.cloneNode(true);
    row.querySelector("[name=to]").value = id;
    row.querySelector("[data-quote]").textContent = quote;
    return row;
  }

  pressed(event) {
    const row = event.target.closest("[data-remove]")?.closest("li");
    if (!row) return;
    row.remove();
    if (!this.rows.children.length) this.rows.replaceChildren(...this.untouched.rows);
    this.drafts.keep(this.form);
    this.text.focus();
  }

  // ---------------------------------------------------------------- how long it is

  // Characters as the server counts them: a letter outside the first plane is one, not two.
  get length() {
    return [...this.text.value].length;
  }

  get limit() {
    return Number(this.text.dataset.limit);
  }

  count() {
    const left = this.limit - this.length;
    const counter = this.form.querySelector("[data-count]");
    counter.textContent = word("count", { n: this.length, limit: this.limit });
    counter.setAttribute("aria-live", left < NEAR ? "polite" : "off");
    counter.classList.toggle("over", left < 0);
    this.text.toggleAttribute("aria-invalid", left < 0);
  }

  // Why it cannot be sent as it stands, or "".
  get obstacle() {
    if (!this.text.value.trim()) return word("empty");
    return this.length > this.limit ? word("too-long", { n: this.length - this.limit }) : "";
  }

  // ---------------------------------------------------------------- full and empty

  clear() {
    this.form.reset();
    this.text.value = this.text.defaultValue = "";
    this.rows.replaceChildren(...this.untouched.rows);
    this.item.value = this.untouched.item;
    this.count();
  }

  // Puts fields into it that once were in it. Targets that the page itself brought stay.
  fill(sent) {
    const targets = sent.filter(([name, value]) => name === "to" && value);
    if (targets.length && !this.answers.length) {
      this.rows.replaceChildren(...targets.map(([, id]) => this.row(id, quoted(document.getElementById(`s-${id}`)))));
      fill(this.form, sent);
    } else fill(this.form, sent.filter(([name]) => !this.answers.length || !["to", "relation", "item"].includes(name)));
    this.count();
  }
}

function target(row) {
  return row.querySelector("[name=to]")?.value;
}

// Who said it and how it begins; "" where it is not on the page.
function quoted(statement) {
  const said = statement?.querySelector("article");
  if (!said) return "";
  const who = said.querySelector(".speaker .who")?.textContent.trim() ?? "";
  const words = [...(said.querySelector(".words")?.textContent.trim().replace(/\s+/g, " ") ?? "")];
  const start = words.slice(0, QUOTED).join("") + (words.length > QUOTED ? "…" : "");
  return word("quoted", { who, words: start });
}
