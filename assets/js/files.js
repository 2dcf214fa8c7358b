/** Below a file field: name and size of what was chosen; too large is said before sending. */
export function chosenFiles(root) {
  root.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    const list = input.closest(".govuk-form-group")?.querySelector("[data-files]");
    if (!list) return;
    list.replaceChildren(...[...input.files].map((file) => item(file, list.dataset)));
    list.hidden = !input.files.length;
  });
}

/** GOV.UK parts the words in the button by a hidden comma: then its name is not what stands on it. */
export function plainNames(scope) {
  scope.querySelectorAll(".govuk-file-upload-button .govuk-visually-hidden").forEach((comma) => {
    comma.textContent = "";
    comma.after(" ");
  });
}

function item(file, { maxBytes, tooLarge }) {
  const line = document.createElement("li");
  line.textContent = `${file.name} (${size(file.size)})`;
  if (maxBytes && file.size > Number(maxBytes)) {
    line.className = "app-files__bad";
    line.textContent += ` ${tooLarge}`;
  }
  return line;
}

function size(bytes) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(amount);
}
