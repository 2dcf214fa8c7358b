const PREFIX = "jpmirai:typed:";

/** What was typed and is not stored yet; in this tab only, and gone with it or with signing out. */
export class Shelf {
  constructor(who) {
    this.key = `${PREFIX}${who}:${location.pathname}`;
    sweep((key) => !key.startsWith(`${PREFIX}${who}:`)); // never the next person's to see
  }

  put(found) {
    attempt(() => sessionStorage.setItem(this.key, JSON.stringify(found)));
  }

  get() {
    return attempt(() => JSON.parse(sessionStorage.getItem(this.key)));
  }

  clear() {
    attempt(() => sessionStorage.removeItem(this.key));
  }
}

/** A page of ours that followed the sending of a form: what it sent is stored, or shown there. */
export function clearSent(root) {
  if (!root.querySelector("[data-session]")) return; // still to sign in
  sweep((key) => {
    const found = attempt(() => JSON.parse(sessionStorage.getItem(key)));
    return found?.submitted && !key.endsWith(`:${location.pathname}`);
  });
}

/** Signing out leaves nothing behind. */
export function clearOnSignOut(root) {
  root.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action")?.endsWith("/sign-out")) sweep(() => true);
  });
}

function sweep(unwanted) {
  attempt(() =>
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX) && unwanted(key))
      .forEach((key) => sessionStorage.removeItem(key)),
  );
}

/** A browser may forbid its storage, or have no room left: then the page alone keeps the text. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
