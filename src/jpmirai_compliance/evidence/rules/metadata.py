"""Photos without what their camera wrote into them, picture untouched. Pure."""

import struct
from collections.abc import Iterator

_MARK, _END, _SCAN, _COMMENT = 0xFF, 0xD9, 0xDA, 0xFE
_EXIF, _COLOURS = 0xE1, 0xE2
_APPLICATIONS = range(0xE0, 0xF0)
_KEPT_APP = {0xE0, 0xEE}  # JFIF, Adobe's colours
_STANDALONE = {0x01, *range(0xD0, 0xDA)}
_IN_SCAN = {0x00, 0x01, 0xFF, *range(0xD0, 0xD8)}
_DROPPED_PNG = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_DROPPED_WEBP = {b"EXIF", b"XMP "}
_ORIENTATION = 0x0112
_UPRIGHT, _TURNS = 1, range(1, 9)


def without_metadata(media_type: str, content: bytes) -> bytes:
    """Return a picture's bytes without place, camera, time and comments; other files as they are.

    Nothing is decoded or compressed anew. How the picture must be turned is kept. The same
    bytes give the same result, and a result gives itself.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(media_type)
    if strip is None:
        return content
    try:
        return strip(content)
    except (struct.error, IndexError, ValueError):
        return content  # the check of pictures refuses what is broken before it comes here


def _jpeg(content: bytes) -> bytes:
    parts = []
    turned = _UPRIGHT
    for code, segment in _segments(content):
        if code == _EXIF and segment[4:10] == b"Exif\0\0":
            turned = _turned(segment[10:]) or turned
        if _speaks_of_the_picture(code, segment):
            parts.append(segment)
    head = _only_turned(turned) if turned != _UPRIGHT else b""
    return content[:2] + head + b"".join(parts)


def _speaks_of_the_picture(code: int, segment: bytes) -> bool:
    if code == _COLOURS:
        return segment[4:].startswith(b"ICC_PROFILE")  # else: more pictures, small ones
    return (code not in _APPLICATIONS and code != _COMMENT) or code in _KEPT_APP


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each part up to the end of the picture; ValueError if broken.

    What follows the end is another picture, or a film: it is never reached.
    """
    at = 2
    while at < len(content):
        if content[at] != _MARK:
            raise ValueError
        code = content[at + 1]
        if code == _MARK:
            at += 1
            continue
        following = at + 2
        if code not in _STANDALONE:
            following += struct.unpack_from(">H", content, at + 2)[0]
        if code == _SCAN:
            following = _after_scan(content, following)
        yield code, content[at:following]
        if code == _END:
            return
        at = following


def _after_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands behind compressed data."""
    while 0 <= (at := content.find(b"\xff", at)) < len(content) - 1:
        code = content[at + 1]
        if code not in _IN_SCAN:
            return at
        at += 1 if code == _MARK else 2
    return len(content)


def _turned(tiff: bytes) -> int | None:
    """Return the orientation that an EXIF block names, or None."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        first = struct.unpack_from(order + "I", tiff, 4)[0]
        count = struct.unpack_from(order + "H", tiff, first)[0]
        for number in range(min(count, 200)):
            tag, kind, _n, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * number)
            if tag == _ORIENTATION and kind == 3 and value in _TURNS:  # noqa: PLR2004 -- SHORT
                return int(value)
    except struct.error:
        return None
    return None


def _only_turned(value: int) -> bytes:
    """Return an EXIF segment that says nothing but how to turn the picture."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, value, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _png(content: bytes) -> bytes:
    out = bytearray(content[:8])
    at = 8
    while at + 12 <= len(content):
        end = at + 12 + struct.unpack_from(">I", content, at)[0]
        kind = content[at + 4 : at + 8]
        if kind not in _DROPPED_PNG:
            out += content[at:end]
        at = end
        if kind == b"IEND":
            break
    return bytes(out)


def _webp(content: bytes) -> bytes:
    out = bytearray()
    at, whole = 12, min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= whole:
        size = struct.unpack_from("<I", content, at + 4)[0]
        end = at + 8 + size + size % 2
        kind, chunk = content[at : at + 4], bytearray(content[at:end])
        if kind == b"VP8X":
            chunk[8] &= ~0x0C & 0xFF  # no EXIF, no XMP
        if kind not in _DROPPED_WEBP:
            out += chunk
        at = end
    return b"RIFF" + struct.pack("<I", len(out) + 4) + b"WEBP" + bytes(out)
