"""The sample logins, and what each can show."""

from dataclasses import dataclass
from datetime import date

from madoguchi.accounts.models import StaffRole

PASSWORD = "aoi-madoguchi-1"  # noqa: S105 - printed at every start of the demo

# Agreed to the former version of the terms, and is asked for the present one.
FORMER_TERMS = "chiyo@example.jp"

# E.164. What a visitor types at ``/my/verify/`` to see a contract.
HANAKO_PHONE, SABURO_PHONE = "+819000000001", "+81300000003"
# Whose contracts ``new@example.jp`` can link at ``/my/contracts/add/``: nobody has done so yet.
UNLINKED_NUMBER, UNLINKED_PHONE = "N129720741", "+819000000021"

# More who can read statements, so that several visitors need not share one contact phone and its waiting times.
HOUSEHOLDS = (
    ("customer01@example.jp", "木村 葵", "キムラ アオイ", "+819000000011"),
    ("customer02@example.jp", "林 蓮", "ハヤシ レン", "+81300000012"),
    ("customer03@example.jp", "森 紬", "モリ ツムギ", "+819000000013"),
    ("customer04@example.jp", "池田 湊", "イケダ ミナト", "+81300000014"),
    ("customer05@example.jp", "橋本 凛", "ハシモト リン", "+819000000015"),
    ("customer06@example.jp", "石川 樹", "イシカワ イツキ", "+81300000016"),
    ("customer07@example.jp", "前田 陽葵", "マエダ ヒマリ", "+819000000017"),
    ("customer08@example.jp", "藤田 蒼", "フジタ アオ", "+819000000018"),
)


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    family_name_kana: str
    given_name_kana: str
    birth_date: date
    shows_ja: str
    shows_en: str
    staff_role: str = ""
    contact_phone: str = ""


LOGINS = (
    Login(
        "hanako@example.jp",
        "アオキ",
        "ハナコ",
        date(1984, 5, 17),
        "050番号の契約2つ、携帯電話、インターネットの契約者",
        "Holder of two 050 contracts, a mobile and an internet contract",
        contact_phone=HANAKO_PHONE,
    ),
    Login(
        "jiro@example.jp",
        "アオキ",
        "ジロウ",
        date(1990, 11, 3),
        "ハナコさんの同僚。ハナコさんの契約のうち1つだけを見られる人",
        "Her colleague at the company, who sees one of her contracts",
        contact_phone=HANAKO_PHONE,
    ),
    Login(
        "saburo@example.com",
        "サトウ",
        "サブロウ",
        date(1971, 2, 28),
        "別のお客さま。光電話の契約者",
        "A stranger to both, with an optical phone of his own",
        contact_phone=SABURO_PHONE,
    ),
    Login(
        "new@example.jp",
        "ハジメ",
        "ノゾミ",
        date(2001, 8, 9),
        "登録したばかりで、まだ契約も通知もない人。下のお客さま番号で契約を登録できる",
        "An ID with nothing yet; it can link the contracts of the customer number below",
        contact_phone=UNLINKED_PHONE,
    ),
    Login(
        FORMER_TERMS,
        "チバ",
        "チヨ",
        date(1962, 12, 1),
        "規約の改定にまだ同意していない人",
        "Has not agreed to the new terms yet",
    ),
    Login(
        "viewer@aoba.example",
        "エツラン",
        "ミドリ",
        date(1980, 1, 1),
        "係員（閲覧）。コンソールを見るだけの人",
        "Staff: sees the console, changes nothing",
        StaffRole.VIEWER,
    ),
    Login(
        "editor@aoba.example",
        "ヘンシュウ",
        "アカネ",
        date(1980, 1, 1),
        "係員（編集）。お知らせの下書きを書く人",
        "Staff: writes drafts of notices",
        StaffRole.EDITOR,
    ),
    Login(
        "publisher@aoba.example",
        "コウカイ",
        "アオイ",
        date(1980, 1, 1),
        "係員（公開）。お知らせを書いて公開する人",
        "Staff: writes and publishes notices",
        StaffRole.PUBLISHER,
    ),
    Login(
        "support@aoba.example",
        "マドグチ",
        "ユウ",
        date(1980, 1, 1),
        "係員（お客さま対応）",
        "Staff: helps customers",
        StaffRole.SUPPORT,
    ),
    Login(
        "billing@aoba.example",
        "セイキュウ",
        "マコト",
        date(1980, 1, 1),
        "係員（料金）",
        "Staff: imports calls and keeps the charges",
        StaffRole.BILLING,
    ),
    Login(
        "admin@aoba.example",
        "カンリ",
        "シノブ",
        date(1980, 1, 1),
        "係員（管理）。すべてを見られる人",
        "Staff: may do everything",
        StaffRole.ADMINISTRATOR,
    ),
)
