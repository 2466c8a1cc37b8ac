from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "madoguchi.support.public"
    label = "support_public"
