"""The console's menu: a line of areas, and under it the pages of the area one is in.

Who is shown what follows from the pages themselves: each says whom it admits (:func:`accounts.access.staff_required`).
"""

from dataclasses import dataclass
from functools import cache

from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu, and the beginnings of the URL names of those that belong to it, its own among them."""

    page: str
    label: str | Promise
    covers: tuple[str, ...]

    @property
    def href(self) -> str:
        return reverse(f"console:{self.page}")

    def admits(self, role: str) -> bool:
        return role in _admitted(self.page)


@dataclass(frozen=True, slots=True)
class Area:
    label: str | Promise
    entries: tuple[Entry, ...]

    def open_to(self, role: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.admits(role))


AREAS = (
    Area(_("Overview"), (Entry("overview", _("Overview"), ("overview",)),)),
    Area(
        pgettext_lazy("console", "Notices"),
        (
            Entry("notices", _("Work and trouble notices"), ("notice", "report")),
            Entry("mailings", _("Mailings"), ("mailing",)),
            Entry("deliverability", _("Deliverability"), ("deliverability", "suppression")),
            Entry("templates", _("Templates"), ("template",)),
        ),
    ),
    Area(
        pgettext_lazy("console", "Customers"),
        (
            Entry(
                "customers", pgettext_lazy("console", "Find a customer"), ("customer", "id_customer", "registration")
            ),
            Entry("inquiries", _("Inquiries"), ("inquir",)),
            Entry("budgets", _("Verification codes"), ("budgets",)),
            Entry("contracts_import", _("Import of contracts"), ("contracts",)),
        ),
    ),
    Area(
        pgettext_lazy("console", "Usage and charges"),
        (
            Entry("months", _("Billing months"), ("month",)),
            Entry("imports", _("Imports"), ("import",)),
            Entry("payments", pgettext_lazy("console", "Payments"), ("payment",)),
            Entry("tariffs", _("Tariffs"), ("tariff",)),
        ),
    ),
    Area(
        pgettext_lazy("console", "Site contents"),
        (
            Entry("services", _("Services"), ("service", "categor")),
            Entry("questions", _("Questions and answers"), ("question",)),
            Entry("guides", _("Guides"), ("guide",)),
            Entry("texts", _("Terms and texts"), ("text",)),
        ),
    ),
    Area(
        pgettext_lazy("console", "System"),
        (
            Entry("sites", _("Other sites"), ("site",)),
            Entry("tokens", _("API tokens"), ("token",)),
            Entry("audit", _("Audit log"), ("audit",)),
            Entry("security", _("Security"), ("security",)),
        ),
    ),
)


def entry_of(name: str) -> Entry | None:
    """The entry that the console's page of the URL name ``name`` belongs to."""
    found = (entry for area in AREAS for entry in area.entries if name.startswith(entry.covers))
    return next(found, None)


@cache
def _admitted(page: str) -> frozenset[str]:
    """The roles that ``page`` is for."""
    guard = resolve(reverse(f"console:{page}")).func.guard  # type: ignore[attr-defined]
    return frozenset(str(role) for role in guard["staff"])
