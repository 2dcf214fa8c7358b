"""The demo's settings, its logins, and the code of its second factor."""

import datetime as dt
import secrets
from pathlib import Path

import pyotp
from pydantic import SecretStr

from jpmirai_compliance.demo.cast import PASSWORD, PEOPLE, SECOND_FACTOR
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import write_durably


class NotHere(RuntimeError):
    """The demo has no place in production."""


def settings() -> Settings:
    """Return settings for instance/demo; NotHere where the environment says production."""
    named = Settings()
    if named.env == "production":
        msg = "JPMIRAI_ENV is production: invented data and known logins do not belong here"
        raise NotHere(msg)
    folder = named.instance_path / "demo"
    return Settings(
        env="development",
        secret_key=SecretStr(_secret(folder)),
        instance_path=folder,
        database_url="",
        published_path=None,
        evidence_store="local",
        public_base_url=f"http://127.0.0.1:{named.port}",
        trusted_hosts=("localhost",),
        host=named.host,
        port=named.port,
        mail_backend="console",
        mail_reply_to="jimukyoku@mirai.example.com",
    )


def code(now: dt.datetime) -> str:
    """Return the six digits that the second factor asks for at this moment."""
    return pyotp.TOTP(SECOND_FACTOR).at(now)


def welcome(found: Settings) -> str:
    """Return the address and one login per role, for the terminal."""
    shown = {
        "hanako": "会員（担当者） member, editor",
        "buchou": "会員（承認者） member, approver",
        "jimukyoku": "事務局 secretariat",
        "kakunin": "事務局（確認） second person of the secretariat",
        "shinsa": "審査員 judge",
    }
    lines = [f"  {what:44} {p.email}" for p in PEOPLE if (what := shown.get(p.local))]
    return "\n".join(
        [
            "",
            f"  {found.public_base_url}/ja/   公開ページ public pages",
            f"  {found.public_base_url}/sign-in   ログイン",
            "",
            *lines,
            "",
            f"  パスワード password: {PASSWORD}",
            f"  認証コード second factor of secretariat and judges: {SECOND_FACTOR}",
            "  いまのコード the code of this minute: .venv/bin/jpmirai demo-code",
            "",
        ]
    )


def _secret(folder: Path) -> str:
    path = folder / "secret"
    if not path.exists():
        write_durably(path, secrets.token_urlsafe(48).encode())
        path.chmod(0o600)
    return path.read_text()
