// What only the server can tell: the page as it is now, or an earlier part of a discussion.

import { freeButtons, still } from "./apply.js";

// -> the document at this address, null where the reader may not have it any more. Throws where there is no answer.
export async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) return null;
  if (!answer.ok) throw new Error(`${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  freeButtons(page.getElementById("discussion") ?? page);
  return page;
}

// Why the reader has not got the page any more: another place at the table, or nobody is signed in here.
export async function whyGone() {
  const answer = await fetch("/sign-in/", { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  return page && !page.querySelector('form[action="/sign-out/"]') ? "signed-out" : "not-allowed";
}

// Makes the discussion what it is in `fresh`, and with it the lists and all that has a version elsewhere on the page.
// What is the same stays untouched; what the reader is at stays until they are done (`page.replace`).
export function renew(page, fresh) {
  page.held.clear();
  page.early.clear();
  still(() => {
    for (const one of fresh.querySelectorAll("#discussion, ol[id], [id][data-version]")) {
      const present = one.parentElement.closest("#discussion, ol[id]") ? null : document.getElementById(one.id);
      if (present) morph(page, present, one);
    }
  });
  return JSON.parse(page.discussion.dataset.streams);
}

function morph(page, present, fresh) {
  if (present.isEqualNode(fresh) || present.matches("form[data-tray]:has(textarea)")) return;
  if ("version" in fresh.dataset) return page.replace(present, fresh);
  for (const { name, value } of [...fresh.attributes]) present.setAttribute(name, value);
  for (const { name } of [...present.attributes]) if (!fresh.hasAttribute(name)) present.removeAttribute(name);
  const own = new Map([...present.children].filter((child) => child.id).map((child) => [child.id, child]));
  const kept = new Set([...fresh.children].map((child) => own.get(child.id)).filter(Boolean));
  let place = present.firstChild;
  const past = () => {
    while (place && !kept.has(place)) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
  };
  for (const child of [...fresh.childNodes]) {
    const same = own.get(child.id);
    past();
    if (!same) {
      present.insertBefore(child, place);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else present.insertBefore(same, place);
    kept.delete(same);
    morph(page, same, child);
  }
  past();
}

// Adds what the fetched page has before what is here, in each discussion of both. What stood first stays where it is.
export function addEarlier(page, fresh, link) {
  const first = page.discussion.querySelector("ol.thread > li > article") ?? undefined;
  still(() => {
    for (const more of fresh.querySelectorAll("#discussion ol.thread")) addBefore(page, more);
    const next = fresh.querySelector("a[data-earlier]");
    if (next) link.href = next.getAttribute("href");
    else (link.closest(".more") ?? link).remove();
  }, first);
}

function addBefore(page, more) {
  const container = document.getElementById(more.id);
  const first = container?.firstElementChild;
  for (const one of container ? [...more.children] : []) {
    if (document.getElementById(one.id)) page.put(one);
    else container.insertBefore(one, first);
  }
  if (container && !("partial" in more.dataset)) delete container.dataset.partial;
}
