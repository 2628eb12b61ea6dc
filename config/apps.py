from django.contrib.admin.apps import AdminConfig


class GreenroomAdminConfig(AdminConfig):
    default_site = "config.admin_site.GreenroomAdminSite"
