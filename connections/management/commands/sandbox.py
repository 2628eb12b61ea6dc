"""`manage.py sandbox`: plays every platform of the settings on one port."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connections import registry
from connections.sandbox_server import SandboxServer, add_arguments, load, run_until_stopped


class Command(BaseCommand):
    help = "Serve a stand-in of every platform under /<slug>; each one documents its own control API."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **given: Any) -> None:
        modules = [platform.sandbox for platform in registry.platforms().values()]
        apps = load(modules, given["seed"], given["size"], **dict(given["option"]))
        run_until_stopped(SandboxServer(apps, given["host"], given["port"]))
