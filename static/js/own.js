// Who answers the reader's own words answers "you". What comes live is drawn for a whole audience, under the name that it
// may read: whose words they are, the page knows.

import { word } from "./words.js";

const ARTICLE = "article[data-mine][id^=said-]";

export class Own {
  // The page brings the ids of what its reader said before; what they say from now on comes marked as theirs.
  constructor(discussion) {
    this.discussion = discussion;
    this.learned = new Set();
  }

  has(id) {
    return this.learned.has(id) || (this.discussion.dataset.own ?? "").split(" ").includes(id);
  }

  // Takes note of own statements in a drawing; answers to them may stand on the page already.
  learn(drawing) {
    const found = [...drawing.querySelectorAll(ARTICLE), ...(drawing.matches(ARTICLE) ? [drawing] : [])];
    for (const article of found) {
      const id = article.id.replace(/^said-/, "");
      if (this.has(id)) continue;
      this.learned.add(id);
      this.address(this.discussion);
    }
  }

  // Says "you" in what stands within an element.
  address(within) {
    for (const link of within.querySelectorAll("a[data-of]")) {
      if (this.has(link.dataset.of)) link.textContent = word("answers-you");
    }
  }
}
