import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connections.audit import record_event
from connections.models import AuditEvent, Credential
from connections.tokens import reseal


class Command(BaseCommand):
    help = (
        "Encrypt all stored tokens with the newest key of TOKEN_KEYS. Put the new key first, restart "
        "everything, run this, then drop the old key. Safe while Greenroom runs, and to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new-key", action="store_true", help="Print a fresh entry for TOKEN_KEYS, change nothing."
        )
        parser.add_argument("--batch", type=int, default=200, help="Rows between two lines of progress.")

    def handle(self, *args: Any, new_key: bool, batch: int, **options: Any) -> None:
        if new_key:
            self.stdout.write(f"k{timezone.now():%Y%m%d}{secrets.token_hex(2)}:{secrets.token_hex(32)}")
            return
        newest = settings.TOKEN_KEYS[0][0]
        changed, unreadable = self._reseal_all(max(batch, 1))
        record_event(AuditEvent.Kind.KEYS_ROTATED, key_id=newest, changed=changed, unreadable=unreadable)
        if unreadable:
            raise CommandError(
                f"{unreadable} tokens open with none of the keys in TOKEN_KEYS. Restore the key that sealed "
                "them, or let the accounts be connected again."
            )
        self.stdout.write(f"Done: {changed} tokens encrypted anew; the key {newest} now holds all of them.")

    def _reseal_all(self, batch: int) -> tuple[int, int]:
        total, done, changed, unreadable = Credential.objects.count(), 0, 0, 0
        step = reseal(after=0, limit=batch)
        while step.last is not None:
            done, changed, unreadable = (
                min(done + batch, total),
                changed + step.changed,
                unreadable + step.unreadable,
            )
            self.stdout.write(f"{done}/{total} accounts")
            step = reseal(after=step.last, limit=batch)
        return changed, unreadable
