"""Who a session of Django's is of. What logs somebody in is :mod:`madoguchi.accounts.login`, not this."""

from django.contrib.auth.backends import BaseBackend

from madoguchi.accounts.models import Account


class Backend(BaseBackend):
    def get_user(self, user_id: int) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()
