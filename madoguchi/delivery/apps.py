from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "madoguchi.delivery"
    label = "delivery"

    def ready(self) -> None:
        from madoguchi.delivery import alarm, backlog, figures, relays, renderers, waiting
        from madoguchi.delivery import checks as _checks  # noqa: F401 - they register themselves
        from madoguchi.delivery.returns import crowds
        from madoguchi.shell import figures as shell_figures
        from madoguchi.shell import health

        health.register("mail_waiting_seconds", backlog.check)
        health.register("jobs_waiting_seconds", waiting.check)
        health.register("relay", relays.check)
        shell_figures.register(figures.collect)
        renderers.register(alarm.PAUSED, alarm.render)
        renderers.register(crowds.RENDERER, crowds.render)
