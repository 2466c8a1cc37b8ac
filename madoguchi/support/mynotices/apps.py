from django.apps import AppConfig


class MyNoticesConfig(AppConfig):
    name = "madoguchi.support.mynotices"
    label = "support_mynotices"
