// A stance with its strength and reason, without leaving the table: the form of the statement's own page, in a dialog.

import { fetched } from "./fetched.js";
import { word } from "./words.js";

// Opens the form behind a link "with a reason", with a stance chosen in it if one was pressed already. Where it cannot be
// had, the link is an ordinary one.
export async function openWhy(link, stance = "") {
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
  const chosen = stance && form.querySelector(`[name="stance"][value="${CSS.escape(stance)}"]`);
  if (chosen) chosen.checked = true;
  dialog.showModal();
  if (chosen) form.querySelector("[name=reason]").focus();
}
