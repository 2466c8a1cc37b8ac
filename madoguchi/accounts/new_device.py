"""Word to the owner of an ID when it is used to log in on a browser never seen with it before."""

from django.db import connection

from madoguchi.accounts import telling
from madoguchi.accounts.models import AuthEvent, SignIn


def tell_if_new(sign_in: SignIn) -> bool:
    """Post the mail if ``sign_in``, just opened, is of a browser the ID was not used on before.

    Not at the first login of all, which is the registration's own: everything is new then.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, {"account": sign_in.account_id, "this": sign_in.pk, "device": sign_in.device})
        known, first = cursor.fetchone()
    if known or first:
        return False
    proof = AuthEvent.objects.filter(sign_in=sign_in, succeeded=True).earliest("at", "pk")
    tell(proof)
    return True


def tell(proof: AuthEvent) -> None:
    """Post the mail about ``proof``, the first factor of a login on a new browser."""
    if proof.account is not None:
        telling.tell_of(proof, to=proof.account.email, renderer="accounts.new_device")


_EARLIER = "SELECT FROM accounts_signin WHERE account_id = %(account)s AND opened_at IS NOT NULL AND id <> %(this)s"
_BEFORE = f"SELECT EXISTS ({_EARLIER} AND device = %(device)s), NOT EXISTS ({_EARLIER})"
