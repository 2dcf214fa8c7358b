"""Strict reading of YAML data: every fault is named by its file and key.

``read_yaml`` gives a ``Node``; its methods ask for what should be there and raise ``BankError``.
The files may come from outside (a wording sent to the secretariat), so aliases, repeated keys,
bottomless nesting and invisible characters are refused.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import yaml

from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.text import Localized, Text

#: The longest file that is read, in characters; the whole bank has about 120 000.
MAX_CHARS = 400_000

#: The languages in which every text of the bank exists.
CONTENT_LANGUAGES = ("ja", "en")

# zero-width and direction marks, soft hyphen, variation fillers: never seen, often pasted
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffd\ue000-\uf8ff]"
)

E = TypeVar("E", bound=StrEnum)


class BankError(DomainError):
    """Data of the principles is wrong; ``file``, ``key`` and ``reason`` say where and why."""

    def __init__(self, file: str, key: str, reason: Text) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        values: dict[str, object] = {"file": file, "key": key, "reason": reason}
        super().__init__(
            Text("%(file)s: %(key)s: %(reason)s", values)
            if key
            else Text("%(file)s: %(reason)s", values)
        )


class _Refused(Exception):
    """YAML that is well formed but not accepted, with the line it stands on."""

    def __init__(self, line: int, reason: Text) -> None:
        super().__init__(str(reason))
        self.line = line
        self.reason = reason


class _Loader(yaml.SafeLoader):
    """The safe loader, without aliases and without repeated keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node; raise on an alias, which could unfold without end."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # -- the stub has no types
            raise _Refused(event.start_mark.line + 1, Text("aliases are not allowed"))
        return super().compose_node(parent, index)

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 -- PyYAML's signature
    ) -> dict[object, object]:
        """Return the mapping; raise where a key stands twice."""
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if key is None:
                raise _Refused(line, Text("a key must be plain text"))
            if key in seen:
                raise _Refused(line, Text("the key %(key)s is given twice", {"key": key}))
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a data file and the place it stands at."""

    file: str
    path: str
    value: object

    def fault(self, reason: Text) -> BankError:
        """Return the error that names this place."""
        return BankError(self.file, self.path, reason)

    def child(self, key: str, value: object = None) -> "Node":
        """Return the place ``key`` below this one."""
        return Node(self.file, f"{self.path}.{key}" if self.path else key, value)

    def named(self, path: str) -> "Node":
        """Return the same value under a shorter name, such as the id of an indicator."""
        return replace(self, path=path)

    def entries(self) -> dict[str, "Node"]:
        """Return the values of a mapping with free keys, in order; raise if it is none or empty."""
        if not isinstance(self.value, dict) or not self.value:
            raise self.fault(Text("keys and values expected"))
        # bool is an int to Python, and YAML reads "no" as one
        for key in self.value:
            if isinstance(key, bool) or not isinstance(key, str | int):
                raise self.fault(Text("the key %(key)s needs quotation marks", {"key": str(key)}))
        return {str(key): self.child(str(key), value) for key, value in self.value.items()}

    def table(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Node"]:
        """Return the values of a mapping with known keys; raise at a missing or unknown one."""
        found = self.entries()
        for key in found:
            if key not in required and key not in optional:
                raise self.child(key).fault(Text("unknown key"))
        for key in required:
            if key not in found:
                raise self.child(key).fault(Text("missing"))
        return found

    def items(self, *, may_be_empty: bool = False) -> list["Node"]:
        """Return the values of a list; raise if it is none, or empty where it may not be."""
        if not isinstance(self.value, list) or not (self.value or may_be_empty):
            raise self.fault(Text("a list expected"))
        return [
            Node(self.file, f"{self.path}[{place}]", value)
            for place, value in enumerate(self.value)
        ]

    def text(self, *, longest: int = 1000, invisible: str = "") -> str:
        """Return a text of one line in NFC, without spaces around it.

        ``longest`` is in characters; ``invisible`` lists joiners that the language needs.
        """
        if not isinstance(self.value, str):
            raise self.fault(Text("text expected"))
        text = unicodedata.normalize("NFC", self.value).strip()
        if not text:
            raise self.fault(Text("the text is empty"))
        if len(text) > longest:
            values = {"longest": longest, "found": len(text)}
            raise self.fault(Text("at most %(longest)s characters, found %(found)s", values))
        for hit in _INVISIBLE.finditer(text):
            if hit.group() not in invisible:
                code = f"U+{ord(hit.group()):04X}"
                raise self.fault(Text("the invisible character %(code)s", {"code": code}))
        return text

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            values = {"low": low, "high": high}
            raise self.fault(Text("a whole number from %(low)s to %(high)s expected", values))
        return value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.fault(Text("true or false expected"))
        return self.value

    def one_of(self, kind: type[E]) -> E:
        """Return the member of an enumeration that the text names."""
        try:
            return kind(self.text())
        except ValueError:
            known = ", ".join(kind)
            values = {"value": str(self.value), "known": known}
            raise self.fault(Text("%(value)s is not one of %(known)s", values)) from None

    def localized(self, *, longest: int = 1000) -> Localized:
        """Return a text that is given in ja and en, and in nothing else."""
        return localized(self.table(CONTENT_LANGUAGES), longest=longest)


def localized(table: dict[str, Node], *, longest: int = 1000) -> Localized:
    """Return the ja and en texts that stand among other keys of a table."""
    return Localized({tag: table[tag].text(longest=longest) for tag in CONTENT_LANGUAGES})


def read_yaml(text: str, file: str) -> Node:
    """Return the root of a YAML text; raise ``BankError`` if it cannot be read."""
    if len(text) > MAX_CHARS:
        raise BankError(
            file, "", Text("the file is longer than %(n)s characters", {"n": MAX_CHARS})
        )
    try:
        # the loader is a SafeLoader, it only refuses more
        return Node(file, "", yaml.load(text, _Loader))  # noqa: S506 -- see the line above
    except _Refused as refused:
        raise BankError(file, f"line {refused.line}", refused.reason) from None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        problem = fault.problem or ""
        values = {"problem": problem}
        raise BankError(file, f"line {line}", Text("not valid YAML: %(problem)s", values)) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BankError(file, "", Text("not valid YAML")) from None
