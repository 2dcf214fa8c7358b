"""The browser: Debian's Chromium, kept from talking to anybody but us."""

import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright):
    """Return a running browser; RuntimeError naming what to do if there is none."""
    path = shutil.which("chromium")
    if path is None:
        msg = "chromium is missing; run: make setup"
        raise RuntimeError(msg)
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
