"""RP-initiated logout: a site asks that the customer be logged out here too.

The request is checked at ``/oidc/logout`` and handed on, signed, to the page that belongs to the customer's session.
"""

from dataclasses import asdict, dataclass

from django.core import signing

from madoguchi.accounts.models import SignIn
from madoguchi.provider import hints
from madoguchi.provider.models import Grant, Site
from madoguchi.provider.protocol import BadRequest, answer

_SALT = "madoguchi.provider.leaving"
_SECONDS = 600
_LONGEST_STATE = 500


@dataclass(frozen=True, slots=True)
class Leave:
    """Which site asks, of which sign-in its ID token spoke, and where to go on to afterwards."""

    site: int | None = None
    sign_in: int | None = None
    address: str = ""


def read(given: dict[str, str]) -> Leave:
    """What the parameters of RP-Initiated Logout 1.0, 2 say; raises :class:`BadRequest`."""
    token = hints.read(given.get("id_token_hint", ""))
    client_id = given.get("client_id", "").replace("\0", "")
    site = Site.objects.filter(client_id=client_id).first() if client_id else None
    if token is not None:
        if client_id and token.application.client_id != client_id:
            raise BadRequest
        site = token.application
    address, state = given.get("post_logout_redirect_uri", ""), given.get("state")
    if address:
        if site is None or not site.post_logout_redirect_uri_allowed(address) or len(state or "") > _LONGEST_STATE:
            raise BadRequest
        address = answer(address, {"state": state})
    return Leave(site.pk if site else None, token.grant.sign_in_id if token else None, address)


def sealed(leave: Leave) -> str:
    return signing.dumps(asdict(leave), salt=_SALT, compress=True)


def opened(text: str) -> Leave | None:
    """None where the text is not ours, or older than ten minutes."""
    try:
        return Leave(**signing.loads(text, salt=_SALT, max_age=_SECONDS))
    except signing.BadSignature:
        return None


def end_grants(leave: Leave, current: SignIn | None) -> None:
    """End what the site was granted in the sign-in that ends, and in the one its ID token spoke of; refresh tokens
    included.
    """
    sign_ins = {leave.sign_in, current.pk if current else None} - {None}
    for grant in Grant.objects.filter(application=leave.site, sign_in__in=sign_ins, ended_at=None):
        grant.finish(Grant.End.LOGOUT)
