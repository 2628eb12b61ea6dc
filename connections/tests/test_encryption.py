from pathlib import Path

import pytest
from django.conf import settings as installation
from pytest_django.fixtures import Settings

from connections.encryption import Undecryptable, decrypt, encrypt, is_newest

OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)
HERE = "workspace:connection:access_token"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.TOKEN_KEYS = [NEW, OLD]


def test_sec_23_a_token_comes_back_and_its_ciphertext_names_version_and_key() -> None:
    sealed = encrypt("CANARY-1", HERE)

    assert sealed.startswith("v1.new.")
    assert "CANARY" not in sealed
    assert decrypt(sealed, HERE) == "CANARY-1"


def test_sec_23_the_same_token_never_looks_the_same_twice() -> None:
    assert encrypt("CANARY-1", HERE) != encrypt("CANARY-1", HERE)


def test_nothing_stays_nothing() -> None:
    assert encrypt("", HERE) == ""
    assert decrypt("", HERE) == ""


@pytest.mark.parametrize(
    "elsewhere",
    ["other:connection:access_token", "workspace:other:access_token", "workspace:connection:refresh_token"],
)
def test_sec_23_a_ciphertext_moved_to_another_row_or_field_does_not_open(elsewhere: str) -> None:
    with pytest.raises(Undecryptable, match="moved"):
        decrypt(encrypt("CANARY-1", HERE), elsewhere)


def test_sec_23_what_an_older_key_sealed_still_opens(settings: Settings) -> None:
    settings.TOKEN_KEYS = [OLD]
    sealed = encrypt("CANARY-1", HERE)
    settings.TOKEN_KEYS = [NEW, OLD]

    assert decrypt(sealed, HERE) == "CANARY-1"
    assert not is_newest(sealed)
    assert is_newest(encrypt("CANARY-1", HERE))


def test_sec_23_without_its_key_the_error_names_the_key_and_no_secret(settings: Settings) -> None:
    sealed = encrypt("CANARY-1", HERE)
    settings.TOKEN_KEYS = [OLD]

    with pytest.raises(Undecryptable) as caught:
        decrypt(sealed, HERE)

    assert str(caught.value) == "The key 'new' that encrypted it is not in TOKEN_KEYS."
    assert caught.value.__cause__ is None


def test_sec_23_another_key_under_the_same_id_does_not_open_it(settings: Settings) -> None:
    sealed = encrypt("CANARY-1", HERE)
    settings.TOKEN_KEYS = [("new", b"x" * 32)]

    with pytest.raises(Undecryptable, match="the key is another"):
        decrypt(sealed, HERE)


@pytest.mark.parametrize("damaged", ["v1.new.", "v1.new.!!!", "v1.new.QUJD", "v2.new.QUJD", "CANARY-1", "v1"])
def test_damaged_text_is_refused(damaged: str) -> None:
    with pytest.raises(Undecryptable):
        decrypt(damaged, HERE)


def test_sec_28_certificates_are_checked_everywhere() -> None:
    switch = "verify" + "=False"
    apps = [Path(installation.BASE_DIR) / name for name in ("config", "connections", "crm", "enrichment", "youtube")]
    sources = [path for app in apps for path in app.rglob("*.py")]

    assert len(sources) > 50
    assert [path for path in sources if switch in path.read_text()] == []
