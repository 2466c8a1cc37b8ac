from django.apps import AppConfig


class DemoTelephoneConfig(AppConfig):
    name = "madoguchi.demo.telephone"
    label = "demo_telephone"

    def ready(self) -> None:
        from madoguchi.demo.telephone import checks  # noqa: F401 - registers itself
