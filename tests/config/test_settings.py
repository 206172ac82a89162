"""Settings work with nothing configured, and take what the environment says."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import (
    Settings,
    apply_environment,
    forget_settings,
    inherited_environment,
    load_settings,
)


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in inherited_environment():
        if name.startswith("DONDOC_"):
            monkeypatch.delenv(name)


def test_nothing_needs_to_be_configured() -> None:
    settings = load_settings()
    assert settings.is_loopback_mail
    assert settings.engine_url == f"sqlite:///{Path('var').resolve()}/dondoc.sqlite3"
    assert settings.portal_url == "http://127.0.0.1:4280"
    assert settings.prefect_url == "http://127.0.0.1:4200"
    assert {settings.mail_folder.parent, settings.blob_folder.parent} == {settings.home}


def test_the_environment_is_read_at_every_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_HOME", "/srv/mot")
    assert load_settings().home == Path("/srv/mot")
    apply_environment({"DONDOC_HOME": "/srv/hai"})
    assert load_settings().home == Path("/srv/hai")
    assert inherited_environment()["DONDOC_HOME"] == "/srv/hai"


def test_a_set_address_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_DATABASE_URL", "postgresql://dondoc@127.0.0.1/dondoc")
    monkeypatch.setenv("DONDOC_PUBLIC_URL", "https://dondoc.example/")
    monkeypatch.setenv("DONDOC_SMTP_HOST", "relay.example")
    settings = load_settings()
    assert settings.engine_url == "postgresql://dondoc@127.0.0.1/dondoc"
    assert settings.portal_url == "https://dondoc.example"
    assert not settings.is_loopback_mail


def test_settings_may_be_forgotten_but_for_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_COMMUNE", "dong-hoa")
    monkeypatch.setenv("DONDOC_HOME", "/srv/mot")
    forget_settings(keep={"DONDOC_HOME"})
    settings = load_settings()
    assert (settings.commune, settings.home) == ("bat-mot", Path("/srv/mot"))


def test_a_password_is_not_printed() -> None:
    settings = Settings.model_validate({"smtp_password": "bí mật"})
    assert "bí mật" not in repr(settings)
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "bí mật"


def test_settings_do_not_change_and_refuse_nonsense() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings, "commune", "khác")  # noqa: B010 - mypy knows that it is frozen
    with pytest.raises(ValidationError, match="portal_port"):
        Settings.model_validate({"portal_port": "bốn"})
