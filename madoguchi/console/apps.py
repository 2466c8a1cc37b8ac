from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "madoguchi.console"
    label = "console"

    def ready(self) -> None:
        from madoguchi.console.notices import try_mail  # noqa: F401 - registers its renderer
