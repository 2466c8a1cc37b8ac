from django.apps import AppConfig


class ProviderConfig(AppConfig):
    name = "madoguchi.provider"
    label = "provider"

    def ready(self) -> None:
        from madoguchi.provider import closing, export  # noqa: F401 - register themselves
