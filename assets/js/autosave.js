// Saves an answer while it is typed. The server decides everything: this sends the form as it
// stands, shows what came of it, and never touches a field that somebody is in.
import { aliveAgain, onSignedIn } from "./session.js";
import { Shelf } from "./shelf.js";

const QUIET = 1500;
const LONGEST = 60_000;
const PATIENCE = 20_000;
const UNITS = [["level", "na_reason"], ["text"], ["note"], ["reach"]];
const TOKENS = ["choice", "text", "note", "reach"];
const FIELDS = UNITS.flat();

/** Bring every form that asks for it to life. */
export function autosave(root) {
  root.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.panel = form.querySelector("[data-saving]");
    this.line = this.panel.querySelector("[data-line]");
    this.live = this.panel.querySelector("[role=status]");
    this.disputes = document.getElementById("disputes");
    this.shelf = new Shelf(form.elements.who.value);
    this.saved = snapshot(form);
    this.settled = new Set();
    this.other = "";
    this.refused = null; // what is in dispute as it stands: sending it once more settles nothing
    this.wait = 0;
    this.busy = this.composing = this.leaving = false;
    this.pending = null; // sent, and no word of whether it arrived
    this.submitter = null;
    this.listen();
    this.offer();
  }

  listen() {
    const { form } = this;
    form.addEventListener("compositionstart", () => {
      this.composing = true;
      clearTimeout(this.timer);
    });
    form.addEventListener("compositionend", () => {
      this.composing = false;
      this.soon(QUIET);
    });
    form.addEventListener("input", (event) => this.typed(event, QUIET));
    form.addEventListener("change", (event) => this.typed(event, 0));
    form.addEventListener("submit", (event) => this.submitted(event));
    for (const part of [this.panel, this.disputes]) {
      part.addEventListener("click", (event) => this.pressed(event));
    }
    window.addEventListener("online", () => this.again());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.leaving = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved() && !this.leaving) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.unsaved()) this.soon(0);
    });
    onSignedIn(() => this.state === "expired" && this.again());
  }

  unsaved() {
    return FIELDS.some((name) => value(this.form, name) !== this.saved[name]);
  }

  /** "Not applicable" is no answer before it has its reason. */
  unfinished() {
    return value(this.form, "level") === "na" && !value(this.form, "na_reason").trim();
  }

  typed(event, pause) {
    if (this.showing || !FIELDS.includes(event.target.name)) return;
    this.keep();
    if (event.isComposing || this.composing) return;
    this.soon(pause);
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** Pressed to save: goes out once the request under way has been answered, or stays here. */
  submitted(event) {
    clearTimeout(this.timer);
    if (this.leaving || !(this.busy || this.pending)) {
      this.leaving = true;
      this.keep({ submitted: true });
      return;
    }
    event.preventDefault();
    this.submitter = event.submitter ?? this.form.querySelector("button[type=submit]");
    if (!this.busy) this.save();
  }

  again() {
    this.wait = 0;
    if (this.unsaved()) this.soon(0);
  }

  /** Keep what is not stored yet in this tab, until the server has it. */
  keep(more = {}) {
    const seen = this.form.elements.seen.value;
    if (this.unsaved()) this.shelf.put({ ...snapshot(this.form), seen, ...more });
    else this.shelf.clear();
  }

  /** Send the newest state; one request at a time, the next one follows by itself. */
  async save() {
    if (this.busy || this.composing || this.leaving) return;
    if (!this.unsaved() && !this.pending) return;
    if (!this.pending && (this.unfinished() || this.stillDisputed())) return;
    this.busy = true;
    const settling = [...this.settled];
    // first what may have arrived already: it must not look like somebody else's change
    const sent = this.pending ?? snapshot(this.form);
    this.pending = sent;
    this.say("saving", this.panel.dataset.saving, { quiet: true });
    const answer = await attempt(() =>
      fetch(this.form.getAttribute("action"), {
        method: "POST",
        body: this.body(sent),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      }),
    );
    await this.answered(answer, sent, settling);
    this.busy = false;
    this.follow();
  }

  /** After an answer: the form that was to go out, or what was typed meanwhile. */
  follow() {
    const { submitter } = this;
    this.submitter = null;
    if (submitter && !this.pending) {
      clearTimeout(this.timer);
      this.form.requestSubmit(submitter);
    } else if (this.state === "saved" && this.unsaved() && !this.composing) {
      this.soon(QUIET);
    }
  }

  body(sent) {
    const body = new URLSearchParams(sent);
    for (const name of ["csrf_token", "who", "version", "seen", "kept"]) {
      if (this.form.elements[name]) body.set(name, this.form.elements[name].value);
    }
    if (this.other) body.set("other", this.other);
    for (const settled of this.settled) body.append("settle", settled);
    return body;
  }

  async answered(answer, sent, settling) {
    const status = answer?.status ?? 0;
    const told = isJson(answer) ? ((await attempt(() => answer.json())) ?? {}) : {};
    if (!status || status >= 500 || (answer.ok && !told.version)) return this.retry();
    this.pending = null; // answered: whatever it says, it is not under way any more
    if (answer.ok) return this.stored(told, sent);
    if (status === 401) return this.stop("expired");
    if (status === 409 && told.html) return this.disputed(told, sent, settling);
    if (told.said) return this.say("refused", told.said);
    return this.renew(status);
  }

  stored(told, sent) {
    this.absorb(told, sent);
    this.form.elements.version.value = told.version;
    if (this.form.elements.kept) this.form.elements.kept.value = "";
    this.saved = { ...sent, ...this.shown };
    this.settled.clear();
    this.other = "";
    this.refused = null;
    this.wait = 0;
    this.disputes.replaceChildren();
    this.disputes.hidden = true;
    this.keep();
    aliveAgain();
    this.say("saved", told.said);
  }

  /** Take over what a colleague changed. What could not be shown has not been seen either. */
  absorb(told, sent) {
    const before = this.form.elements.seen.value.split(".");
    this.shown = {};
    const after = told.seen.split(".").map((part, index) => {
      if (!told.taken.includes(TOKENS[index])) return part;
      return this.take(UNITS[index], told.fields, sent) ? part : before[index];
    });
    this.form.elements.seen.value = after.join(".");
  }

  /** Show what a colleague changed, unless somebody is in the field or has typed on. */
  take(names, fields, sent) {
    if (names.some((name) => value(this.form, name) !== sent[name])) return false;
    if (names.some((name) => controls(this.form, name).includes(document.activeElement))) return false;
    for (const name of names) {
      this.show(name, fields[name]);
      this.shown[name] = fields[name];
    }
    return true;
  }

  show(name, text) {
    for (const control of controls(this.form, name)) {
      if (control.type === "radio") control.checked = control.value === text;
      else control.value = text;
    }
    this.showing = true; // what the script writes is not typed, but the counter must know
    controls(this.form, name)[0].dispatchEvent(new Event("input", { bubbles: true }));
    this.showing = false;
    this.form.dispatchEvent(new Event("app:shown"));
  }

  disputed(told, sent, settling) {
    this.absorb(told, sent);
    Object.assign(this.saved, this.shown);
    this.other = told.other;
    this.theirs = told.fields;
    this.refused = sent;
    // what was settled while this was under way has not been sent yet
    for (const one of settling) {
      if (told.units.includes(unitOf(one))) this.settled.delete(one);
    }
    const settled = new Set([...this.settled].map(unitOf));
    const open = told.units.filter((unit) => !settled.has(unit));
    if (!open.length) return this.settleNow();
    this.dispute(told.html, open);
    this.say("conflict", this.panel.dataset.conflict);
  }

  /** Show what is in dispute. What is shown already stays: somebody may be pressing a button of it. */
  dispute(html, open) {
    const parts = () => [...this.disputes.querySelectorAll("[data-unit]")];
    const shown = new Set(parts().map((part) => part.dataset.unit));
    if (html !== this.html || !open.every((unit) => shown.has(unit))) {
      const parsed = new DOMParser().parseFromString(html, "text/html");
      this.disputes.replaceChildren(...parsed.body.children);
      this.html = html;
    }
    parts().filter((part) => !open.includes(part.dataset.unit)).forEach((part) => part.remove());
    this.disputes.hidden = false;
  }

  /** Whether everything stands as it did when it was refused, and nothing was settled since. */
  stillDisputed() {
    const { refused } = this;
    if (!refused || this.settled.size) return false;
    return FIELDS.every((name) => value(this.form, name) === refused[name]);
  }

  pressed(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.name === "settle") {
      event.preventDefault();
      this.settle(button.value, button.closest("[data-unit]"));
    } else if (button.matches("[data-again]")) this.again();
    else if (button.matches("[data-restore]")) this.restore();
    else if (button.matches("[data-forget]")) this.forget();
  }

  /** Settle one field: mine or theirs go to the server; both are put together here to edit. */
  settle(choice, part) {
    const [unit, side] = choice.split(":");
    const names = UNITS[TOKENS.indexOf(unit)];
    part.remove();
    if (side === "both") {
      const [name] = names;
      const field = this.form.elements[name];
      field.value = `${this.theirs[name]}\n\n${field.value}`;
      field.focus();
      this.settled.add(`${unit}:mine`);
      this.keep();
    } else {
      if (side === "theirs") names.forEach((name) => this.show(name, this.theirs[name]));
      this.settled.add(choice);
    }
    if (!this.disputes.querySelector("[data-unit]")) {
      this.disputes.replaceChildren();
      this.disputes.hidden = true;
      if (side === "both") this.soon(QUIET);
      else this.settleNow();
    }
  }

  settleNow() {
    // giving way in the only field that differs still has to be sent
    this.saved = Object.fromEntries(FIELDS.map((name) => [name, null]));
    this.soon(0);
  }

  /** The token of the form is an old session's: ask for a new one, for the same person only. */
  async renew(status) {
    if (status !== 400 || this.renewed) return this.stop("forbidden");
    const { csrf_token: token, who } = this.form.elements;
    const address = `${this.panel.dataset.renew}?who=${encodeURIComponent(who.value)}`;
    const answer = await attempt(() => fetch(address, { headers: { Accept: "application/json" } }));
    if (!answer) return this.retry();
    if (answer.status === 401) return this.stop("expired");
    if (answer.status === 409) return this.stop("stranger");
    const told = isJson(answer) ? ((await attempt(() => answer.json())) ?? {}) : {};
    if (!told.token) return this.stop("forbidden");
    token.value = told.token;
    this.renewed = true; // once in a row: a second refusal has another reason
    this.soon(0);
  }

  retry() {
    this.wait = Math.min(this.wait ? this.wait * 2 : 2000, LONGEST);
    this.say("failed", this.panel.dataset.failed);
    this.soon(this.wait);
  }

  stop(kind) {
    this.say(kind, this.panel.dataset[kind]);
  }

  /** Show every state; tell assistive technology only when its kind changes. */
  say(state, text, { quiet = false } = {}) {
    this.line.textContent = text;
    if (state === "saved") this.renewed = false;
    if (quiet) return;
    if (state !== this.state) this.live.textContent = text;
    this.state = state;
    for (const part of this.panel.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
    }
  }

  /** After a reload: what this tab still holds is offered, never put in by itself. */
  offer() {
    const found = this.shelf.get();
    if (!found) return;
    if (FIELDS.every((name) => (found[name] ?? "") === this.saved[name])) return this.shelf.clear();
    this.panel.querySelector("[data-kept]").hidden = false;
  }

  restore() {
    const found = this.shelf.get() ?? {};
    FIELDS.forEach((name) => this.show(name, found[name] ?? ""));
    // what was seen is what was seen then: a colleague's change since is merged, or asked about
    this.form.elements.seen.value = found.seen;
    this.panel.querySelector("[data-kept]").hidden = true;
    this.soon(0);
  }

  forget() {
    this.shelf.clear();
    this.panel.querySelector("[data-kept]").hidden = true;
  }
}

/** Return what came of it, or null: no network, or an answer cut short. */
async function attempt(action) {
  try {
    return await action();
  } catch {
    return null;
  }
}

function unitOf(settled) {
  return settled.split(":")[0];
}

function controls(form, name) {
  const found = form.elements[name];
  return found instanceof RadioNodeList ? [...found] : [found].filter(Boolean);
}

function value(form, name) {
  const found = controls(form, name);
  if (found[0]?.type === "radio") return found.find((radio) => radio.checked)?.value ?? "";
  return found[0]?.value ?? "";
}

function snapshot(form) {
  return Object.fromEntries(FIELDS.map((name) => [name, value(form, name)]));
}

function isJson(answer) {
  return answer?.headers.get("Content-Type")?.startsWith("application/json");
}
