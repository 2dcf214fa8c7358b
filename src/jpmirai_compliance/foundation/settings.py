"""Settings from the environment, ``JPMIRAI_*``; see ``.env.example`` for every name."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_LENGTH = 32
ROOT = Path(__file__).resolve().parents[3]
#: In a checkout the runtime folder lies beside ``src``; an installed wheel must be told.
INSTANCE = ROOT / "instance" if (ROOT / "setup.cfg").exists() else Path("instance").absolute()


class BadEnvironment(RuntimeError):
    """The environment cannot serve; the message lists every fault, one a line."""


class Settings(BaseSettings):
    """All that an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="JPMIRAI_", env_file=".env", extra="ignore", frozen=True
    )

    env: Literal["development", "test", "production"] = "development"
    debug: bool = False
    secret_key: SecretStr = SecretStr("")
    secret_key_fallbacks: tuple[str, ...] = ()
    database_url: str = ""
    instance_path: Path = INSTANCE
    public_base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int | None = Field(default=None, ge=0, le=5)
    published_path: Path | None = None
    evidence_store: str = "local"
    evidence_store_endpoint: str = ""
    evidence_store_key: SecretStr = SecretStr("")
    evidence_store_secret: SecretStr = SecretStr("")
    evidence_quota_mb: int = Field(default=2_000, ge=1)
    clamd_address: str = ""
    clamd_timeout: int = Field(default=30, ge=1, le=300)
    mail_backend: Literal["console", "smtp"] = "console"
    mail_from: str = "noreply@example.org"
    mail_reply_to: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    ratelimit_storage: str = "memory://"
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def database(self) -> str:
        """The database's URL; an SQLite file in the instance folder unless one is named."""
        return self.database_url or f"sqlite:///{self.instance_path / 'jpmirai.db'}"

    @property
    def published(self) -> Path:
        """The folder of published pages, which the web server may read."""
        return self.published_path or self.instance_path / "published"

    @property
    def secure(self) -> bool:
        """Whether people reach the service by https."""
        return self.public_base_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """Host names the service answers to."""
        named = urlsplit(self.public_base_url).hostname
        return [*self.trusted_hosts, *([named] if named else [])]


def load() -> Settings:
    """Return the settings; BadEnvironment with every fault in one message."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"JPMIRAI_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise BadEnvironment(_listed(lines)) from None  # the values may be secret
    if found := faults(settings):
        raise BadEnvironment(_listed(found))
    return settings


def faults(settings: Settings) -> list[str]:
    """Return what makes these settings unfit to serve; outside production only the secret's."""
    found = []
    secret = settings.secret_key.get_secret_value()
    if len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_LENGTH // 4:
        found.append(
            f"JPMIRAI_SECRET_KEY: missing or weak; {SECRET_LENGTH} random characters or more"
            ' (python -c "import secrets; print(secrets.token_urlsafe(48))")'
        )
    if settings.env != "production":
        return found
    return found + [line for broken, line in _production(settings) if broken]


def _production(s: Settings) -> list[tuple[bool, str]]:
    base = urlsplit(s.public_base_url)
    return [
        (s.debug, "JPMIRAI_DEBUG: must be off in production"),
        (
            "public_base_url" not in s.model_fields_set
            or base.scheme != "https"
            or not base.netloc,
            "JPMIRAI_PUBLIC_BASE_URL: the https address that people type",
        ),
        (
            bool(base.path.strip("/") or base.query),
            "JPMIRAI_PUBLIC_BASE_URL: no path after the host",
        ),
        (
            s.proxy_hops is None,
            "JPMIRAI_PROXY_HOPS: how many proxies stand in front (0 if none, 1 for nginx)",
        ),
        (not _writable(s.instance_path), f"JPMIRAI_INSTANCE_PATH: cannot write {s.instance_path}"),
        (
            s.database_url.startswith("sqlite:///")
            and not _writable(Path(s.database_url.removeprefix("sqlite:///")).parent),
            "JPMIRAI_DATABASE_URL: cannot write the folder of the SQLite file",
        ),
        (
            s.database_url.startswith("postgresql:"),
            "JPMIRAI_DATABASE_URL: name the driver, postgresql+psycopg://…",
        ),
        (s.mail_backend == "console", "JPMIRAI_MAIL_BACKEND: smtp, or nobody gets an invitation"),
        (
            s.mail_from.endswith("@example.org"),
            "JPMIRAI_MAIL_FROM: the address that mails come from",
        ),
    ]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _listed(lines: list[str]) -> str:
    return "The service cannot start. Please mend the environment:\n" + "\n".join(
        f"  - {line}" for line in lines
    )
