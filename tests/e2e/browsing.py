"""The browser: Debian's Chromium, with our own fonts, kept from talking to anybody but us."""

import os
import shutil
import tempfile
from pathlib import Path

from jpmirai_compliance.typesetting import faces

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: A bare machine has no Japanese font: the pictures would show boxes, and lines would not break
#: where they break for people.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def launch(playwright):
    """Return a running browser; RuntimeError naming what to do if there is none."""
    path = shutil.which("chromium")
    if path is None:
        msg = "chromium is missing; run: make setup"
        raise RuntimeError(msg)
    folder = Path(tempfile.gettempdir(), f"jpmirai-fonts-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    named = folder / "fonts.conf"
    named.write_text(FONTS.format(fonts=Path(faces.__file__).parent / "fonts", cache=folder))
    return playwright.chromium.launch(
        executable_path=path,
        args=list(FLAGS),
        env={**os.environ, "FONTCONFIG_FILE": str(named)},
    )
