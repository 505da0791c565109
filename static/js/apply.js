// How a drawing comes to stand on the page: by id and version, so that an older one never replaces a newer, and so that
// nothing moves of what the reader is doing. The rule is the same for what comes live and for what is fetched.

// ---------------------------------------------------------------- reading a drawing

// The elements of an entry's html, and the sentences that it says aloud.
export function read(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  freeButtons(template.content);
  const spoken = [...template.content.querySelectorAll("template[data-say]")];
  spoken.forEach((one) => one.remove());
  return { parts: [...template.content.children], said: spoken.map((one) => one.dataset.say) };
}

// Takes the buttons within out of the form elsewhere on the page that they name. Where thousands of buttons name one, the
// browser goes through all of them whenever a single one comes or goes; pressed, they still find it (table.js).
export function freeButtons(within) {
  for (const button of within.querySelectorAll("button[form]")) {
    button.dataset.form = button.getAttribute("form");
    button.removeAttribute("form");
  }
}

const version = (element) => Number(element.dataset.version ?? -1);
const isMine = (element) => "mine" in element.dataset;

// Whether a drawing takes the place of another one of the same thing: a newer one does, and of two as new the one that
// was drawn for its author.
export function supersedes(fresh, present) {
  if (version(fresh) !== version(present)) return version(fresh) > version(present);
  return isMine(fresh) && !isMine(present);
}

// ---------------------------------------------------------------- what the reader is doing

const TYPED = "textarea, select, input:not([type=hidden], [type=submit], [type=button]), [contenteditable]";

// Whether replacing the element by `fresh` would take something out of the reader's hands.
export function isBusy(element, fresh) {
  return holdsFocus(element, fresh) || holdsSelection(element) || isBegun(element);
}

// Focus on a button or a link goes over to the same one of the new drawing; typing does not.
function holdsFocus(element, fresh) {
  const focused = document.activeElement;
  if (!element.contains(focused)) return false;
  return focused.matches(TYPED) || !counterpart(focused, element, fresh);
}

function holdsSelection(element) {
  const selection = getSelection();
  return selection.rangeCount > 0 && !selection.isCollapsed && selection.containsNode(element, true);
}

// A form with something in it that the page did not bring.
function isBegun(element) {
  return [...element.querySelectorAll(TYPED)].some((control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
    if (!control.matches("select")) return (control.value ?? "") !== (control.defaultValue ?? "");
    const chosen = Math.max(0, [...control.options].findIndex((option) => option.defaultSelected));
    return !control.multiple && control.selectedIndex > -1 && control.selectedIndex !== chosen;
  });
}

// The element of `fresh` that is to it what `inner` is to `element`.
function counterpart(inner, element, fresh) {
  if (inner === element) return fresh;
  if (inner.id) return fresh.querySelector(`#${CSS.escape(inner.id)}`);
  const key = (one) => [one.name, one.value, one.getAttribute("href")].join(" ");
  const alike = (within) => [...within.querySelectorAll(inner.localName)].filter((one) => key(one) === key(inner));
  return alike(fresh)[alike(element).indexOf(inner)];
}

// Puts `fresh` where `present` stood, with the same folds open and focus on the same control.
function swap(present, fresh) {
  const focused = present.contains(document.activeElement) && counterpart(document.activeElement, present, fresh);
  for (const open of present.querySelectorAll("details[open]")) counterpart(open, present, fresh)?.setAttribute("open", "");
  present.replaceWith(fresh);
  if (focused) focused.focus({ preventScroll: true });
  window.htmx?.process(fresh);
}

// Does something to the page without moving what is in sight. (Where the browser anchors by itself, table.css has it
// leave that to us: twice would be once too much.) Everything that may change a height goes through here.
export function still(work, anchor = inSight()) {
  const before = anchor?.getBoundingClientRect().top;
  const { id } = anchor?.closest("[id]") ?? {};
  work();
  const after = anchor?.isConnected ? anchor : document.getElementById(id);
  if (after) giveBack(() => after.getBoundingClientRect().top - before);
}

let rest = 0; // the part of a pixel by which the page stands wrong: a browser scrolls by whole ones

// Scrolls by what something has moved. What is left of it is not forgotten, or fifty arrivals would add up to a line.
function giveBack(moved) {
  const owed = rest;
  const all = moved() + owed;
  if (Math.abs(all) >= 0.5) scrollBy({ top: all, behavior: "instant" });
  rest = moved() + owed;
  if (Math.abs(rest) >= 1) rest = 0; // the page ends here, and cannot be scrolled so far
}

const EYES = 0.33; // of the screen's height: about there one reads

// What the reader looks at: what has the focus, if it is on the screen, or the statement a third down.
function inSight() {
  const focused = document.activeElement?.closest("main *");
  if (focused && isOnScreen(focused) && flows(focused)) return focused;
  const line = innerHeight * EYES;
  for (const thread of document.querySelectorAll("ol.thread")) {
    const { top, bottom } = thread.getBoundingClientRect();
    if (top <= line && bottom > line) return firstBelow(thread.children, line);
  }
  const page = document.querySelector("main")?.getBoundingClientRect();
  const there = page && document.elementFromPoint(page.left + page.width / 2, line);
  return there && flows(there) ? there.closest("main :is(article, li, form, p, h1, h2, h3)") : null;
}

// The first of some elements, one below the other, that reaches below a height: found by halving, for there may be
// thousands. (Asking the browser what stands at a point costs a hundred times as much.)
function firstBelow(elements, height) {
  let [low, high] = [0, elements.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (elements[middle].getBoundingClientRect().bottom > height) high = middle;
    else low = middle + 1;
  }
  return elements[low];
}

function isOnScreen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

// Whether it moves with the page: what is fixed to the screen says nothing about where the reader is.
function flows(element) {
  for (let one = element; one; one = one.parentElement) {
    if (/fixed|sticky/.test(getComputedStyle(one).position)) return false;
  }
  return true;
}

// ---------------------------------------------------------------- the rule

// A page that takes in drawings. `held`: what waits until the reader is done with what it replaces. `early`: what comes
// after something that is not on the page yet (an entry draws what is now, so its neighbour's own entry may follow it).
export class Page {
  constructor(discussion) {
    this.discussion = discussion;
    this.held = new Map();
    this.early = new Map();
    this.arrived = () => {}; // told each element that is new on the page
    this.comes = () => {}; // told each drawing that comes, and
    this.stands = () => {}; // each that is about to stand on the page
    for (const end of ["focusout", "selectionchange", "reset", "change"]) {
      document.addEventListener(end, () => this.held.size && setTimeout(() => this.release()));
    }
  }

  // Takes in an entry's html. Returns the sentences that it says aloud.
  take(html) {
    const { parts, said } = read(html);
    for (const part of parts) this.comes(part);
    for (const part of parts) this.put(part);
    return said;
  }

  // Takes in what is only so now (who is here, a clock): it has no version, and the latest counts.
  now(html) {
    for (const part of read(html).parts) {
      const present = document.getElementById(part.id);
      if (present && "version" in part.dataset) this.put(part);
      else if (present && !present.isEqualNode(part)) this.replace(present, part);
    }
  }

  put(fresh) {
    const present = document.getElementById(fresh.id);
    if (!present) this.insert(merged(fresh, this.early.get(fresh.id)));
    else if (!("version" in fresh.dataset)) named(fresh).forEach((child) => this.put(child));
    else if (supersedes(fresh, this.held.get(fresh.id) ?? present)) this.replace(present, fresh);
  }

  replace(present, fresh) {
    this.held.delete(fresh.id);
    if (isBusy(present, fresh)) return this.held.set(fresh.id, fresh);
    this.stands(fresh);
    swap(present, fresh);
  }

  // Puts in the place of what they were held back for all those that may take it now.
  release() {
    still(() => {
      for (const [id, fresh] of [...this.held]) {
        const present = document.getElementById(id);
        this.held.delete(id);
        if (present) this.replace(present, fresh);
      }
    });
  }

  insert(fresh) {
    const container = document.getElementById(fresh.dataset.into);
    if (!container) return fresh.dataset.into ? undefined : this.keep(fresh);
    if ("append" in container.dataset || "append" in fresh.dataset) return this.stand(fresh, () => container.append(fresh));
    const before = this.before(fresh);
    if (!before) return "partial" in container.dataset ? undefined : this.stand(fresh, () => container.prepend(fresh));
    const neighbour = document.getElementById(before);
    if (!neighbour || !container.contains(neighbour)) return this.wait(fresh);
    this.stand(fresh, () => neighbour.after(fresh));
  }

  // The id of the place that a statement comes after, in the order in which the discussion is shown; "" for the first.
  before(fresh) {
    const { after = "", afterTime = after } = fresh.dataset;
    const id = this.discussion.dataset.as === "time" ? afterTime : after;
    return id && !id.startsWith("s-") ? `s-${id}` : id;
  }

  // What is mine comes on a stream of its own, and may come before the place that it belongs to.
  keep(fresh) {
    if (isMine(fresh)) this.wait(fresh);
    else named(fresh).forEach((child) => this.keep(child));
  }

  stand(fresh, put) {
    this.early.delete(fresh.id);
    for (const drawn of named(fresh)) {
      const known = this.early.get(drawn.id);
      if (known && supersedes(known, drawn)) drawn.replaceWith(known);
      this.early.delete(drawn.id);
    }
    this.stands(fresh);
    put();
    window.htmx?.process(fresh);
    this.arrived(fresh);
    this.follow(fresh.id);
  }

  wait(fresh) {
    this.early.delete(fresh.id); // to the end of the line
    this.early.set(fresh.id, fresh);
    if (this.early.size > 1000) this.early.delete(this.early.keys().next().value);
  }

  // Lets those stand that waited for what has this id.
  follow(id) {
    const next = [...this.early.values()].filter((one) => this.before(one) === id);
    for (const fresh of next) this.put(fresh);
  }
}

const named = (element) => [...element.children].filter((child) => child.id);

// The later drawing of something that is not on the page yet, with whatever a former one knew better.
function merged(fresh, former) {
  for (const known of former ? named(former) : []) {
    const drawn = named(fresh).find((child) => child.id === known.id);
    if (drawn && supersedes(known, drawn)) drawn.replaceWith(known);
  }
  return fresh;
}
