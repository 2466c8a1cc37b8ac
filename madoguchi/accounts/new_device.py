"""Word to the owner of an ID when it is used to log in on a browser never seen with it before."""

from madoguchi.accounts import telling
from madoguchi.accounts.models import AuthEvent, SignIn


def tell_if_new(sign_in: SignIn) -> bool:
    """Post the mail if ``sign_in``, just opened, is of a browser the ID was not used on before.

    Not at the first login of all, which is the registration's own: everything is new then.
    """
    earlier = SignIn.objects.filter(account=sign_in.account, opened_at__isnull=False).exclude(pk=sign_in.pk)
    if earlier.filter(device=sign_in.device).exists() or not earlier.exists():
        return False
    proof = AuthEvent.objects.filter(sign_in=sign_in, succeeded=True).earliest("at", "pk")
    telling.tell(proof, to=sign_in.account.email, renderer="accounts.new_device")
    return True
