// The way out of a worker's page: the page that was left is not one step back, whatever was jumped to
// on it and in whichever languages it was read; Shift pressed three times leaves, too. Without this
// file the button is a link like any other.
const way = document.querySelector(".leave a");
const PRESSES = 3;
const PATIENCE = 5000; // milliseconds between two presses

function leave() {
  document.body.hidden = true; // at once, however slow the next page is
  location.replace(way.href);
}

let pressed = 0;
let last = 0;
document.addEventListener("keydown", (event) => {
  if (event.repeat) {
    return;
  }
  pressed = event.key !== "Shift" ? 0 : event.timeStamp - last < PATIENCE ? pressed + 1 : 1;
  last = event.timeStamp;
  if (pressed === PRESSES) {
    leave();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest('.leave a, .languages a, a[href^="#"]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (link === way) {
      leave();
    } else {
      location.replace(link.href);
    }
  }
});

for (const hint of document.querySelectorAll("[data-keys]")) {
  hint.hidden = false;
}
