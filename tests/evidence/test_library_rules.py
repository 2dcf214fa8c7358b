"""Rules of the library: photos without their camera, expiry, names, pages, words."""

import datetime as dt
import io
from dataclasses import dataclass

import pytest
from PIL import Image

from jpmirai_compliance.evidence import rules
from jpmirai_compliance.evidence.rules import Expiry
from jpmirai_compliance.foundation.errors import Incomplete
from tests.evidence.files import PDF, located, picture

DAY = dt.date(2026, 11, 24)


def pixels(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image.convert("RGB").tobytes()


def test_fi_4_a_photo_is_kept_without_place_and_camera_and_still_stands_upright():
    before = located()
    after = rules.without_metadata("image/jpeg", before)
    assert b"SecretCamera" in before
    assert b"SecretComment" in before
    for secret in (b"SecretCamera", b"SecretComment"):
        assert secret not in after
    image = Image.open(io.BytesIO(after))
    exif = image.getexif()
    assert dict(exif) == {0x0112: 6}, "turned as before, nothing else said"
    assert dict(exif.get_ifd(0x8825)) == {}
    assert pixels(after) == pixels(before), "not compressed anew"
    assert rules.without_metadata("image/jpeg", after) == after


def test_fi_4_what_stands_behind_the_picture_is_cut_off():
    clean = picture("JPEG")
    assert rules.without_metadata("image/jpeg", clean + located()) == clean


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_fi_4_png_and_webp_lose_their_notes_and_keep_every_pixel(kind):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    options = {"exif": exif}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        options["pnginfo"] = info = PngInfo()
        info.add_text("Comment", "SecretComment")
    before = picture(kind, **options)
    after = rules.without_metadata(f"image/{kind.lower()}", before)
    assert b"SecretCamera" in before
    assert b"Secret" not in after
    assert dict(Image.open(io.BytesIO(after)).getexif()) == {}
    assert pixels(after) == pixels(before)
    rules.examine(f"a.{kind.lower()}", after)


@pytest.mark.parametrize("quality", [30, 95])
@pytest.mark.parametrize("progressive", [False, True])
def test_pictures_of_every_make_survive_unchanged(quality, progressive):
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=quality, progressive=progressive, optimize=True)
    before = out.getvalue()
    assert rules.without_metadata("image/jpeg", before) == before


def test_other_files_stay_byte_for_byte():
    assert rules.without_metadata("application/pdf", PDF) == PDF
    assert rules.without_metadata("image/jpeg", b"\xff\xd8no picture") == b"\xff\xd8no picture"


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, Expiry.NONE),
        (DAY - dt.timedelta(days=1), Expiry.EXPIRED),
        (DAY, Expiry.SOON),
        (DAY + dt.timedelta(days=60), Expiry.SOON),
        (DAY + dt.timedelta(days=61), Expiry.GOOD),
    ],
)
def test_the_last_good_day_is_still_good(until, state):
    assert rules.expiry(until, DAY) is state


@pytest.mark.parametrize(
    "name",
    [
        "在留カード_山田.pdf",
        "在留カード.jpg",
        "旅券の写し.png",
        "パスポート.pdf",
        "2026健康診断結果.xlsx",
        "マイナンバー 通知.pdf",
        "Residence Card (1).pdf",
        "residence-card.png",
        "PASSPORT.PDF",
    ],
)
def test_names_that_speak_of_one_persons_papers_are_noticed(name):
    assert rules.looks_personal(name)


@pytest.mark.parametrize(
    "name", ["行動規範.pdf", "compass port.pdf".replace(" ", "_x"), "方針.docx"]
)
def test_other_names_are_not(name):
    assert not rules.looks_personal(name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" 3 ", "3"),
        ("３〜５、８", "3-5, 8"),
        ("p. 3-5", "3-5"),
        ("12ページ", "12"),
        ("3–5,8", "3-5, 8"),
    ],
)
def test_pages_are_read_as_people_write_them(typed, stored):
    assert rules.page_range(typed) == stored
    assert rules.page_range(stored) == stored


@pytest.mark.parametrize("typed", ["abc", "5-3", "0", "3-", "-", "1,,2", "1" * 6, "1," * 60 + "1"])
def test_pages_that_are_none_are_refused_in_words(typed):
    with pytest.raises(Incomplete, match=r"Enter pages such as 3 or 3-5, 8\."):
        rules.page_range(typed)


@dataclass
class Piece:
    title: str = ""
    filename: str = ""
    url: str = ""
    valid_until: dt.date | None = None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("方針", True),
        ("ＰＤＦ 方針", True),
        ("方針 規程", False),
        ("example.org", False),
    ],
)
def test_every_word_must_stand_somewhere(words, found):
    assert rules.matches(Piece("人権方針", "human_rights.pdf"), words) is found


@pytest.mark.parametrize(
    ("stored", "numbers"),
    [
        ("", ()),
        ("3", (3,)),
        ("3-5, 8", (3, 4, 5, 8)),
        ("2-4, 3", (2, 3, 4)),
        ("5-3", ()),
        ("x", ()),
        ("3,", ()),
        ("1-99999", tuple(range(1, 31))),
    ],
)
def test_named_pages_are_numbers_and_end_somewhere(stored, numbers):
    assert rules.page_numbers(stored) == numbers
