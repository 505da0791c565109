// The chapter's page: statements beside the sentence that rests on them, notes beside their calls, and the place in
// the contents. Without it every link is a page, and the notes stand at the end.

const GAP = 14; // pixels between two things in the margin
const wide = matchMedia("(min-width: 75rem)");

class ChapterReading extends HTMLElement {
  connectedCallback() {
    this.article = this.querySelector(".chapter");
    this.basis = this.querySelector(".basis");
    this.notes = [...this.querySelectorAll(".notes > ol > li")];
    this.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    new ResizeObserver(() => this.settle()).observe(this.article);
    new ResizeObserver(() => this.settle()).observe(this.basis);
    wide.addEventListener("change", () => this.settle());
    this.followReader();
    this.settle();
  }

  // ---------------------------------------------------------------- the statements behind a sentence

  clicked(event) {
    if (event.target.closest(".basis .close")) return this.close();
    const link = event.target.closest("a.behind");
    if (!link && event.target.closest("a, button, summary, .basis")) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!link && !getSelection().isCollapsed) return; // somebody is selecting words, not asking
    const sentence = event.target.closest(".sentence");
    if (!sentence || !window.htmx) return;
    event.preventDefault();
    if (sentence === this.sentence) this.close();
    else this.open(sentence);
  }

  async open(sentence) {
    this.close();
    this.sentence = sentence;
    this.link = sentence.querySelector("a.behind");
    const filled = this.basis.querySelector(".filled");
    filled.replaceChildren();
    sentence.classList.add("is-open", "is-asking");
    const asked = htmx.ajax("GET", this.link.getAttribute("href"), { source: filled, target: filled, swap: "innerHTML" });
    await asked.catch(() => {}); // no connection: the margin stays empty, and says so
    sentence.classList.remove("is-asking");
    if (this.sentence !== sentence) return; // another one was opened meanwhile
    if (!filled.hasChildNodes()) filled.append(this.querySelector("template.lost").content.cloneNode(true));
    this.show(sentence);
  }

  // It comes after the paragraph, so that a keyboard and a screen reader find it next; focus stays where it is.
  show(sentence) {
    const paragraph = sentence.closest("p");
    if (paragraph) paragraph.after(this.basis);
    else sentence.parentElement.append(this.basis);
    this.basis.hidden = false;
    this.link.setAttribute("aria-expanded", "true");
    this.querySelector("[role=status]").textContent = this.querySelector("template.shown").content.textContent;
    this.settle();
    if (!wide.matches) this.uncover(sentence);
  }

  // The sheet at the foot of a small screen must not lie on the sentence that it is about.
  uncover(sentence) {
    const covered = sentence.getBoundingClientRect().bottom + GAP - this.basis.getBoundingClientRect().top;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    if (covered > 0) scrollBy({ top: covered, behavior });
  }

  close() {
    if (!this.sentence) return;
    const held = this.basis.contains(document.activeElement);
    this.sentence.classList.remove("is-open");
    this.link.removeAttribute("aria-expanded");
    this.basis.hidden = true;
    this.querySelector("[role=status]").textContent = "";
    if (held) this.link.focus({ preventScroll: true });
    this.sentence = null;
    this.settle();
  }

  // ---------------------------------------------------------------- the margin

  // Everything in the margin stands at the height of what it belongs to, or below what stands there already. Only the
  // statements of the open sentence come first: they stand where they can be read, and the notes make way for them.
  settle() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => {
      this.classList.toggle("beside-notes", wide.matches);
      if (wide.matches) this.place();
      else for (const one of [...this.notes, this.basis]) one.style.removeProperty("inset-block-start");
    });
  }

  place() {
    const origin = this.article.getBoundingClientRect().top;
    const height = (element) => element.getBoundingClientRect().top - origin;
    const notes = this.notes.map((note) => {
      const call = this.querySelector(`#call-${note.value}`);
      return { element: note, top: call ? height(call) : 0, size: note.offsetHeight };
    });
    const set = (element, top) => element.style.setProperty("inset-block-start", `${Math.round(top)}px`);
    let free = this.querySelector(".about").getBoundingClientRect().bottom - origin + GAP;
    let taken = null;
    if (this.sentence && !this.basis.hidden) {
      const size = this.basis.offsetHeight;
      const top = Math.max(this.inSight(size) - origin, free);
      taken = { from: top - GAP, to: top + size + GAP };
      set(this.basis, top);
    }
    for (const note of notes.sort((one, other) => one.top - other.top)) {
      let top = Math.max(note.top, free);
      if (taken && top < taken.to && top + note.size > taken.from) top = taken.to;
      set(note.element, top);
      free = top + note.size + GAP;
    }
  }

  // How far below the top of the screen the statements stand, so that nobody has to look for them: level with their
  // sentence, or higher where they would end below the screen. Once the sentence has left it, level with that.
  inSight(size) {
    const { top, bottom } = this.sentence.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) return top;
    return Math.max(GAP, Math.min(top, innerHeight - size - GAP));
  }

  // ---------------------------------------------------------------- the contents

  followReader() {
    const links = new Map();
    for (const link of this.querySelectorAll(".contents a")) {
      const section = this.querySelector(`[id="${CSS.escape(link.hash.slice(1))}"]`);
      if (section) links.set(section, link);
    }
    const seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.mark(links.get(target));
        else links.get(target).removeAttribute("aria-current");
      }
    }, { rootMargin: "-15% 0px -84% 0px" });
    for (const section of links.keys()) seen.observe(section);
  }

  // Marks where the reader is, and keeps that in sight where the contents are longer than the screen.
  mark(link) {
    link.setAttribute("aria-current", "true");
    const contents = this.querySelector(".contents");
    const below = link.offsetTop + link.offsetHeight - contents.clientHeight / 2;
    if (contents.scrollHeight > contents.clientHeight) contents.scrollTop = below;
  }
}

customElements.define("chapter-reading", ChapterReading);
