// Says in time that the session will end, and lets people stay. The server decides when it does.
const BEFORE = 5 * 60_000;
const STEP = 60_000; // the server notes use once a minute: it may count from a little earlier
const LOOK = 5_000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("jpmirai:session") : null;
const waiting = new Set();
let watch = null;

/** Watch the session of the page that has one. */
export function session(root) {
  if (root.querySelector("[data-signed-in-again]")) channel?.postMessage("signed-in");
  const box = root.querySelector("[data-session]");
  if (box) watch = new Watch(box);
  channel?.addEventListener("message", ({ data }) => {
    watch?.used();
    if (data === "signed-in") waiting.forEach((action) => action());
  });
}

/** The server has just answered: the session begins to idle anew, in every tab. */
export function aliveAgain() {
  watch?.used();
  channel?.postMessage("used");
}

/** Call back once somebody has signed in again in another tab. */
export function onSignedIn(action) {
  waiting.add(action);
}

class Watch {
  constructor(box) {
    this.box = box;
    this.idle = Number(box.dataset.idle) * 1000 - STEP;
    this.last = Date.now() + Number(box.dataset.left) * 1000;
    this.used();
    channel?.postMessage("used"); // loading a page is use
    box.querySelector("[data-stay]").addEventListener("click", () => this.stay());
    setInterval(() => this.look(), LOOK);
    document.addEventListener("visibilitychange", () => this.look());
  }

  used() {
    this.until = Date.now() + this.idle;
    this.look();
  }

  /** Show nothing, that it ends soon, that it ends for good (after a working day), or that it did. */
  look() {
    const ends = Math.min(this.until, this.last);
    const left = ends - Date.now();
    const state = left > BEFORE ? "" : left <= 0 ? "over" : ends === this.last ? "last" : "soon";
    if (state === this.state) return;
    this.state = state;
    for (const part of this.box.querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== state;
    }
    this.box.hidden = !state;
  }

  async stay() {
    let answer = null;
    try {
      answer = await fetch(this.box.dataset.session, { headers: { Accept: "application/json" } });
    } catch {
      return; // it is shown until it works
    }
    if (answer.ok) {
      const told = await answer.json();
      this.last = Date.now() + told.left * 1000;
      aliveAgain();
    } else if (answer.status === 401) {
      this.until = 0;
      this.look();
    }
  }
}
