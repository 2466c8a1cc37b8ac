"""``madoguchi cleartokens``: django-oauth-toolkit's command of this name would delete grants that tokens hang on."""

from typing import Any

from django.core.management.base import BaseCommand

from madoguchi.provider import forgetting


class Command(BaseCommand):
    help = "Delete expired tokens and grants that ended long ago. The worker does this by itself, every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        forgetting.forget_old()
