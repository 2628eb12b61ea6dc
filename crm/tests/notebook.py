"""A platform that writes down what the CRM tells it."""

from collections.abc import Mapping

from connections.models import Connection
from connections.records import Signals


class Notebook:
    slug = "notebook"
    name = "Notebook"
    derived_metrics_need_consent = False

    def __init__(self) -> None:
        self.told: dict[str, Signals] = {}

    def store_signals(self, connection: Connection, signals: Mapping[str, Signals]) -> None:
        self.told.update(signals)


notebook = Notebook()
