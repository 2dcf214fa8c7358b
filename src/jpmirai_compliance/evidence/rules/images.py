"""Pictures: measured before anything is decoded, drawn anew before they are shown."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from jpmirai_compliance.evidence.rules.refusal import FileRefused
from jpmirai_compliance.foundation.text import Text

PIXELS_MAX = 40_000_000
PUBLIC_SIDE = 1_600  # pixels of the longer side of a public copy
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}

# Pillow reads the size from the header and warns above its own limit; a warning is not enough.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_TOO_LARGE = (Image.DecompressionBombWarning, Image.DecompressionBombError)
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError)


def examine(name: str, media_type: str, content: bytes) -> None:
    """FileRefused unless the bytes are a whole picture of that type, of 40 megapixels or fewer."""
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as picture:
            _whole(picture, content)
    except _TOO_LARGE:
        raise FileRefused(
            Text(
                "“%(file)s” has more than 40 million pixels. Make the picture smaller and add"
                " it again.",
                {"file": name},
            )
        ) from None
    except _BROKEN:
        raise FileRefused(
            Text(
                "“%(file)s” cannot be opened as %(kind)s: it is broken or of another kind."
                " Save the picture again and add it.",
                {"file": name, "kind": FORMATS[media_type]},
            )
        ) from None


def public_copy(content: bytes) -> bytes:
    """Return the picture drawn anew, at most 1,600 pixels a side: no EXIF, no place, no comment.

    ValueError if the bytes are no picture that ``examine`` accepts.
    """
    try:
        with Image.open(io.BytesIO(content), formats=list(FORMATS.values())) as picture:
            kind = str(picture.format)
            turned = ImageOps.exif_transpose(picture)
            turned.thumbnail((PUBLIC_SIDE, PUBLIC_SIDE))
            mode = "RGBA" if kind != "JPEG" and turned.has_transparency_data else "RGB"
            clean = Image.new(mode, turned.size)
            clean.paste(turned.convert(mode))
    except (*_TOO_LARGE, *_BROKEN) as error:
        msg = "not a picture that can be shown"
        raise ValueError(msg) from error
    out = io.BytesIO()
    clean.save(out, kind, quality=85, optimize=True) if kind != "PNG" else clean.save(out, kind)
    return out.getvalue()


def _whole(picture: Image.Image, content: bytes) -> None:
    """Raise if the picture is cut off, without decoding all of it where the format allows."""
    if picture.format == "WEBP":
        if len(content) < int.from_bytes(content[4:8], "little") + 8:
            raise EOFError
        return
    if picture.format == "PNG":
        picture.verify()
        return
    picture.draft("RGB", (picture.width // 8, picture.height // 8))
    picture.load()
