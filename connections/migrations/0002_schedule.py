from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    periodic = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, every, period in (
        ("Sync: start what is due", "connections.tasks.sweep", 30, "seconds"),
        ("Accounts: erase what was disconnected a week ago", "connections.tasks.purge_disconnected", 1, "days"),
    ):
        schedule, _ = interval.objects.get_or_create(every=every, period=period)
        periodic.objects.get_or_create(name=name, defaults={"task": task, "interval": schedule})


class Migration(migrations.Migration):
    dependencies = [("connections", "0001_initial"), ("django_celery_beat", "0019_alter_periodictasks_options")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
