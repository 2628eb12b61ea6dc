from django.apps import AppConfig


class YouTubeConfig(AppConfig):
    name = "youtube"
    verbose_name = "YouTube"
