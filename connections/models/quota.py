from django.db import models
from django.db.models import Q


class QuotaLedger(models.Model):
    """Units of one quota bucket spent on one quota day, for the whole installation (`connections.quota`).

    `reserved` units are kept aside for what people do: a sync stops when only they are left.
    """

    platform = models.CharField(max_length=20)
    bucket = models.CharField(max_length=40)
    day = models.DateField(help_text="The vendor's quota day; YouTube's begins at midnight Pacific time.")
    used = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField()
    exhausted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the platform itself said that nothing is left, whatever we had counted."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "bucket", "day"], name="one_ledger_a_bucket_and_day"),
            models.CheckConstraint(condition=Q(reserved__lte=models.F("limit")), name="reserve_within_limit"),
        ]
        ordering = ["-day", "platform", "bucket"]

    def __str__(self) -> str:
        return f"{self.platform} {self.bucket} {self.day}: {self.used}/{self.limit}"
