// Names that only those in the room may read leave a page that no longer shows them: what the rule prints stays.

export function leaveNames() {
  for (const name of document.querySelectorAll(".in-room")) name.remove();
  for (const printed of document.querySelectorAll(".on-paper")) printed.classList.remove("on-paper");
}
