"""The part of a comment's admin page that people fill in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from connections.admin_scope import SameWorkspaceForm
from connections.models import User
from crm import triage
from crm.models import Interaction, SignalCorrection

CORRECTED_FIELDS = ("sentiment", "categories", "priority_score")
TRIAGE = ("status", "assigned_to", "snoozed_until", "tag_names", "new_note", "seen_version")
TRIAGE_FIELDS = (*TRIAGE, *CORRECTED_FIELDS)


class TriageForm(SameWorkspaceForm[Interaction]):
    """Takes what was changed, field by field, through `crm.triage`; `apply` instead of `save`."""

    tag_names = forms.CharField(label="Tags", required=False, help_text="Separated by commas.")
    new_note = forms.CharField(label="Add a note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tag_names"] = ", ".join(self._present_tags())
            self.initial["seen_version"] = self.instance.version

    def _present_tags(self) -> list[str]:
        return list(self.instance.tags.order_by("name").values_list("name", flat=True))

    def clean_assigned_to(self) -> User | None:
        person: User | None = self.cleaned_data["assigned_to"]
        is_new = "assigned_to" in self.changed_data
        if person is not None and is_new and not triage.may_answer(person, self.instance.workspace_id):
            raise ValidationError("This person may not answer comments of this workspace.")
        return person

    def clean_priority_score(self) -> int:
        score: int = self.cleaned_data["priority_score"]
        if "priority_score" in self.changed_data and not 1 <= score <= 100:
            raise ValidationError("A priority is a whole number from 1 to 100.")
        return score

    def clean_sentiment(self) -> str:
        return str(self._corrected("sentiment"))

    def clean_categories(self) -> list[str]:
        return list(self._corrected("categories"))

    def _corrected(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if name in self.changed_data and not value:
            raise ValidationError("Choose one: a correction cannot be empty.")
        return value

    @transaction.atomic
    def apply(self, *, by: User) -> None:
        """Write what was changed. Raises `triage.ChangedMeanwhile` when the page was out of date."""
        row = Interaction.objects.select_related("assigned_to", "connection").get(pk=self.instance.pk)
        if set(self.changed_data) - {"new_note"} and row.version != self.cleaned_data["seen_version"]:
            raise triage.ChangedMeanwhile(row)
        for name in CORRECTED_FIELDS:
            if name in self.changed_data:
                field = SignalCorrection.Field(name)
                triage.correct_signal(row, field, self.cleaned_data[name], by=by)
        self._apply_triage(row, by)
        self._apply_tags(row, by)
        if self.cleaned_data["new_note"].strip():
            triage.add_note(row, self.cleaned_data["new_note"], by=by)

    def _apply_triage(self, row: Interaction, by: User) -> None:
        if "status" in self.changed_data:
            triage.set_status(row, Interaction.Status(self.cleaned_data["status"]), by=by)
        if "assigned_to" in self.changed_data:
            triage.assign(row, self.cleaned_data["assigned_to"], by=by)
        if "snoozed_until" in self.changed_data:
            triage.snooze(row, self.cleaned_data["snoozed_until"], by=by)

    def _apply_tags(self, row: Interaction, by: User) -> None:
        if "tag_names" not in self.changed_data:
            return
        wanted = [name.strip() for name in self.cleaned_data["tag_names"].split(",") if name.strip()]
        kept = {name.casefold() for name in wanted}
        for name in self._present_tags():
            if name.casefold() not in kept:
                triage.remove_tag(row, name, by=by)
        for name in wanted:
            triage.add_tag(row, name, by=by)
