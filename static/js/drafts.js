// Words that are being typed, form by form, kept in the browser until they are sent.

import { fields } from "./post.js";
import { store } from "./store.js";

const WORDS = "main form[method=post]:has(textarea)";

export class Drafts {
  // `emptied(form)` empties a form.
  constructor(whose, emptied) {
    this.emptied = emptied;
    this.name = `draft:${whose}`;
    document.addEventListener("input", ({ target }) => target.form?.matches(WORDS) && this.keep(target.form));
    document.addEventListener("change", ({ target }) => target.form?.matches(WORDS) && this.keep(target.form));
    addEventListener("storage", (event) => this.gone(event));
  }

  // Another tab of the same person has sent the words that stand here too, or thrown them away: they are not sent twice.
  gone({ key, oldValue, newValue }) {
    if (newValue !== null || !oldValue) return;
    for (const form of document.querySelectorAll(WORDS)) {
      if (this.key(form) === key && JSON.stringify(fields(form)) === JSON.stringify(store.read(oldValue))) this.emptied(form);
    }
  }

  keep(form) {
    const isEmpty = [...form.querySelectorAll("textarea")].every((one) => one.value === one.defaultValue);
    if (isEmpty) this.clear(form);
    else store.set(this.key(form), fields(form));
  }

  clear(form) {
    store.remove(this.key(form));
  }

  // Gives the forms within an element back what was typed in them, unless the page brought words of its own.
  restore(within, filled = fill) {
    for (const form of within.querySelectorAll(WORDS)) {
      const draft = store.get(this.key(form));
      const isUntouched = [...form.querySelectorAll("textarea")].every((one) => one.value === one.defaultValue);
      if (draft && isUntouched) filled(form, draft);
    }
  }

  // What is written under one item is not for another.
  key(form) {
    form.dataset.home ??= form.elements.namedItem("item")?.value ?? "";
    return `${this.name}:${form.id || form.getAttribute("action")}:${form.dataset.home}`;
  }
}

// Writes fields into a form, in their order where several have one name.
export function fill(form, sent) {
  const places = {};
  for (const [name, value] of sent) {
    const place = (places[name] = (places[name] ?? -1) + 1);
    const control = form.querySelectorAll(`[name="${CSS.escape(name)}"]`)[place];
    if (control?.matches("[type=checkbox], [type=radio]")) control.checked = control.value === value;
    else if (control && !control.matches("button")) control.value = value;
  }
}
