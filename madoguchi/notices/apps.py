from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "madoguchi.notices"
    label = "notices"

    def ready(self) -> None:
        # They register what they have for the rooms below.
        from madoguchi.notices import (  # noqa: F401
            came_back,
            export,
            identity,
            mail,
            mail_again,
            mail_destinations,
            mail_digest,
            mail_opted_out,
            staff_mail,
            webhook_mail,
        )
