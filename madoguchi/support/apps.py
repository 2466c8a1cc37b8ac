from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "madoguchi.support"
    label = "support"
