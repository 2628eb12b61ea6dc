from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from connections.models import Connection, QuarantinedRecord, StreamState
from connections.tests.working import walk
from youtube.models import YouTubeComment
from youtube.tests.invariants import check_always, check_synced, stored_comments
from youtube.tests.sandbox_control import SandboxControl


@pytest.mark.usefixtures("small_pages")
def test_rel_40_comments_of_one_second_across_pages_are_all_stored(vendor: SandboxControl, synced: Connection) -> None:
    video, second = vendor.videos(synced.external_id)[0]["id"], int(timezone.now().timestamp())
    vendor.comment(video=video, n=50, text="At once", published=second)
    walk(synced, "comments")
    check_synced(vendor, synced)

    vendor.comment(video=video, n=30, text="In the very same second", published=second)
    walk(synced, "comments")

    check_synced(vendor, synced)


def test_rel_40_a_moment_in_the_future_neither_sorts_first_for_ever_nor_moves_the_watermark(
    vendor: SandboxControl, synced: Connection
) -> None:
    video = vendor.videos(synced.external_id)[0]["id"]
    [future] = vendor.comment(
        video=video, text="From tomorrow's tomorrow", published=int(timezone.now().timestamp()) + 90 * 86_400
    )
    walk(synced, "comments")
    watermark = StreamState.objects.get(connection=synced, stream="comments").watermark["published"]
    assert datetime.fromisoformat(watermark) <= timezone.now()
    stored = YouTubeComment.objects.get(comment_id=future).published_at
    assert stored <= timezone.now() + timedelta(days=1)

    vendor.comment(video=video, n=5, text="From today")
    walk(synced, "comments")

    check_synced(vendor, synced)


def test_rel_40_a_comment_without_a_moment_is_put_aside_and_costs_no_other(
    vendor: SandboxControl, synced: Connection
) -> None:
    video = vendor.videos(synced.external_id)[0]["id"]
    new = vendor.comment(video=video, n=5, text="New")
    path = "snippet.topLevelComment.snippet.publishedAt"
    vendor.fault("remove_field", {"path": "commentThreads", "nth": 3}, field=path, items=2)

    run = walk(synced, "comments")

    aside = QuarantinedRecord.objects.get()
    assert run.quarantined == 1
    assert aside.external_id in new
    assert set(new) - stored_comments(synced).keys() == {aside.external_id}
    check_always(vendor, synced)
    walk(synced, "comments_complete")
    check_synced(vendor, synced)
