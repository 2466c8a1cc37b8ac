"""``madoguchi oidc_client``: the operator's other sites, from the command line."""

from argparse import BooleanOptionalAction
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from madoguchi.provider.forms import SiteForm, of
from madoguchi.provider.models import Site


class Command(BaseCommand):
    help = "Register, list, change and remove sites that let customers log in with their customer ID."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="every site")
        add = acts.add_parser("add", help="register a site; prints its secret, once")
        change = acts.add_parser("change", help="describe a site anew; what is not given stays")
        for act, new in ((add, True), (change, False)):
            act.add_argument("client_id")
            act.add_argument("--name-ja", required=new)
            act.add_argument("--name-en", required=new)
            act.add_argument("--redirect-uri", action="append", required=new, dest="redirect_uris", metavar="URI")
            act.add_argument("--post-logout-uri", action="append", dest="post_logout_redirect_uris", metavar="URI")
            act.add_argument("--home-url")
            act.add_argument("--silent", action=BooleanOptionalAction, default=None, help="allow prompt=none")
            act.add_argument("--offline", action=BooleanOptionalAction, default=None, help="allow offline_access")
        add.add_argument("--sector", default="", help="sites of one sector see the same sub")
        acts.add_parser("secret", help="a new secret; the old one stops at once").add_argument("client_id")
        acts.add_parser("remove", help="with all its consents and tokens").add_argument("client_id")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        with override("en"):
            getattr(self, f"_{act}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        for site in Site.objects.all():
            flags = [name for name in ("silent", "offline") if getattr(site, name)]
            self.stdout.write(f"{site.client_id}  {site.name_en}  sector {site.sector}  {' '.join(flags)}".rstrip())
            for address in site.addresses:
                self.stdout.write(f"  {address}")

    def _add(self, options: dict[str, Any]) -> None:
        form = SiteForm({"client_id": options["client_id"], "sector": options["sector"], **_typed(options, {})})
        site, secret = _valid(form).add()
        self.stdout.write(f"{site.client_id} is registered at {settings.SITE_URL}.")
        self._tell(secret)

    def _change(self, options: dict[str, Any]) -> None:
        site = _site(options["client_id"])
        _valid(SiteForm(_typed(options, of(site)), site=site)).change()
        self.stdout.write(f"{site.client_id} is changed.")

    def _secret(self, options: dict[str, Any]) -> None:
        self._tell(_site(options["client_id"]).new_secret())

    def _remove(self, options: dict[str, Any]) -> None:
        site = _site(options["client_id"])
        site.delete()
        self.stdout.write(f"{site.client_id} is removed, with everything customers allowed it.")

    def _tell(self, secret: str) -> None:
        self.stdout.write(f"client_secret: {secret}\nIt is shown only now; give it to the site by a safe way.")


def _typed(options: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """As a form would send it: what was given, else what was there before."""
    names = ("name_ja", "name_en", "home_url", "redirect_uris", "post_logout_redirect_uris", "silent", "offline")
    typed = {name: before.get(name, "") if options[name] is None else options[name] for name in names}
    return {name: "\n".join(value) if isinstance(value, list) else value for name, value in typed.items()}


def _valid(form: SiteForm) -> SiteForm:
    if not form.is_valid():
        raise CommandError("\n".join(f"{name}: {said}" for name, all_said in form.errors.items() for said in all_said))
    return form


def _site(client_id: str) -> Site:
    site = Site.objects.filter(client_id=client_id).first()
    if site is None:
        raise CommandError(f"there is no site {client_id!r}; oidc_client list shows them")
    return site
