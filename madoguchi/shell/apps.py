from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "madoguchi.shell"
    label = "shell"
