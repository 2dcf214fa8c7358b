/** Digits choose a value while a criterion has the focus (never elsewhere: WCAG 2.1.4). */
export function digits(root) {
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const scale = event.target.closest?.("[data-scale]");
    // the code, not the key: Japanese input methods swallow digits
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (!scale || !digit) return;
    const input = scale.querySelector(`input[value="${digit}"]`);
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.click();
  });
}
