from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "madoguchi.support.identity"
    label = "support_identity"
