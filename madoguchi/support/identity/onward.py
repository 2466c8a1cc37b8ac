"""Where to continue after a page: only ever a path of this site."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from madoguchi.accounts.models import Account
from madoguchi.shell.languages import current, in_language

LONGEST = 300


def safe_next(request: HttpRequest) -> str:
    """The ``next`` of the form or the address; empty when there is none or it leads anywhere else."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    return wanted if is_path_here(wanted) else ""


def is_path_here(wanted: str) -> bool:
    """Whether ``wanted`` is a path of this site, other than the login pages themselves."""
    if not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > LONGEST or not wanted.isprintable():
        return False
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return False
    path = wanted.partition("?")[0]
    return path not in {reverse(f"identity:{name}") for name in ("login", "login_code", "logout", "prove")}


def home(account: Account) -> str:
    """Where somebody lands who asked for no page: My page, for staff the console."""
    return in_language("/console/" if account.is_staff else "/my/", current())
