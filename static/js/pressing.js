// While a finger or a button of the mouse is down, nothing is to move under it: a press that ends on something else than
// it began on is no press, and whoever pressed believes that it was.

const waiting = new Set();
let isDown = false;

for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "dragend"]) {
  addEventListener(kind, pressed, { capture: true, passive: true });
}

// (That it has ended elsewhere, outside the window say, the next movement tells.)
function pressed({ type, buttons }) {
  const was = isDown;
  isDown = type === "pointerdown" || (isDown && type === "pointermove" && buttons > 0);
  if (was && !isDown) setTimeout(release); // the click comes first
}

function release() {
  if (isDown) return;
  const works = [...waiting];
  waiting.clear();
  works.forEach((work) => work());
}

// Does it now, or as soon as nothing is pressed.
export function unpressed(work) {
  if (isDown) waiting.add(work);
  else work();
}
