from django.apps import AppConfig

from connections.front_page import on_front_page
from connections.registry import register_crm


class CRMConfig(AppConfig):
    name = "crm"
    verbose_name = "CRM"

    def ready(self) -> None:
        from crm.erasing import erase_connection  # noqa: PLC0415 - models exist only once all apps are loaded
        from crm.front_page import inbox  # noqa: PLC0415
        from crm.intake import intake  # noqa: PLC0415
        from crm.triage_lookup import triage_lookup  # noqa: PLC0415

        register_crm(intake=intake, triage_lookup=triage_lookup, erase=erase_connection)
        on_front_page(inbox)
