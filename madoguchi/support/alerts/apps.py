from django.apps import AppConfig


class AlertsPagesConfig(AppConfig):
    name = "madoguchi.support.alerts"
    label = "support_alerts"
