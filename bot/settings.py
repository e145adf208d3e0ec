"""Settings from the environment and `.env`, read once into one frozen object."""

import contextlib
import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.errors import SchoolError
from services.i18n import N_
from storage.vocabulary import BotId

PROJECT = Path(__file__).parent.parent
TELEGRAM_API = "https://api.telegram.org"
SECRETS = ("BOT_TOKEN", "DATABASE_URL", "WEBHOOK_SECRET", "SECRET_KEY", "SMTP_URL", "BACKUP_KEY", "TELEGRAM_PROXY")


class Settings(BaseSettings):
    """Everything an installation may choose; secrets may also stand in a file named by NAME_FILE."""

    model_config = SettingsConfigDict(env_file=PROJECT / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    bot_token: SecretStr | None = None
    bot_api_base: str = TELEGRAM_API
    database_url: SecretStr | None = None
    data_dir: Path = Path("data")
    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=0, le=65535)
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    public_url: str | None = None
    secret_key: SecretStr | None = None
    telegram_proxy: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    support_chat: int | None = None
    backup_dir: Path | None = None
    backup_key: SecretStr | None = None
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    zvonok_now: Annotated[datetime | None, NoDecode] = None

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value != ""}

    @field_validator("data_dir", "backup_dir")
    @classmethod
    def _from_the_project(cls, path: Path | None) -> Path | None:
        # A relative folder belongs to the project, whatever folder the command was given in.
        return path if path is None else PROJECT / path

    @field_validator("zvonok_now")
    @classmethod
    def _needs_a_zone(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("ZVONOK_NOW needs a zone: 2026-09-08T10:00+03:00")
        return moment

    @field_validator("log_level")
    @classmethod
    def _upper(cls, level: str) -> str:
        return level.upper()

    @model_validator(mode="after")
    def _no_shifted_time_at_telegram(self) -> "Settings":
        if self.zvonok_now is not None and self.bot_token is not None and self.at_telegram:
            raise ValueError("ZVONOK_NOW is refused against Telegram's own API")
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "Settings":
        if self.smtp_url is not None and (self.mail_from is None or self.public_url is None):
            raise ValueError("SMTP_URL needs MAIL_FROM and PUBLIC_URL beside it: letters carry links")
        return self

    @property
    def at_telegram(self) -> bool:
        """Whether the Bot API is Telegram's own."""
        return self.bot_api_base.rstrip("/") == TELEGRAM_API

    @property
    def local_host(self) -> str:
        """Where this machine itself reaches what listens at HTTP_HOST."""
        return "127.0.0.1" if self.http_host == "0.0.0.0" else self.http_host  # noqa: S104 - compared, not bound

    @property
    def is_demo(self) -> bool:
        """Whether nothing says whose school this is: commands then mean the demo school's base."""
        return self.bot_token is None and self.database_url is None

    @property
    def database(self) -> str:
        """The base's URL; by default a SQLite file in the data directory."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / ('demo.db' if self.is_demo else 'zvonok.db')}"

    def key(self) -> bytes:
        """SECRET_KEY, or one kept in the data directory, made at first need."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        path = self.data_dir / "secret.key"
        if not path.exists():
            # Whole before it is seen: another process may ask for it in the same moment.
            descriptor, made = tempfile.mkstemp(dir=self.data_dir)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
            os.unlink(made)
        return path.read_text(encoding="ascii").encode()


class WrongToken(SchoolError):
    """BOT_TOKEN is missing, or is no token."""

    sentence = N_("BOT_TOKEN must look like 123456:ABC…, as @BotFather gives it.")


class NoSettingsFile(SchoolError):
    """ZVONOK_ENV names a file that isn't there."""

    sentence = N_("ZVONOK_ENV names {path}, and it can't be read. Check the name and whose file it is.")


def env_file() -> Path:
    """The file of settings: `.env` of the project, or the one ZVONOK_ENV names, where one machine has several bots."""
    named = os.environ.get("ZVONOK_ENV")
    return Path(named) if named else PROJECT / ".env"


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process.

    Raises NoSettingsFile, and pydantic's ValidationError, whose text names the variable.
    """
    file = env_file()
    if os.environ.get("ZVONOK_ENV") and not os.access(file, os.R_OK):
        raise NoSettingsFile(path=file)  # a silent demo school in place of one's own would be worse
    return Settings(**{"_env_file": file, **_from_files(), **overrides})


def http_proxy(settings: Settings) -> str | None:
    """The proxy's address. Raises ValueError for a kind that we don't speak."""
    if settings.telegram_proxy is None:
        return None
    address = settings.telegram_proxy.get_secret_value()
    if not address.startswith(("http://", "https://")):
        raise ValueError("TELEGRAM_PROXY must begin with http:// or https://")
    return address


def bot_id_of(settings: Settings) -> BotId:
    """The bot's id, which its token begins with. Raises WrongToken."""
    if settings.bot_token is None:
        raise WrongToken
    number = settings.bot_token.get_secret_value().partition(":")[0]
    if not number.isdigit():
        raise WrongToken
    return BotId(int(number))


def _from_files() -> dict[str, str]:
    found = {}
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if path and not os.environ.get(name):
            found[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
    return found
