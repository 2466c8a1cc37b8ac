from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "madoguchi.alerts"
    label = "alerts"

    def ready(self) -> None:
        from madoguchi.alerts import closing, export, mail  # noqa: F401 - they register themselves
