from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "madoguchi.statements"
    label = "statements"

    def ready(self) -> None:
        from madoguchi.statements import export  # noqa: F401 - registers itself
