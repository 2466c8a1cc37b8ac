from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "madoguchi.support.contact"
    label = "support_contact"
