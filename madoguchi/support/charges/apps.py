from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "madoguchi.support.charges"
    label = "support_charges"
