import pytest
import time_machine

from madoguchi.notices.tests import make


@pytest.fixture(autouse=True)
def sunday_afternoon(db):
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def hikari():
    service = make.service("hikari-internet", name_ja="あおば光インターネット", name_en="Aoba Hikari Internet")
    service.fold_names()
    service.save()
    return service


@pytest.fixture
def vpn(hikari):
    """For companies alone."""
    service = make.service(
        "ip-vpn",
        name_ja="あおばIP-VPN",
        name_en="Aoba IP-VPN",
        kana="アオバアイピーブイピーエヌ",
        for_individuals=False,
    )
    service.fold_names()
    service.save()
    return service
