// A page that is drawn once, and says when it no longer shows what is: nothing that is being read moves.

import { leave } from "./left.js";
import { Live } from "./live.js";
import { leaveNames } from "./room.js";

const line = document.getElementById("changed");
const nothing = { items: () => [] }; // no words are written here

function changed() {
  line.firstElementChild.hidden = false;
}

const live = new Live(new URL(line.dataset.socket, location.href.replace(/^http/, "ws")).href, JSON.parse(line.dataset.streams), {
  entry: changed,
  now() {},
  state() {},
  left: (why) => leave(why, nothing),
  async reset() {
    leaveNames();
    changed();
    live.end?.("reload");
    return new Promise(() => {}); // the reader fetches it anew when they like
  },
});

addEventListener("online", () => live.wake());
addEventListener("pageshow", (event) => event.persisted && live.wake());
live.open();
