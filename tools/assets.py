"""Build static/dist from assets/ and node_modules/; does nothing when nothing changed.

Writes ``app-<hash>.css``, ``app-<hash>.js``, ``worker-<hash>.css``, ``leave-<hash>.js``, the web
fonts of workers' languages, favicons and ``manifest.json`` (logical name → hashed file). Run
``npm ci`` before.
"""

import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "assets"
MODULES = ROOT / "node_modules"
DIST = ROOT / "src/jpmirai_compliance/static/dist"
STAMP = ROOT / ".make/assets.stamp"

TOKENS = MODULES / "@digital-go-jp/design-tokens/dist/tokens.css"
FONTS = MODULES / "@expo-google-fonts"
#: Scripts whose letters an old telephone may not have, by the characters of today's languages: no
#: historic letters and no minority languages, so that a page with its font stays under 60 KB.
SCRIPTS = {
    "myanmar": (range(0x1000, 0x1050),),
    "khmer": (range(0x1780, 0x1800),),
    "thai": (range(0xE00, 0xE80),),
    "lao": (range(0xE80, 0xF00),),
    "devanagari": (
        range(0x901, 0x904),
        range(0x905, 0x90D),
        range(0x90F, 0x951),
        range(0x95C, 0x95E),
        range(0x964, 0x970),
    ),
    "bengali": (range(0x980, 0x9E4), range(0x9E6, 0x9F0)),
    "sinhala": (range(0xD80, 0xE00),),
    "tamil": (range(0xB80, 0xBE7),),
}
SHARED = (0x20, 0xA0, 0x200B, 0x200C, 0x200D, 0x25CC, 0x964, 0x965)
BUNDLER = ROOT / "tools/bundle.mjs"


def main() -> int:
    """Return 0 when static/dist is up to date, 1 when a tool failed or is missing."""
    digest = inputs_digest()
    if is_current(digest):
        return 0
    if not TOKENS.is_file():
        sys.stderr.write("node_modules is missing or incomplete: run npm ci first\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        try:
            files = build(Path(folder))
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"{error.cmd[1]} failed:\n{error.stderr}\n")
            return 1
        publish(files)
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(digest)
    return 0


def inputs_digest() -> str:
    """Return one SHA-256 over everything the result depends on."""
    paths = [p for p in sorted(SOURCES.rglob("*")) if p.is_file()]
    paths += [Path(__file__), BUNDLER, ROOT / "package-lock.json"]
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path.relative_to(ROOT)}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def is_current(digest: str) -> bool:
    """Return whether the last build had the same inputs and all its files are still there."""
    manifest = DIST / "manifest.json"
    if not STAMP.is_file() or STAMP.read_text() != digest or not manifest.is_file():
        return False
    return all((DIST / name).is_file() for name in json.loads(manifest.read_text()).values())


def build(work: Path) -> dict[str, bytes]:
    """Return the content of each file by logical name; CalledProcessError if a tool fails."""
    (work / "_tokens.scss").write_text(sass_tokens(TOKENS.read_text()))
    files = {f"noto-sans-{script}.woff2": web_font(script, work) for script in SCRIPTS}
    fonts = {name: hashed(name, content) for name, content in files.items()}
    for sheet in ("app", "worker"):
        css = compile_sass(SOURCES / f"scss/{sheet}.scss", work)
        for name, built in fonts.items():
            css = css.replace(name.encode(), built.encode())
        files[f"{sheet}.css"] = css
    for script in ("app", "leave"):
        files[f"{script}.js"] = bundle(SOURCES / f"js/{script}.js", work / f"{script}.js")
    files["favicon.svg"] = (SOURCES / "images/favicon.svg").read_bytes()
    files["favicon.ico"] = draw_icon(work / "favicon.ico")
    return files


def web_font(script: str, work: Path) -> bytes:
    """Return the regular weight of a script's font as WOFF2, cut to ``SCRIPTS``."""
    [source] = (FONTS / f"noto-sans-{script}" / "400Regular").glob("*.ttf")
    options = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=["*"],
        notdef_outline=True,
        name_IDs=[1, 2],
        drop_tables=["DSIG", "meta", "STAT"],
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes={*SHARED, *itertools.chain(*SCRIPTS[script])})
    cutter.subset(font)
    target = work / f"{script}.woff2"
    subset.save_font(font, target, options)
    return target.read_bytes()


def sass_tokens(css: str) -> str:
    """Return the colour tokens as Sass variables: ``$blue-900: #0017c1;`` and so on."""
    found = re.findall(r"--color-(?:primitive|neutral)-([a-z0-9-]+): (#[0-9a-f]{6});", css)
    return "".join(f"${name}: {value};\n" for name, value in found)


def compile_sass(source: Path, tokens: Path) -> bytes:
    """Return minified CSS; CalledProcessError with Sass's message if it does not compile."""
    command: list[Path | str] = [
        MODULES / "sass/sass.js",
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
    ]
    command += [f"--load-path={MODULES}", f"--load-path={tokens}", source]
    return node(command)


def bundle(source: Path, target: Path) -> bytes:
    """Return one minified script of ``source`` and what it imports."""
    node([BUNDLER, source, target])
    return target.read_bytes()


def node(command: list[Path | str]) -> bytes:
    """Run a script with the environment's node; its output, or CalledProcessError."""
    beside = Path(sys.executable).parent / "node"
    program = str(beside) if beside.exists() else shutil.which("node") or "node"
    done = subprocess.run([program, *map(str, command)], capture_output=True, check=False, cwd=ROOT)
    if done.returncode:
        message = done.stderr.decode(errors="replace")
        raise subprocess.CalledProcessError(
            done.returncode, [program, str(command[0])], stderr=message
        )
    return done.stdout


def draw_icon(target: Path) -> bytes:
    """Return favicon.ico: the five bars of favicon.svg, for browsers that take no SVG."""
    scale = 8
    image = Image.new("RGBA", (32 * scale, 32 * scale))
    pen = ImageDraw.Draw(image)
    bars = re.findall(
        r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="([\d.]+)" fill="(#\w+)"',
        (SOURCES / "images/favicon.svg").read_text(),
    )
    for *numbers, fill in bars:
        x, y, width, height, radius = (float(n) * scale for n in numbers)
        pen.rounded_rectangle((x, y, x + width, y + height), radius, fill)
    image.save(target, sizes=[(16, 16), (32, 32), (48, 48)])
    return target.read_bytes()


def hashed(name: str, content: bytes) -> str:
    """Return ``name`` with ten digits of the content's hash before the suffix."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"


def publish(files: dict[str, bytes]) -> None:
    """Write the files, then the manifest that names them, then remove what it does not name."""
    DIST.mkdir(parents=True, exist_ok=True)
    manifest = {name: hashed(name, content) for name, content in sorted(files.items())}
    for name, content in files.items():
        (DIST / manifest[name]).write_bytes(content)
    (DIST / "manifest.json.new").write_text(json.dumps(manifest, indent=2) + "\n")
    (DIST / "manifest.json.new").replace(DIST / "manifest.json")
    for old in DIST.iterdir():
        if old.name not in {*manifest.values(), "manifest.json"}:
            old.unlink()


if __name__ == "__main__":
    sys.exit(main())
