"""A stand-in for YouTube, written from Google's documentation and from nothing of ours.

It answers the Data API v3, Analytics v2, Reporting v1 and OAuth 2.0 the way Google documents them and refuses
what Google refuses. `control` describes how to look behind it, change it and break it.
"""

from typing import Any
from wsgiref.types import WSGIApplication

from youtube.sandbox.app import Sandbox

SLUG = "youtube"


def create(seed: int, size: str, **options: Any) -> WSGIApplication:
    """`size`: small, demo, or threads:<number>.

    Options: client_id, client_secret, anchor, and any of `world.Settings`.
    """
    return Sandbox(seed, size, **options)
