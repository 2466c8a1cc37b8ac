from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "madoguchi.delivery"
    label = "delivery"

    def ready(self) -> None:
        from madoguchi.delivery import alarm, backlog, checks, renderers  # noqa: F401 - checks register themselves
        from madoguchi.shell import health

        health.register("mail_waiting_seconds", backlog.check)
        renderers.register(alarm.PAUSED, alarm.render)
