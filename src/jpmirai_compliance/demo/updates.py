"""The half-year update to last year's round: open now, one member has handed in, one is writing."""

import datetime as dt

from jpmirai_compliance.assessments.queries import updates as reading
from jpmirai_compliance.assessments.service import updates as writing
from jpmirai_compliance.assessments.service.updates import Said
from jpmirai_compliance.demo.stage import TOKYO, Stage
from jpmirai_compliance.disclosure.bundle import Press, renderer
from jpmirai_compliance.disclosure.service import updates
from jpmirai_compliance.foundation.db import UnitOfWork

AOBA = {
    1: Said(
        done="労働条件通知書をベトナム語とビルマ語でも渡すようにしました（4月から、新規採用の14名全員）。",
        changed="入社前の質問が増え、入社後の「聞いていない」がなくなりました。",
        unsolved="残業代の計算のしかたは、まだ日本語の説明だけです。",
        following="9月までに給与明細の見方を3言語で用意します。",
    ),
    2: Said(
        done="寮の全室で室温と湿度を測り、12室にエアコンを入れました。",
        changed="寮に関する相談が、前の半年の9件から2件に減りました。",
        unsolved="夜勤の人が静かに眠れる部屋が足りません。",
    ),
    5: Said(
        done="市の多文化共生の会で、半年の取組みを発表しました。",
        following="取引先30社にも、5つの行動原則への協力をお願いします。",
    ),
}
MINATO = {1: Said(done="窓口の職員向けに、在留手続きの研修を年2回行うようにしました。")}


def run(stage: Stage, year: int, now: dt.datetime) -> None:
    """Plan the update of ``year`` and let two members write."""
    mori = stage.actor("jimukyoku")
    day = now.astimezone(TOKYO).replace(minute=0, second=0, microsecond=0)
    opens = day.replace(hour=9) - dt.timedelta(days=9)
    closes = day.replace(hour=17) + dt.timedelta(days=19)
    stage.act(
        mori,
        lambda uow: writing.set_period(
            uow, actor=mori, year=year, opens_at=opens, closes_at=closes, version=0, now=opens
        ),
    )
    _write(stage, "minato", MINATO, year, now - dt.timedelta(days=2))
    _write(stage, "aoba", AOBA, year, now - dt.timedelta(days=4))
    press = Press(stage.settings.published, renderer(stage.app), stage.settings.public_base_url)
    approver = stage.of("aoba", "approver")

    def submit(uow: UnitOfWork) -> None:
        updates.submit(
            uow,
            actor=approver,
            year=year,
            seen=reading.update(uow, approver, year).seen,
            write=press.write,
            settle=lambda _org: None,  # all at once, at the end
            now=now - dt.timedelta(days=3),
        )

    stage.act(approver, submit)


def _write(stage: Stage, key: str, texts: dict[int, Said], year: int, now: dt.datetime) -> None:
    editor = stage.of(key, "editor")

    def write(uow: UnitOfWork) -> None:
        for principle, said in texts.items():
            writing.save_part(
                uow, actor=editor, year=year, principle=principle, said=said, version=0, now=now
            )

    stage.act(editor, write)
