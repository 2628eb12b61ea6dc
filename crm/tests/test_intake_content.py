from datetime import UTC, datetime

from connections.models import Connection
from connections.registry import intake
from crm.models import ContentPerformance, ContentPiece, Interaction
from crm.tests.factories import NOON, Cast, comment, make_cast, make_connection, video
from crm.tests.table_dump import dump


def piece() -> ContentPiece:
    return ContentPiece.objects.get(platform_id="v1")


def test_a_video_becomes_a_piece_with_its_figures(connection: Connection) -> None:
    assert intake(connection, [video()]) == {}
    row = piece()
    assert (row.type, row.title, row.hashtags, row.mentions) == ("video", video().title, ["lowlight"], ["ben.w"])
    assert (row.performance.views, row.performance.likes, row.performance.shares) == (1000, 50, None)


def test_the_same_video_again_changes_nothing(connection: Connection) -> None:
    intake(connection, [video(), video("v2")])
    before = dump()
    intake(connection, [video(), video("v2")])
    assert dump() == before


def test_an_older_observation_is_passed_over(connection: Connection) -> None:
    intake(connection, [video(seen=2, views=2000)])
    intake(connection, [video(seen=1, views=1500)])
    assert piece().performance.views == 2000


def test_of_two_records_of_one_video_the_newer_counts(connection: Connection) -> None:
    intake(connection, [video(seen=2, views=2), video(seen=1, views=1)])
    assert piece().performance.views == 2


def test_a_figure_that_is_withheld_leaves_the_one_we_know(connection: Connection) -> None:
    intake(connection, [video(metrics={"impressions": 9000, "card_clicks": 3})])
    intake(connection, [video(seen=1, views=None, likes=51, metrics={"impressions": None, "end_screens": 4})])
    figures = piece().performance
    assert (figures.views, figures.likes, figures.impressions) == (1000, 51, 9000)
    assert figures.platform_metrics == {"card_clicks": 3, "end_screens": 4}


def test_named_metrics_get_their_columns(connection: Connection) -> None:
    intake(connection, [video(metrics={"average_view_duration": 61.5, "followers_gained": -3})])
    assert (piece().performance.average_view_duration, piece().performance.followers_gained) == (61.5, -3)


def test_what_is_no_number_is_left_out(connection: Connection) -> None:
    metrics = {"watch_time_minutes": float("nan"), "impressions": "many", "odd": float("inf"), "note": "a\x00b"}
    intake(connection, [video(metrics=metrics)])
    figures = piece().performance
    assert (figures.watch_time_minutes, figures.impressions) == (None, None)
    assert figures.platform_metrics == {"note": "ab"}


def test_day_and_hour_are_those_of_the_workspace(db: None) -> None:
    cast = make_cast(time_zone="Pacific/Auckland")
    sunday_evening = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    intake(cast.connection, [video(published_at=sunday_evening)])
    assert (piece().day_of_week, piece().hour_of_day) == (0, 9)


def test_an_unknown_time_zone_counts_as_utc(db: None) -> None:
    cast = make_cast(time_zone="Mars/Olympus")
    intake(cast.connection, [video(published_at=datetime(2026, 11, 22, 20, tzinfo=UTC))])
    assert (piece().day_of_week, piece().hour_of_day) == (6, 20)


def test_the_follower_count_at_the_post_is_the_first_we_heard(connection: Connection) -> None:
    intake(connection, [video(follower_count=100)])
    intake(connection, [video(seen=1, follower_count=900)])
    assert piece().follower_count_at_post == 100


def test_a_deleted_video_is_marked_and_its_comments_stay(connection: Connection) -> None:
    intake(connection, [video(), comment()])
    intake(connection, [video(seen=1, deleted_at=NOON)])
    assert (piece().deleted_at, Interaction.objects.get().deleted_at) == (NOON, None)


def test_comments_find_their_video_whichever_comes_first(connection: Connection) -> None:
    intake(connection, [comment("early")])
    assert Interaction.objects.get().content_piece is None
    intake(connection, [video()])
    intake(connection, [comment("late")])
    assert {row.content_piece for row in Interaction.objects.all()} == {piece()}


def test_a_video_of_another_account_is_not_theirs(cast: Cast) -> None:
    intake(make_connection(cast.workspace), [video()])
    intake(cast.connection, [comment()])
    assert Interaction.objects.get().content_piece is None


def test_theme_and_topics_are_ours_and_go_without_derived_metrics(cast: Cast) -> None:
    intake(cast.connection, [video()])
    assert piece().theme
    cast.workspace.derived_metrics = False
    cast.workspace.save()
    intake(cast.connection, [video(seen=1)])
    assert (piece().theme, piece().summary, piece().topics) == ("", "", [])


def test_content_whose_id_cannot_be_stored_is_left_out(connection: Connection) -> None:
    intake(connection, [video("x" * 300), video()])
    assert ContentPerformance.objects.count() == 1


def test_an_email_address_mentions_nobody(connection: Connection) -> None:
    intake(connection, [video(caption="write to me@studio.example or @me.")])
    assert piece().mentions == ["me"]
