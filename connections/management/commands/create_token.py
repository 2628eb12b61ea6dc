from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables

from connections.api.tokens import create_token
from connections.models import User


class Command(BaseCommand):
    help = "Make a key to the API for a person, and print it: this once, since only its hash is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=90, help="How long it is valid. Default: 90.")
        parser.add_argument("--name", default="command line", help="What it is for.")
        parser.add_argument("--read-only", action="store_true", help="It changes nothing.")

    @sensitive_variables()
    def handle(self, *args: Any, username: str, days: int, name: str, read_only: bool, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {username!r}.")
        if not 1 <= days <= 3650 or not 1 <= len(name) <= 80:
            raise CommandError("A token is valid for 1 to 3650 days and has a name of 1 to 80 characters.")
        _, text = create_token(user, name, lifetime=timedelta(days=days), may_write=not read_only)
        self.stdout.write(text)
