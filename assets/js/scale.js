/** Digits choose a value while a criterion has the focus (never elsewhere: WCAG 2.1.4). */
export function digits(root) {
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    // the code, not the key: Japanese input methods swallow digits
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    const input = digit && chosen(event.target, digit);
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.click();
  });
}

/** The radio of this value on a scale; in a list of choices, the one in this place. */
function chosen(target, digit) {
  const scale = target.closest?.("[data-scale]");
  if (scale) return scale.querySelector(`input[value="${digit}"]`);
  if (target.type !== "radio") return null;
  const list = target.closest("[data-choices]");
  return list?.querySelectorAll("input[type=radio]")[digit - 1];
}
