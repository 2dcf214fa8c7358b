"""What a new award year starts with, read once from ``defaults.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jpmirai_compliance.foundation.text import Localized

SOURCE = Path(__file__).resolve().parents[1] / "defaults.yaml"


@dataclass(frozen=True, slots=True)
class Initiative:
    """A kind of initiative and the principle whose evidenced score speaks for it."""

    code: str
    name: Localized
    principle: int
    supply_chain: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of member: kinds of organisation and, unless empty, size bands."""

    code: str
    name: Localized
    kinds: tuple[str, ...]
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefaultCriterion:
    """A criterion with its weight and five anchored levels; ``anchors[0]`` is level 1."""

    code: str
    name: Localized
    weight: int
    na_allowed: bool
    anchors: tuple[Localized, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """Everything of ``defaults.yaml``."""

    initiatives: Mapping[str, Initiative]
    groups: Mapping[str, Group]
    criteria: tuple[DefaultCriterion, ...]
    quota: int
    reviews_needed: int
    reserve: int
    suggest: int
    gain_from: int
    discuss_spread: Fraction


@cache
def defaults() -> Defaults:
    """Return the defaults; the same value every time."""
    raw: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return Defaults(
        initiatives={
            code: Initiative(code, _named(i), i["principle"], i["supply_chain"])
            for code, i in raw["initiatives"].items()
        },
        groups={
            code: Group(code, _named(g), tuple(g["kinds"]), tuple(g["sizes"]))
            for code, g in raw["groups"].items()
        },
        criteria=tuple(_criterion(c) for c in raw["criteria"]),
        quota=raw["quota"],
        reviews_needed=raw["reviews_needed"],
        reserve=raw["reserve"],
        suggest=raw["suggest"],
        gain_from=raw["gain_from"],
        discuss_spread=Fraction(raw["discuss_spread"]),
    )


def category_name(initiative: Initiative, group: Group) -> Localized:
    """Return the name of the category of one kind of initiative and one kind of member."""
    return Localized(
        {
            "ja": f"{initiative.name.pick('ja')}／{group.name.pick('ja')}",
            "en": f"{initiative.name.pick('en')}: {group.name.pick('en')}",
        }
    )


def _named(raw: Mapping[str, Any]) -> Localized:
    return Localized({"ja": raw["ja"], "en": raw["en"]})


def _criterion(raw: Mapping[str, Any]) -> DefaultCriterion:
    anchors = tuple(Localized(raw["anchors"][level]) for level in range(1, 6))
    return DefaultCriterion(
        raw["code"], Localized(raw["name"]), raw["weight"], raw["na_allowed"], anchors
    )
