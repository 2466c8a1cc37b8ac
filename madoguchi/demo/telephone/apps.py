from django.apps import AppConfig


class DemoTelephoneConfig(AppConfig):
    name = "madoguchi.demo.telephone"
    label = "demo_telephone"
