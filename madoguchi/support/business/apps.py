from django.apps import AppConfig


class BusinessConfig(AppConfig):
    name = "madoguchi.support.business"
    label = "support_business"
