// A passkey is made and used by the browser: what the server asks goes in, what the browser answers goes into the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (some) => some?.map((one) => ({ ...one, id: bytes(one.id) }));

// What the server asks for, with bytes where it could write only letters.
function asked({ publicKey: told }) {
  const options = { ...told, challenge: bytes(told.challenge) };
  if (told.user) options.user = { ...told.user, id: bytes(told.user.id) };
  if (told.excludeCredentials) options.excludeCredentials = known(told.excludeCredentials);
  if (told.allowCredentials) options.allowCredentials = known(told.allowCredentials);
  return { publicKey: options };
}

// What the browser answers, in letters.
function answered({ id, rawId, type, response }) {
  const told = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: told });
}

async function fill(form) {
  form.elements.do.value = "begin";
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`answered with ${answer.status}`);
  const credential = await navigator.credentials[form.dataset.passkey](asked(await answer.json()));
  form.elements.credential.value = answered(credential);
  form.elements.do.value = "use";
}

async function press(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const problem = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  problem.hidden = true;
  button.disabled = true;
  try {
    await fill(form);
    form.submit();
  } catch {
    problem.hidden = false; // whoever closed the browser's question, or has no such passkey
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", press);
    form.hidden = false;
  }
  for (const other of document.querySelectorAll("[data-without-passkey]")) other.hidden = true;
}
