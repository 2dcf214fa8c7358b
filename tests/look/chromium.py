"""Debian's Chromium with fonts of the lock file, so that pages look the same on every machine."""

import contextlib
import os
import shutil
import threading

from werkzeug.serving import make_server

from tests.look.gallery import ROOT

FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAMILIES = ("noto-sans", "noto-sans-jp", "noto-sans-myanmar", "noto-sans-sc", "noto-sans-khmer")
FAMILIES += ("noto-sans-devanagari", "noto-sans-thai", "noto-sans-kr", "noto-sans-tc")
FONTS = ROOT / "node_modules/@expo-google-fonts"


def fonts_conf(folder):
    """Write a fontconfig file for regular and bold of each family; its path."""
    wanted = [
        FONTS / family / weight for family in FAMILIES for weight in ("400Regular", "700Bold")
    ]
    folders = "".join(f"<dir>{path}</dir>" for path in wanted if path.is_dir())
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig>{folders}<cachedir>{folder}/cache</cachedir></fontconfig>")
    return path


@contextlib.contextmanager
def served(app):
    """Serve the application on a free port of this machine; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def chromium(playwright, folder):
    """Start the browser; closed at the end."""
    env = os.environ | {"FONTCONFIG_FILE": str(fonts_conf(folder))}
    program = shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS, env=env)
    try:
        yield browser
    finally:
        browser.close()
