"""The evidence library of a demo member: kinds, dates, one that expired, one in two versions."""

import datetime as dt
import io
import uuid
from dataclasses import dataclass

from PIL import Image, ImageDraw

from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Category, Visibility
from jpmirai_compliance.evidence.service import Description, Upload
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.typesetting.document import Document

_NOTE = "これは試用のために作った見本です。実在の組織や人とは関係がありません。"
_QUOTA_MB = 2_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """A made-up document: days before and after now when it was issued and is valid until."""

    title: str
    filename: str
    category: Category
    issued: int
    valid: int | None
    visibility: Visibility = Visibility.REVIEWERS
    newer: str = ""


_PIECES = (
    _Piece("外国人労働者の人権に関する方針", "人権方針_2024.pdf", Category.POLICY, 700, None,
           Visibility.PUBLIC, newer="人権方針_2026.pdf"),
    _Piece("雇用条件通知書のひな形（ベトナム語）", "雇用条件通知書_vi.pdf", Category.CONTRACT,
           330, 35),
    _Piece("やさしい日本語研修の修了証", "やさしい日本語研修.pdf", Category.CERTIFICATE, 400, -20),
    _Piece("相談窓口の対応記録（氏名は塗りつぶし済み）", "相談記録.pdf", Category.RECORD, 60, None,
           Visibility.INTERNAL),
)  # fmt: skip


def stock(stage: Stage, editor: Actor, website: str, now: dt.datetime) -> None:
    """Put the documents, a photo of the poster and the web page into the member's library."""
    for piece in _PIECES:
        id_ = _keep(stage, editor, piece.filename, _paper(piece.title, now), _said(piece, now), now)
        if piece.newer:
            _renew(
                stage, editor, id_, Upload(piece.newer, _paper(piece.title + "（改訂）", now)), now
            )
    poster = Description("社内に掲示したポスターの写真", Visibility.PUBLIC, category=Category.PHOTO)
    _keep(stage, editor, "掲示写真.png", _photo(), poster, now)
    page = Description("自社サイトの取組ページ", Visibility.PUBLIC, category=Category.WEB_PAGE)
    stage.act(
        editor,
        lambda uow: evidence.add_link(
            uow,
            actor=editor,
            org_id=editor.org_id or uuid.UUID(int=0),
            url=f"{website or 'https://minato.example.com/'}kodo",
            description=page,
            now=now,
        ),
    )


def _said(piece: _Piece, now: dt.datetime) -> Description:
    today = now.date()
    return Description(
        title=piece.title,
        visibility=piece.visibility,
        issued_on=today - dt.timedelta(days=piece.issued),
        valid_until=today + dt.timedelta(days=piece.valid) if piece.valid is not None else None,
        category=piece.category,
    )


def _keep(  # noqa: PLR0913, PLR0917 -- private
    stage: Stage,
    editor: Actor,
    filename: str,
    content: bytes,
    said: Description,
    now: dt.datetime,
) -> uuid.UUID:
    org_id = editor.org_id or uuid.UUID(int=0)
    received = _received(stage, editor, Upload(filename, content))
    return stage.act(
        editor,
        lambda uow: evidence.add_received(
            uow,
            actor=editor,
            org_id=org_id,
            received=received,
            description=said,
            quota_mb=_QUOTA_MB,
            now=now,
        ),
    )


def _renew(
    stage: Stage, editor: Actor, evidence_id: uuid.UUID, upload: Upload, now: dt.datetime
) -> None:
    received = _received(stage, editor, upload)
    stage.act(
        editor,
        lambda uow: evidence.add_version(
            uow,
            actor=editor,
            evidence_id=evidence_id,
            received=received,
            quota_mb=_QUOTA_MB,
            now=now + dt.timedelta(minutes=5),
        ),
    )


def _received(stage: Stage, editor: Actor, upload: Upload) -> evidence.Received:
    return stage.act(
        editor,
        lambda uow: evidence.receive(
            uow,
            stage.app.extensions["store"],
            actor=editor,
            org_id=editor.org_id or uuid.UUID(int=0),
            upload=upload,
            quota_mb=_QUOTA_MB,
        ),
    )


def _paper(title: str, now: dt.datetime) -> bytes:
    paper = Document("ja", title, author="見本", created=now)
    paper.heading(title, level=1)
    paper.paragraph(_NOTE)
    return paper.save()


def _photo() -> bytes:
    """Return a picture of a sheet of paper on a wall."""
    wall = Image.new("RGB", (960, 640), (222, 214, 200))
    draw = ImageDraw.Draw(wall)
    draw.rectangle((330, 90, 630, 515), fill=(255, 255, 255), outline=(90, 90, 90), width=3)
    for line in range(5):
        draw.rectangle((365, 190 + 52 * line, 395, 215 + 52 * line), fill=(0, 23, 193))
        draw.rectangle((410, 196 + 52 * line, 595, 208 + 52 * line), fill=(150, 150, 150))
    draw.rectangle((365, 120, 595, 150), fill=(0, 23, 193))
    out = io.BytesIO()
    wall.save(out, "PNG")
    return out.getvalue()
