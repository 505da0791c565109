// Whether the server can be reached at all. While a page waits to come back, it asks the lightest address there is; and only
// as long as nobody answers, for a server that answers and takes no sockets is to be left alone.

const TIMES = {
  ask: 4_000, // from one question to the next, give or take a quarter
  answer: 5_000, // to one question
  return: 1_000, // not all pages come back in the same moment
};

export class Reach {
  // `ask(signal)` -> whether somebody answered; `returned()` is called once somebody does after nobody did.
  constructor(ask, returned, times = {}) {
    Object.assign(this, { ask, returned, times: { ...TIMES, ...times } });
    this.asking = null;
  }

  // Asks, unless it does so already: every failed try to come back begins here.
  start() {
    if (!this.asking) this.run((this.asking = {}));
  }

  stop() {
    this.asking = null;
  }

  async run(mine) {
    const wait = (most, least = 0) => new Promise((on) => setTimeout(on, least + Math.random() * (most - least)));
    const isMine = () => this.asking === mine;
    const { ask, answer, return: soon } = this.times;
    let missed = false;
    await wait(soon);
    while (isMine() && !(await this.ask(AbortSignal.timeout(answer)))) {
      missed = true;
      await wait(1.25 * ask, 0.75 * ask);
    }
    if (missed) await wait(soon);
    if (!isMine()) return;
    this.stop();
    if (missed) this.returned();
  }
}
