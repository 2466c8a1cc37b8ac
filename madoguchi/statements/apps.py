from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "madoguchi.statements"
    label = "statements"
