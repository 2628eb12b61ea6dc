"""A change of a comment's triage as a program asks for it, and the way it takes through `crm.triage`."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from connections.api.fields import RowField
from connections.models import Role, User
from crm import triage
from crm.models import Interaction

DECISIONS = ("status", "assigned_to", "tags", "snoozed_until")
CHANGES = (*DECISIONS, "note")
MAX_VERSION = 2**31 - 1


def _possible_assignees(context: Mapping[str, Any]) -> Any:
    """Who may answer in the comment's workspace; nobody else exists here."""
    interaction: Interaction = context["interaction"]
    held = {"memberships__workspace": interaction.workspace_id, "memberships__role__in": Role.at_least(Role.AGENT)}
    return User.objects.filter(is_active=True, **held)


class TriageChangeSerializer(serializers.Serializer[Any]):
    """Only what is named changes. A note alone needs no version: it takes nothing from anybody."""

    version = serializers.IntegerField(
        required=False, min_value=0, max_value=MAX_VERSION, help_text="The one you have read; or send it as `If-Match`."
    )
    status = serializers.ChoiceField(choices=Interaction.Status.choices, required=False)
    assigned_to = RowField(
        _possible_assignees, required=False, allow_null=True, help_text="A member who may answer; null for nobody."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=30,
        help_text="All tags it should carry; new ones are made.",
    )
    snoozed_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Set it aside until then; null brings it back."
    )
    note = serializers.CharField(required=False, max_length=10_000, help_text="Added to the team's notes.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(name in attrs for name in CHANGES):
            raise ValidationError(f"Name what is to change: {', '.join(CHANGES)}.", code="required")
        version = self._version(attrs.get("version"))
        if version is None and any(name in attrs for name in DECISIONS):
            raise ValidationError({"version": "Say which version you have read."}, code="required")
        return {**attrs, "version": version}

    def _version(self, in_body: int | None) -> int | None:
        header = self.context["request"].headers.get("If-Match")
        if header is None:
            return in_body
        matched = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"', header)
        if matched is None or in_body not in (None, int(matched[1])):
            raise ValidationError({"version": "If-Match names no version, or another than the body."})
        return int(matched[1])


@transaction.atomic
def apply(interaction: Interaction, change: Mapping[str, Any], *, by: User) -> None:
    """All of it or nothing. Raises `triage.ChangedMeanwhile` when the comment is not the version decided on."""
    if change["version"] not in (None, interaction.version):
        raise triage.ChangedMeanwhile(interaction)
    if change.get("status", interaction.status) != interaction.status:
        triage.set_status(interaction, Interaction.Status(change["status"]), by=by)
    if change.get("assigned_to", interaction.assigned_to) != interaction.assigned_to:
        triage.assign(interaction, change["assigned_to"], by=by)
    if change.get("snoozed_until", interaction.snoozed_until) != interaction.snoozed_until:
        triage.snooze(interaction, change["snoozed_until"], by=by)
    if "tags" in change:
        _retag(interaction, change["tags"], by)
    if "note" in change:
        triage.add_note(interaction, change["note"], by=by)


def _retag(interaction: Interaction, wanted: list[str], by: User) -> None:
    present = {tag.name.casefold(): tag.name for tag in interaction.tags.all()}
    asked = {name.casefold(): name for name in wanted}
    for name in present.keys() - asked.keys():
        triage.remove_tag(interaction, present[name], by=by)
    for name in asked.keys() - present.keys():
        try:
            with transaction.atomic():
                triage.add_tag(interaction, asked[name], by=by)
        except IntegrityError:  # somebody made the same tag at this very moment
            triage.add_tag(interaction, asked[name], by=by)
