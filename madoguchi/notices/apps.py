from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "madoguchi.notices"
    label = "notices"

    def ready(self) -> None:
        # Registers this room's renderers with the delivery engine.
        from madoguchi.notices import mail, mail_opted_out  # noqa: F401
