from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "madoguchi.contracts"
    label = "contracts"

    def ready(self) -> None:
        from madoguchi.contracts import (  # noqa: F401 - register themselves
            budget_alarm,
            checks,
            closing,
            export,
            mail,
        )
