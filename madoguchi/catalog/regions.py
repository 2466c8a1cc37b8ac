"""The regions a service or a notice can name: the 47 prefectures, the whole country, and abroad."""

from typing import NamedTuple


class Region(NamedTuple):
    code: str  # JIS X 0401 for prefectures
    name_ja: str
    name_en: str


NATIONWIDE = "00"
ABROAD = "99"

_PREFECTURES = """
北海道 Hokkaido|青森県 Aomori|岩手県 Iwate|宮城県 Miyagi|秋田県 Akita|山形県 Yamagata|福島県 Fukushima
茨城県 Ibaraki|栃木県 Tochigi|群馬県 Gunma|埼玉県 Saitama|千葉県 Chiba|東京都 Tokyo|神奈川県 Kanagawa
新潟県 Niigata|富山県 Toyama|石川県 Ishikawa|福井県 Fukui|山梨県 Yamanashi|長野県 Nagano|岐阜県 Gifu
静岡県 Shizuoka|愛知県 Aichi|三重県 Mie|滋賀県 Shiga|京都府 Kyoto|大阪府 Osaka|兵庫県 Hyogo|奈良県 Nara
和歌山県 Wakayama|鳥取県 Tottori|島根県 Shimane|岡山県 Okayama|広島県 Hiroshima|山口県 Yamaguchi
徳島県 Tokushima|香川県 Kagawa|愛媛県 Ehime|高知県 Kochi|福岡県 Fukuoka|佐賀県 Saga|長崎県 Nagasaki
熊本県 Kumamoto|大分県 Oita|宮崎県 Miyazaki|鹿児島県 Kagoshima|沖縄県 Okinawa
"""

PREFECTURES = [
    Region(f"{number:02}", *names.split(" "))
    for number, names in enumerate(_PREFECTURES.strip().replace("\n", "|").split("|"), start=1)
]
REGIONS = [Region(NATIONWIDE, "全国", "Nationwide"), *PREFECTURES, Region(ABROAD, "海外", "Abroad")]
BY_CODE = {region.code: region for region in REGIONS}


class Area(NamedTuple):
    """Neighbouring prefectures, as weather forecasts and operators group them."""

    key: str
    name_ja: str
    name_en: str
    codes: tuple[str, ...]


def _codes(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{number:02}" for number in range(first, last + 1))


AREAS = [
    Area("north", "北海道・東北", "Hokkaido and Tohoku", _codes(1, 7)),
    Area("kanto", "関東", "Kanto", _codes(8, 14)),
    Area("chubu", "中部", "Chubu", _codes(15, 23)),
    Area("kinki", "近畿", "Kinki", _codes(24, 30)),
    Area("west", "中国・四国", "Chugoku and Shikoku", _codes(31, 39)),
    Area("south", "九州・沖縄", "Kyushu and Okinawa", _codes(40, 47)),
]
