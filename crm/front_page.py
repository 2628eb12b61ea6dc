"""The inbox's cards on the first page: how much waits in each queue."""

from django.http import HttpRequest
from django.urls import reverse

from connections.admin_scope import roles_of
from connections.front_page import Card, Section, count_up_to
from connections.models import User
from crm.models import Interaction
from crm.queues import QUEUES, in_queue

ON_CARDS = {
    "needs_reply": "Open comments and replies, most urgent first",
    "questions": "Somebody asked and nobody answered",
    "high": "The ones not to let wait",
    "mine": "Given to you and not done",
    "held": "The platform keeps them back until somebody decides",
}
TONES = {"high": "warn", "held": "warn"}


def inbox(request: HttpRequest) -> Section | None:
    if not isinstance(request.user, User) or not roles_of(request):
        return None
    return Section("What waits for you", [_card(name, request.user) for name in ON_CARDS])


def _card(name: str, person: User) -> Card:
    counted, figure = count_up_to(in_queue(Interaction.objects.for_user(person), name, person))
    url = f"{reverse('admin:crm_interaction_changelist')}?queue={name}"
    tone = TONES.get(name, "") if counted else ""
    return Card(QUEUES[name].title, figure, url, tone, ON_CARDS[name])
