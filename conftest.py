import os

import django

os.environ.setdefault("ALLOW_SANDBOX", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
