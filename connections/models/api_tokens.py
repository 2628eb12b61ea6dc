import uuid
from datetime import datetime

from django.db import models
from knox.models import AbstractAuthToken

from connections.models.people import User


class APIToken(AbstractAuthToken):  # type: ignore[misc]  # untyped library
    """A person's key to the API; it opens what the person may see and do, no more.

    Only the token's hash is kept: `digest`, which is the primary key and appears nowhere. Made by
    `connections.api.tokens.create_token`.
    """

    digest: "models.CharField[str, str]"
    token_key: "models.CharField[str, str]"
    created: "models.DateTimeField[datetime, datetime]"
    expiry: "models.DateTimeField[datetime | None, datetime | None]"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    may_write = models.BooleanField(default=True, help_text="Without it, the token reads only.")
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the hour.")

    objects = models.Manager["APIToken"]()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    def has_expired(self, now: datetime) -> bool:
        return self.expiry is not None and self.expiry <= now
