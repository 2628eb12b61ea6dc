from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Operators edit these rows in admin; a later migration must not overwrite what they chose.
EVERY_MINUTES = {
    "YouTube: new comments": ("youtube.tasks.sync_youtube_comments", 15),
    "YouTube: videos": ("youtube.tasks.sync_youtube_videos", 6 * 60),
    "YouTube: video counters": ("youtube.tasks.sync_youtube_video_stats", 60),
    "YouTube: channel details": ("youtube.tasks.sync_youtube_channel_details", 24 * 60),
    "YouTube: all comments": ("youtube.tasks.sync_youtube_comments_complete", 7 * 24 * 60),
}


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    periodic = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, (task, minutes) in EVERY_MINUTES.items():
        every, _ = interval.objects.get_or_create(every=minutes, period="minutes")
        periodic.objects.get_or_create(name=name, defaults={"task": task, "interval": every})


class Migration(migrations.Migration):
    dependencies = [("youtube", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
