// A stance with its strength and reason, without leaving the table: the form of the statement's own page, in a dialog.

import { fetched } from "./fetched.js";
import { word } from "./words.js";

// Opens the form behind a link "with a reason". Where it cannot be had, the link is an ordinary one.
export async function openWhy(link) {
  const page = await fetched(link.href).catch(() => null);
  const section = page?.getElementById("stance");
  if (!section) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.className = "why-dialog";
  dialog.setAttribute("aria-label", section.querySelector("h2").textContent);
  const form = section.querySelector("form");
  form.setAttribute("data-tray", "");
  form.addEventListener("submit", () => dialog.close());
  const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: word("close") });
  close.addEventListener("click", () => dialog.close());
  form.querySelector("button").after(" ", close);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(section);
  document.querySelector("main").append(dialog);
  dialog.showModal();
}
