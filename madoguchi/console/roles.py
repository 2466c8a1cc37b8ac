"""Who may do what in the console. Administrators may do everything."""

from typing import cast

from django.http import HttpRequest

from madoguchi.accounts.access import staff_required
from madoguchi.accounts.models import Account, StaffRole

_WRITERS = (StaffRole.EDITOR, StaffRole.PUBLISHER)
_PUBLISHERS = (StaffRole.PUBLISHER,)
_SUPPORTERS = (StaffRole.SUPPORT,)
_BILLERS = (StaffRole.BILLING,)

# View decorators.
may_look = staff_required(*StaffRole)
may_write = staff_required(*_WRITERS)
may_publish = staff_required(*_PUBLISHERS)
may_help = staff_required(*_SUPPORTERS)
may_bill = staff_required(*_BILLERS)
administrators = staff_required(StaffRole.ADMINISTRATOR)


def can_write(request: HttpRequest) -> bool:
    return _role(request) in {*_WRITERS, StaffRole.ADMINISTRATOR}


def can_publish(request: HttpRequest) -> bool:
    return _role(request) in {*_PUBLISHERS, StaffRole.ADMINISTRATOR}


def can_help(request: HttpRequest) -> bool:
    return _role(request) in {*_SUPPORTERS, StaffRole.ADMINISTRATOR}


def can_bill(request: HttpRequest) -> bool:
    return _role(request) in {*_BILLERS, StaffRole.ADMINISTRATOR}


def is_administrator(request: HttpRequest) -> bool:
    return _role(request) == StaffRole.ADMINISTRATOR


def _role(request: HttpRequest) -> str:
    return cast(Account, request.user).staff_role
