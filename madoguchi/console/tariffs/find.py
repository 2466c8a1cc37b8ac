"""The version an address names."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from madoguchi.statements.models import TariffVersion


def version_of(tariff_id: int) -> TariffVersion:
    return get_object_or_404(TariffVersion, pk=tariff_id)


def draft_of(tariff_id: int) -> TariffVersion:
    """To be edited; 404 for what is released, since its pages have no such link."""
    version = version_of(tariff_id)
    if not version.is_draft:
        raise Http404
    return version
