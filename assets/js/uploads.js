/** Files go by themselves, one after the other, each with its progress; dropped, pasted, chosen or photographed. */
export function uploads(root) {
  root.addEventListener("change", take, true);
  root.addEventListener("paste", paste);
  root.addEventListener("submit", wait, true);
  window.addEventListener("beforeunload", (event) => pending > 0 && event.preventDefault());
}

let pending = 0;
let queue = Promise.resolve();

function take(event) {
  const input = event.target;
  const box = input.type === "file" ? input.closest("[data-uploads]") : null;
  if (!box || !input.files.length) return;
  // nothing else sends these files, and the form goes without them
  event.stopPropagation();
  const files = [...input.files];
  input.value = "";
  files.forEach((file) => add(box, file));
}

/** A form with files under way goes once they have arrived. */
function wait(event) {
  const form = event.target;
  if (!pending || !form.querySelector("[data-uploads]")) return;
  event.preventDefault();
  event.stopPropagation();
  const button = event.submitter;
  queue.then(() => form.requestSubmit(button));
}

function paste(event) {
  const box = document.querySelector("[data-uploads]");
  const files = [...(event.clipboardData?.files ?? [])];
  // spreadsheets give a picture beside their text: in a text field the text is meant
  const typing = event.target.closest?.("textarea, input");
  if (!box || !files.length || (typing && event.clipboardData.types.includes("text/plain"))) return;
  event.preventDefault();
  files.forEach((file) => add(box, named(file, box.dataset.pasted)));
}

/** Every browser calls a pasted picture image.png: it gets a name in words, and the time on the reader's clock. */
function named(file, words) {
  if (file.name !== "image.png") return file;
  const now = new Date();
  const here = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const moment = here.toISOString().replace(/\D/g, "").slice(0, 14);
  return new File([file], `${words} ${moment.slice(0, 8)}-${moment.slice(8)}.png`, { type: file.type });
}

function add(box, file) {
  const line = document.createElement("li");
  const said = document.createElement("span");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  line.append(`${file.name} `, bar, said);
  box.querySelector("[data-upload-list]").append(line);
  const show = shower(line, bar, said);
  if (looksPersonal(box, file.name)) hint(line, box.dataset.warning);
  const limit = Number(box.querySelector("[data-files]")?.dataset.maxBytes);
  if (limit && file.size > limit) {
    show(box.dataset.tooLarge, "bad");
    return;
  }
  pending += 1;
  queue = queue
    .then(() => send(box, file, bar, show))
    .finally(() => {
      pending -= 1;
    });
}

function shower(line, bar, said) {
  return (text, kind = "") => {
    said.textContent = text;
    bar.hidden = kind !== "";
    line.className = kind === "bad" ? "app-files__bad" : "";
    line.dataset.state = kind;
  };
}

function hint(line, text) {
  const note = document.createElement("strong");
  note.className = "app-uploads__hint";
  note.textContent = text;
  line.append(document.createElement("br"), note);
}

function looksPersonal(box, name) {
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s_.-]/g, "");
  return box.dataset.personal.split("|").some((word) => plain(name).includes(plain(word)));
}

function send(box, file, bar, show) {
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.uploads);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  show(box.dataset.sending);
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      tell(box, request, show);
      resolve();
    });
    request.send(content(box.closest("form"), file));
  });
}

/** What was said about the evidence goes with each file; the answer does not. */
function content(form, file) {
  const data = new FormData();
  for (const name of ["csrf_token", "title", "category", "visibility", "issued_on", "valid_until"]) {
    const value = new FormData(form).get(name);
    if (value !== null) data.append(name, value);
  }
  data.append("files", file, file.name);
  return data;
}

function tell(box, request, show) {
  let answer = null;
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // a page instead of data: signed out, or a fault
    const away = request.responseURL && !request.responseURL.endsWith(box.dataset.uploads);
    show(away ? box.dataset.signedOut : box.dataset.failed, "bad");
    return;
  }
  if (answer.errors?.length) show(answer.errors.join(" "), "bad");
  else show(box.dataset.added, "good");
  const list = document.querySelector("[data-evidence-list]");
  if (list && answer.list) {
    const template = document.createElement("template");
    template.innerHTML = answer.list;
    list.replaceChildren(template.content);
  }
}
