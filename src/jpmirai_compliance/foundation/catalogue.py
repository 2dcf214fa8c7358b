"""From ``Text`` to a language, without a web framework: mails, documents, published pages."""

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.support import NullTranslations, Translations

from jpmirai_compliance.foundation.text import Localized, Text

#: Languages of the staff's pages, first the default. Public pages have more, by their room.
LOCALES = ("ja", "en")
TOKYO = ZoneInfo("Asia/Tokyo")
PACKAGE = Path(__file__).resolve().parents[1]

#: Western year and weekday in both languages, as Japanese offices write a deadline.
_DATE = {"ja": "y年M月d日（E）", "en": "EEE d MMMM y"}
_TIME = {"ja": "y年M月d日（E）HH:mm", "en": "EEE d MMMM y, HH:mm 'JST'"}


def folder(package: Path = PACKAGE) -> Path:
    """Return the folder of compiled catalogues: the wheel's, else the checkout's.

    FileNotFoundError if neither holds one.
    """
    for found in (package / "translations", package.parents[1] / "translations"):
        if any(found.glob("*/LC_MESSAGES/*.mo")):
            return found
    msg = f"no compiled catalogue for {package}; run: make i18n"
    raise FileNotFoundError(msg)


@cache
def translations(locale: str) -> NullTranslations:
    """Return the catalogue of one of ``LOCALES``; the source language has an empty one."""
    if locale == "en":
        return NullTranslations()
    return Translations.load(str(folder()), [locale])


def translate(value: object, locale: str) -> str:
    """Return a text, name, date or number as a reader of ``locale`` expects to see it."""
    if isinstance(value, Text):
        values = {
            k: v if isinstance(v, int | float) else translate(v, locale)
            for k, v in value.values.items()
        }
        found = translations(locale if locale in LOCALES else "en").gettext(value.msgid)
        return found % values if values else found
    if isinstance(value, Localized):
        return value.pick(locale)
    if isinstance(value, dt.datetime):
        return moment(value, locale)
    if isinstance(value, dt.date):
        return day(value, locale)
    return str(value)


def moment(value: dt.datetime, locale: str) -> str:
    """Return date, weekday and time in Japan: 2027年3月31日（水）17:00."""
    language = locale if locale in _TIME else "en"
    return format_datetime(value, _TIME[language], tzinfo=TOKYO, locale=language)


def day(value: dt.date, locale: str) -> str:
    """Return date and weekday: 2027年3月31日（水）."""
    language = locale if locale in _DATE else "en"
    return format_date(value, _DATE[language], locale=language)
