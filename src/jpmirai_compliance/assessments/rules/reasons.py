"""Ready-made reasons of the reviewers, in both languages. Data: filled by name, never run. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Template

from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class Reason:
    """A ready-made reason; ``$name`` marks in ``body`` are filled from values."""

    id: str
    label: Localized
    body: Localized
    retired: bool = False
    version: int = 0  # 0: as it is shipped, nobody has changed it


REASONS = (
    Reason(
        "does-not-show",
        Localized({"ja": "証跡から成熟度が読み取れない", "en": "Evidence does not show the level"}),
        Localized(
            {
                "ja": "$indicator の証跡からは、申告された成熟度$level の取組みを確認できません。"
                "取組みの内容が分かる箇所（ページ）を示すか、別の証跡を添付してください。",
                "en": "The evidence for $indicator does not show what level $level describes."
                " Please name the page that does, or attach another document.",
            }
        ),
    ),
    Reason(
        "too-old",
        Localized({"ja": "証跡が古い・期限切れ", "en": "Evidence is old or has expired"}),
        Localized(
            {
                "ja": "$indicator の証跡は、$year年度の自己評価に使える期間のものではありません。"
                "最新の証跡を添付してください。",
                "en": "The evidence for $indicator is not recent enough for $year."
                " Please attach a current document.",
            }
        ),
    ),
    Reason(
        "illegible",
        Localized({"ja": "証跡が開けない・読めない", "en": "Evidence cannot be opened or read"}),
        Localized(
            {
                "ja": "$indicator の証跡を読めませんでした。"
                "読める形（PDFまたは画像）で添付し直してください。",
                "en": "We could not read the evidence for $indicator."
                " Please attach it again as a PDF or a picture.",
            }
        ),
    ),
    Reason(
        "personal-data",
        Localized({"ja": "個人情報が写っている", "en": "Evidence shows personal data"}),
        Localized(
            {
                "ja": "$indicator の証跡に個人を特定できる情報が写っています。"
                "氏名や番号を隠したものに差し替えてください。",
                "en": "The evidence for $indicator shows personal data."
                " Please replace it by a copy with names and numbers hidden.",
            }
        ),
    ),
    Reason(
        "na-not-clear",
        Localized({"ja": "「該当なし」の理由が足りない", "en": "Reason for N/A is not enough"}),
        Localized(
            {
                "ja": "$indicator を「該当なし」とする理由から、該当しないことを確認できません"
                "でした。$organisation の状況に即して説明するか、成熟度を選んでください。",
                "en": "The reason given for $indicator does not show why it does not apply to"
                " $organisation. Please explain it for your situation, or choose a level.",
            }
        ),
    ),
    Reason(
        "own-work",
        Localized({"ja": "方針だけで実施が分からない", "en": "A policy, but no sign of practice"}),
        Localized(
            {
                "ja": "$indicator の証跡は方針や規程です。"
                "実際に行ったこと（記録、写真、件数など）が分かる証跡を添付してください。",
                "en": "The evidence for $indicator is a policy. Please attach something that shows"
                " what was done: records, photographs or figures.",
            }
        ),
    ),
)


def named(known: Iterable[Reason], id_: str) -> Reason | None:
    """Return the reason with this id, or None."""
    return next((reason for reason in known if reason.id == id_), None)


def fill(reason: Reason, language: str, **values: object) -> str:
    """Return the text in a language with its marks filled.

    Marks without a value stay as they are, and nothing in a value is looked at again.
    """
    return Template(reason.body.pick(language)).safe_substitute(values)
