// Leaving the room: who may not be here any more has nothing of it on the screen, from that moment on.

import { word } from "./words.js";

// Takes everything that was said off the page and says why. Own words that were never sent are their writer's: whoever
// was removed can still copy them; whoever signed out may have left the chair to somebody else.
export function leave(why, tray) {
  const panel = Object.assign(document.createElement("main"), { id: "main", className: "left-room", tabIndex: -1 });
  document.title = word(`left-${why}`); // as long as the page still has its sentences
  panel.append(line("h1", word(`left-${why}`)), line("p", word(`left-${why}-more`)));
  const unsent = why === "signed-out" ? [] : tray.items().filter((item) => item.text);
  if (unsent.length) {
    panel.append(line("p", word("left-unsent")), ...unsent.map((item) => line("blockquote", item.text)));
  }
  const ways = line("p", "");
  ways.append(Object.assign(line("a", word(`left-${why}-link`)), { href: location.href }), " ");
  ways.append(Object.assign(line("a", word("left-events")), { href: "/" }));
  panel.append(ways);
  document.querySelector(".page").replaceChildren(panel);
  if (why === "signed-out") document.querySelector(".masthead .account")?.remove(); // the name of who was here
  panel.focus(); // what had the focus is gone: this is where a keyboard and a screen reader go on
}

function line(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
