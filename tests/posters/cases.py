"""A poster with the words that we supply."""

from dataclasses import replace

from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.disclosure.rules.help import printed, start_desks
from jpmirai_compliance.posters.layout import HelpLine, Poster
from jpmirai_compliance.principles import EASY, reference_wording, without_ruby
from jpmirai_compliance.workplaces.rules import texts
from tests.factories import NOW

URL = "HTTPS://EXAMPLE.ORG/Q/7K3PQX9"


def poster(tag, **changed):
    """Return a poster with the plain sentences that we supply."""
    wording, words = reference_wording(tag), texts(tag)
    made = Poster(
        language=tag,
        title=wording.title,
        subtitle="",
        principles=wording.plain,
        supply_chain=wording.supply_chain,
        help_lead=wording.help_lead,
        help_lines=(
            *[HelpLine(name, way) for name, way in printed(start_desks(), tag)],
            HelpLine("人事部 相談窓口", "053-000-0000", typed=True),
            HelpLine(words.police, "110"),
            HelpLine(words.ambulance, "119"),
        ),
        organisation="株式会社サンプル製作所",
        site="浜松工場",
        qr_url=URL,
        short_url="example.org/q/7K3PQX9",
        status=without_ruby(labels(tag).status(wording.status)),
        status_ja="" if tag in {"ja", EASY} else "参考文",
        footer="JP-MIRAI 2026",
        author="JP-MIRAI",
        created=NOW,
        scan=labels(tag).scan,
        same_code=words.same_code,
    )
    return replace(made, **changed)
