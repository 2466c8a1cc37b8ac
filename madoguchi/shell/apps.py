from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    name = "madoguchi.shell"
    label = "shell"

    def ready(self) -> None:
        # What an empty field says, in words that tell what to do, for every form of the site.
        for field, words in (
            (forms.Field, _("Please fill this in.")),
            (forms.ChoiceField, _("Please choose one.")),
            (forms.ModelChoiceField, _("Please choose one.")),
            (forms.BooleanField, _("Please tick this to go on.")),
        ):
            field.default_error_messages = {**field.default_error_messages, "required": words}
