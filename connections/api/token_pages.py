"""Where people make and revoke their own keys to the API. A new one is shown once, on the answer itself."""

import uuid
from datetime import timedelta
from typing import cast

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from connections.api.tokens import create_token, revoke_token, tokens_of
from connections.models import User


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What it is for, so that you know later which one to revoke.")
    days = forms.IntegerField(label="Valid for days", min_value=1, max_value=365, initial=90)
    may_write = forms.BooleanField(label="It may change things, not only read them", initial=True, required=False)


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_variables("text")
def tokens(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form, text = TokenForm(request.POST or None), ""
    if form.is_valid():
        asked = form.cleaned_data
        _, text = create_token(
            user, asked["name"], lifetime=timedelta(days=asked["days"]), may_write=asked["may_write"]
        )
        form = TokenForm()
    shown = [(token, token.has_expired(timezone.now())) for token in tokens_of(user)]
    context = {**admin.site.each_context(request), "title": "API tokens", "form": form, "text": text, "tokens": shown}
    return render(request, "connections/api_tokens.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, token_uuid: uuid.UUID) -> HttpResponse:
    user = cast(User, request.user)
    revoke_token(get_object_or_404(tokens_of(user), uuid=token_uuid), by=user)
    return redirect("api_tokens:list")
