from madoguchi.catalog.regions import BY_CODE, PREFECTURES, REGIONS


def test_every_prefecture_has_its_code_and_both_names():
    assert [region.code for region in PREFECTURES] == [f"{number:02}" for number in range(1, 48)]
    assert BY_CODE["13"] == ("13", "東京都", "Tokyo")
    assert BY_CODE["47"] == ("47", "沖縄県", "Okinawa")
    assert [REGIONS[0].name_en, REGIONS[-1].name_ja] == ["Nationwide", "海外"]
