from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "madoguchi.support.sites"
    label = "support_sites"
