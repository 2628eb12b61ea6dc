import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_variables

from connections.connecting import Refused, save_account
from connections.errors import PlatformError
from connections.models import Connection, Membership, Role, User, Workspace
from connections.oauth import requested_scopes
from connections.registry import AccountIdentity, Platform, TokenGrant, platforms


class Command(BaseCommand):
    help = (
        "Attach an account from a token that you already have. Give it as --token, or, so that it stands in no "
        "shell history, on standard input with '--token -'. Prints the connection's uuid."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("platform", choices=list(platforms()))
        parser.add_argument("--token", required=True, help="Access token; '-' reads it from standard input.")
        parser.add_argument("--refresh-token", default="", help="Without one, access ends when the token does.")
        parser.add_argument("--workspace", default="", help="Slug. Default: the only one, or a new one.")
        parser.add_argument("--owner", default="", help="Who owns a new workspace. Default: the only superuser.")

    @sensitive_variables()
    def handle(self, *args: Any, **options: Any) -> None:
        platform = platforms()[options["platform"]]
        token = sys.stdin.readline() if options["token"] == "-" else options["token"]  # noqa: S105 - no password
        if not token.strip():
            raise CommandError("The token is empty.")
        # What a token may do is not written on it: the scopes we ask for are assumed until a call is refused.
        grant = TokenGrant(token.strip(), options["refresh_token"].strip(), None, requested_scopes(platform))
        connection = self._connect(platform, grant, options["workspace"], options["owner"])
        if connection.last_error:
            self.stderr.write(connection.last_error)
        self.stdout.write(str(connection.uuid))

    @sensitive_variables()
    def _connect(self, platform: Platform, grant: TokenGrant, slug: str, owner: str) -> Connection:
        workspace = _workspace(slug)
        try:
            identity = platform.connect(grant)
            with transaction.atomic():
                workspace = workspace or _make_workspace(identity, owner)
                connection = save_account(platform, workspace, grant, identity, actor=None)
        except (Refused, PlatformError) as error:
            raise CommandError(str(error)) from None
        connection.refresh_from_db()
        return connection


def _workspace(slug: str) -> Workspace | None:
    """The one named, or the only one there is; None where the first is to be made."""
    if slug:
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {slug!r}. There are: {_slugs() or 'none'}.")
        return workspace
    if Workspace.objects.count() > 1:
        raise CommandError(f"Name the workspace with --workspace. There are: {_slugs()}.")
    return Workspace.objects.first()


def _slugs() -> str:
    return ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True))


def _make_workspace(identity: AccountIdentity, owner: str) -> Workspace:
    people = User.objects.filter(username=owner) if owner else User.objects.filter(is_superuser=True, is_active=True)
    if owner and not people:
        raise CommandError(f"There is no user {owner!r} to own the new workspace.")
    # A name without a Latin letter leaves no slug.
    slug = slugify(identity.display_name) or slugify(identity.handle) or "workspace"
    workspace = Workspace.objects.create(name=identity.display_name[:120] or "Workspace", slug=slug[:120])
    if len(people) == 1:
        Membership.objects.create(user=people[0], workspace=workspace, role=Role.OWNER)
    return workspace
