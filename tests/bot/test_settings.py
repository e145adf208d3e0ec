"""Settings: safe by default, secrets in files, shifted time refused at Telegram."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import SECRETS, NoSettingsFile, bot_id_of, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRETS, "BOT_API_BASE", "DATA_DIR", "HTTP_PORT", "ZVONOK_NOW"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_token_commands_mean_the_demo_base(tmp_path: Path) -> None:
    settings = read_settings(_env_file=None, data_dir=tmp_path)
    assert settings.is_demo
    assert settings.database == f"sqlite:///{tmp_path}/demo.db"
    assert settings.http_host == "127.0.0.1"


def test_with_a_token_the_base_is_the_school_s_own(tmp_path: Path) -> None:
    settings = read_settings(_env_file=None, data_dir=tmp_path, bot_token="1:x")
    assert settings.database == f"sqlite:///{tmp_path}/zvonok.db"


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("7:secret\n", encoding="utf-8")
    monkeypatch.setenv("BOT_TOKEN_FILE", str(tmp_path / "token"))
    settings = read_settings(_env_file=None)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == "7:secret"
    assert "7:secret" not in repr(settings)


def test_a_file_of_settings_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "one.env"
    monkeypatch.setenv("ZVONOK_ENV", str(file))
    with pytest.raises(NoSettingsFile):
        read_settings()
    file.write_text("BOT_TOKEN=5:one\nHTTP_PORT=18085\n", encoding="utf-8")
    monkeypatch.setenv("HTTP_PORT", "18086")  # what the unit says counts more
    settings = read_settings()
    assert (bot_id_of(settings), settings.http_port) == (5, 18086)


def test_an_empty_variable_is_an_absent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "")
    monkeypatch.setenv("HTTP_PORT", "")
    settings = read_settings(_env_file=None)
    assert settings.bot_token is None
    assert settings.http_port == 8080


def test_shifted_time_is_refused_against_telegram_and_taken_elsewhere() -> None:
    with pytest.raises(ValidationError, match="refused"):
        read_settings(_env_file=None, bot_token="1:x", zvonok_now="2026-09-08T10:00+03:00")
    settings = read_settings(
        _env_file=None, bot_token="1:x", bot_api_base="http://127.0.0.1:1", zvonok_now="2026-09-08T10:00+03:00"
    )
    assert settings.zvonok_now is not None
    with pytest.raises(ValidationError, match="zone"):
        read_settings(_env_file=None, zvonok_now="2026-09-08T10:00")


def test_the_made_key_is_kept_and_closed_to_others(tmp_path: Path) -> None:
    settings = read_settings(_env_file=None, data_dir=tmp_path)
    assert settings.key() == settings.key()
    assert len(settings.key()) == 64
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
