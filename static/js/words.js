// The sentences that scripts show: they stand, translated, in the page's <template id="words">.

const language = document.documentElement.lang || "en";
const figures = new Intl.NumberFormat(language);
const plurals = new Intl.PluralRules(language);

// `word("live")`, or with what it speaks of: `word("too-long", { n: 12 })`. Where `n` is given there may be a sentence
// of its own for one ("too-long.one"); numbers are written as the reader's language writes them.
export function word(name, values = {}) {
  const said = document.getElementById("words")?.content;
  const find = (key) => said?.querySelector(`[data-word="${key}"]`)?.textContent.trim();
  const text = ("n" in values && find(`${name}.${plurals.select(values.n)}`)) || find(name) || "";
  return text.replace(/\{(\w+)\}/g, (place, key) => (key in values ? written(values[key]) : place));
}

// Says a sentence to whoever listens to the page. What comes in one breath is said in one; of many, only how many.
const FEW = 3;
let breath = [];

export function say(...sentences) {
  if (!breath.length) setTimeout(speak, 300);
  breath.push(...sentences.filter(Boolean));
}

function speak() {
  const region = document.querySelector("[data-live-region]");
  if (region) region.textContent = breath.length > FEW ? word("much-came", { n: breath.length }) : breath.join(" ");
  breath = [];
}

function written(value) {
  return typeof value === "number" ? figures.format(value) : value;
}
