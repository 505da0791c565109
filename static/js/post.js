// Sends a form's fields to the server and says how it went, in the few ways that matter to whoever sent them.

// What a form would send: [[name, value], …], less what belongs to the page and not to the words.
export function fields(form, submitter) {
  const pressed = submitter?.name ? [[submitter.name, submitter.value]] : [];
  const all = [...new FormData(form), ...pressed].filter(([, value]) => typeof value === "string");
  return all.filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "key");
}

// A key that nobody has used: 128 random bits. (randomUUID is not there without https; this is.)
export function newKey() {
  const bits = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bits)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// -> {saved: id}          the server has it
//    {refused, status}    it does not want it: a sentence, or "" where it gave none
//    {later, after}       nobody knows: to be sent again with the same key, after so many milliseconds if it said so;
//                         `failed`: the server had it, and broke over it
export async function post(address, sent, timeout) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams([...sent, ["csrfmiddlewaretoken", token]]);
  const headers = { Accept: "application/json" };
  try {
    const signal = AbortSignal.timeout(timeout);
    const answer = await fetch(address, { method: "POST", body, headers, signal, redirect: "manual" });
    return judged(answer, await answer.json().catch(() => null));
  } catch {
    return { later: true };
  }
}

// What is neither our "saved" nor a refusal (somebody else's page in between, a server that is starting) decides nothing.
function judged(answer, said) {
  if (answer.ok && said?.saved) return { saved: said.saved };
  if (answer.type === "opaqueredirect") return { refused: "", status: 401 }; // to the page for signing in
  const after = Number(answer.headers.get("Retry-After")) * 1000 || undefined;
  const isPassing = answer.ok || answer.status >= 500 || answer.status === 408 || (answer.status === 429 && after);
  if (isPassing) return { later: true, after, told: said?.error, failed: answer.status === 500 };
  return { refused: said?.error ?? "", status: answer.status };
}
