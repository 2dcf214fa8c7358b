const sent = new WeakSet();

/** Ctrl/⌘+Enter submits where asked for; a form goes out once. */
export function watchForms(root) {
  root.addEventListener("keydown", submitByKeys);
  root.addEventListener("submit", onlyOnce);
  // a page from the back-forward cache may be sent again
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
  });
}

function submitByKeys(event) {
  if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  // an input method uses Enter to take a word
  if (event.isComposing || event.keyCode === 229) return;
  const form = event.target.closest("form[data-submit-keys]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[type=submit]"));
}

function onlyOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // a download leaves the page where it is: let it be asked for again
  setTimeout(() => sent.delete(form), 3000);
}
