from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "madoguchi.contracts"
    label = "contracts"

    def ready(self) -> None:
        from madoguchi.contracts import checks  # noqa: F401 - registers itself
