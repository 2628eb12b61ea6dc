from django.apps import AppConfig

from connections.front_page import on_front_page


class ConnectionsConfig(AppConfig):
    name = "connections"
    verbose_name = "Connections"

    def ready(self) -> None:
        from connections.health import accounts, installation  # noqa: PLC0415 - models exist only once all apps are loaded

        on_front_page(accounts)
        on_front_page(installation)
