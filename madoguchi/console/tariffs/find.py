"""The version an address names."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs import versions


def version_of(tariff_id: int) -> TariffVersion:
    return get_object_or_404(TariffVersion, pk=tariff_id)


def draft_of(tariff_id: int) -> TariffVersion:
    """To be edited; 404 for what is released, since its pages have no such link."""
    version = version_of(tariff_id)
    if not version.is_draft:
        raise Http404
    return version


def locked(version: TariffVersion) -> TariffVersion:
    """The draft, held until the transaction ends; 404 where somebody released or deleted it meanwhile."""
    try:
        return versions.locked_draft(version)
    except (versions.Frozen, TariffVersion.DoesNotExist):
        raise Http404 from None
