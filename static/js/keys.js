// Single keys for whoever keeps their hands on the keyboard. They never fire while somebody types, and can be turned off.

import { store } from "./store.js";

const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
const OFF = "keys-off";
const PAUSE = 1_500; // between the two keys of a pair

export class Keys {
  // `deeds`: {key: function}; a pair such as "g t" is pressed one after the other. A button of the page may have a key too: of several in sight, the last.
  constructor(deeds, help) {
    this.deeds = { ...deeds, "?": () => help?.showModal() };
    this.first = "";
    document.addEventListener("keydown", (event) => this.pressed(event));
    const on = help?.querySelector("[data-keys-on]");
    if (!on) return;
    on.checked = !store.get(OFF);
    on.addEventListener("change", () => (on.checked ? store.remove(OFF) : store.set(OFF, true)));
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    if (store.get(OFF) && event.key !== "?") return;
    const pair = this.first && `${this.first} ${event.key}`;
    const button = [...document.querySelectorAll(`button[data-key="${CSS.escape(event.key)}"]`)].findLast((one) => one.checkVisibility());
    const deed = this.deeds[pair] ?? this.deeds[event.key] ?? (button && (() => button.click()));
    this.first = !deed && this.begins(event.key) ? event.key : "";
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (this.first = ""), PAUSE);
    if (!deed) return;
    event.preventDefault();
    deed();
  }

  begins(key) {
    return Object.keys(this.deeds).some((one) => one.startsWith(`${key} `));
  }
}
