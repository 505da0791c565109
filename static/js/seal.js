// Words sealed under a key of their writer's account, which the server gives its pages after each sign-in: whoever has
// the browser, and not the sign-in, reads nothing of them. ChaCha20 (RFC 8439, section 2.4), because the browser's own
// cryptography is there on https alone, and answers too late to keep what is typed while a page is being left.

const ROUNDS = 10; // of eight quarter rounds
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const QUARTERS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];
const NONCE = 12; // bytes
const MARK = "sealed:";
const WHOLE = "words:"; // begins whatever was sealed, so that a wrong key is known

// `key`: 64 hexadecimal digits.
export function seal(text, key) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const bytes = cipher(bytesOf(key), nonce, new TextEncoder().encode(WHOLE + text));
  return MARK + btoa(String.fromCharCode(...nonce) + letters(bytes));
}

// What was sealed; null under another key.
export function unseal(sealed, key) {
  try {
    const bytes = Uint8Array.from(atob(sealed.slice(MARK.length)), (letter) => letter.charCodeAt(0));
    const opened = cipher(bytesOf(key), bytes.subarray(0, NONCE), bytes.subarray(NONCE));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(opened);
    return text.startsWith(WHOLE) ? text.slice(WHOLE.length) : null;
  } catch {
    return null;
  }
}

export function isSealed(text) {
  return text.startsWith(MARK);
}

// The same both ways: each byte with one of the key's stream.
export function cipher(key, nonce, bytes, first = 0) {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 64) {
    const stream = block(key, first + at / 64, nonce);
    for (let place = at; place < Math.min(at + 64, bytes.length); place += 1) out[place] = bytes[place] ^ stream[place - at];
  }
  return out;
}

function block(key, counter, nonce) {
  const start = Uint32Array.of(...CONSTANTS, ...numbers(key), counter, ...numbers(nonce));
  const state = start.slice();
  for (let round = 0; round < ROUNDS; round += 1) for (const four of QUARTERS) quarter(state, ...four);
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((one, place) => out.setUint32(place * 4, one + start[place], true));
  return new Uint8Array(out.buffer);
}

function quarter(state, a, b, c, d) {
  for (const [to, from, turned, by] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
    state[to] += state[from];
    const mixed = state[turned] ^ state[to];
    state[turned] = (mixed << by) | (mixed >>> (32 - by));
  }
}

// Bytes as little-endian numbers of 32 bits.
function numbers(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, place) => view.getUint32(place * 4, true));
}

function bytesOf(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g), (two) => parseInt(two, 16));
}

function letters(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
