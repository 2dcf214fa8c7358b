/** Show the box that belongs to a choice only while it is chosen. Without script all boxes show. */
export function reveals(scope) {
  scope.querySelectorAll("[data-reveals]").forEach((input) => {
    const box = document.getElementById(input.dataset.reveals);
    const sync = () => {
      box.hidden = !input.checked;
    };
    // radios tell only the one that was chosen, so listen to the whole group
    input.form.addEventListener("change", (event) => event.target.name === input.name && sync());
    input.form.addEventListener("app:shown", sync); // chosen by the script, not by the person
    // the back button fills the form again after the script has run
    window.addEventListener("pageshow", sync);
    sync();
  });
}
