from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "madoguchi.inquiries"
    label = "inquiries"

    def ready(self) -> None:
        # They register what they have for the rooms below.
        from madoguchi.inquiries import export, letting_go, mail  # noqa: F401
