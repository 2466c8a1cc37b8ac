"""``madoguchi staff``: make a member of the operator's staff, or give one a new password and authenticator."""

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from madoguchi.accounts.models import Account, StaffRole
from madoguchi.accounts.second_factor import enrol_totp, link
from madoguchi.lib.addresses import BadAddress, normal_address


class Command(BaseCommand):
    help = "Make a member of staff, or give one a new role, password and authenticator. Prints both secrets once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=[role.value for role in StaffRole], required=True)

    def handle(self, *args: Any, email: str, role: str, **options: Any) -> None:
        try:
            address = normal_address(email)
        except BadAddress:
            raise CommandError(f"{email!r} is not a mail address") from None
        # Groups of a good length to read out: 80 random bits.
        password = "-".join(secrets.token_hex(2) for _group in range(5))
        with transaction.atomic():
            account = Account.objects.filter(email=address).first() or Account(email=address)
            account.staff_role = role
            account.set_password(password)
            account.save()
            EmailAddress.objects.update_or_create(
                user=account, email=address, defaults={"verified": True, "primary": True}
            )
            secret = enrol_totp(account)
        self.stdout.write(
            f"{address} is staff in the role {role}.\n"
            f"password:      {password}\n"
            f"authenticator: {secret}\n"
            f"               {link(account, secret)}"
        )
