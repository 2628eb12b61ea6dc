from django.db import models


class WebhookEvent(models.Model):
    """A delivery as it came in: stored first, understood later. The body's digest makes repeats harmless."""

    platform = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=models.Q(processed_at__isnull=True), name="webhook_unprocessed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.received_at:%Y-%m-%d %H:%M:%S}"
