import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from connections.after_commit import after_commit
from connections.models import Connection, Workspace
from connections.tests.postcards import PostOffice
from connections.tokens import mark_needs_reauth


def fail(word: str) -> None:
    raise ValueError(word)


@pytest.mark.django_db(transaction=True)
def test_rel_66_work_that_fails_undoes_nothing_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    with transaction.atomic():
        Workspace.objects.create(name="Anna's cards", slug="anna")
        after_commit(fail, "the broker spoke nonsense")
        after_commit(done.append, "the next one")

    assert Workspace.objects.exists()
    assert done == ["the next one"]
    assert "the broker spoke nonsense" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_rel_66_a_notice_that_cannot_be_written_does_not_keep_an_account_from_being_stopped(
    account: Connection, office: PostOffice, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"

    assert mark_needs_reauth(account, "Revoked.")

    account.refresh_from_db()
    assert account.status == Connection.Status.NEEDS_REAUTH
