"""The rules for passwords: one source for the text beside the field, the live check list and the server's check.

``docs/identity.md`` explains the rules and holds worked examples, which the tests read.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import jaconv
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from zxcvbn import matching, scoring

from madoguchi.accounts import mailbox
from madoguchi.accounts.models import Account

_DATA = Path(__file__).parent / "data"
# The estimator refuses more; its work grows with the square of the length, and what comes after makes no password
# easier to guess. The password itself is never cut.
_ESTIMATED_LENGTH = 72
# zxcvbn tries every combination of letters these may stand for: with all of them in one password it would compute for
# seconds. The rare ones count as other symbols, the common @ ! $ stay.
_RARE_STAND_INS = str.maketrans("({[<|%+", "'^~=?&,")


@dataclass(frozen=True, slots=True)
class Rule:
    """What every password must fulfil whoever it belongs to.

    ``pattern`` means the same to Python's ``re`` and to a browser's ``RegExp`` with the ``u`` flag, and must match the
    whole password: the live check list and the server run the same expression.
    """

    name: str
    text: str | Promise
    pattern: str

    def holds(self, password: str) -> bool:
        return re.fullmatch(self.pattern, password) is not None


@dataclass(frozen=True, slots=True)
class Profile:
    """``guesses``: how many an attacker who knows words, names and habits must need at least.

    ``name`` is kept beside each password chosen under these rules (``Account.password_rules``); the number in it
    rises when they change.
    """

    name: str
    rules: tuple[Rule, ...]
    guesses: int


@dataclass(frozen=True, slots=True)
class Owner:
    """What is known of who chooses the password, so that the password does not repeat it."""

    email: str = ""
    names: tuple[str, ...] = field(default=())  # in full-width katakana


_SYMBOLS = r"!$%&'()*+,\-./:;<=>?\[\]^{|}~@"

CLASSIC = Profile(
    name="classic-1",
    rules=(
        Rule("length", _("6 to 32 characters"), r"[\s\S]{6,32}"),
        Rule(
            "characters",
            _("only half-width letters, digits and ! $ % & ' ( ) * + , - . / : ; < = > ? [ ] ^ { | } ~ @"),
            rf"[A-Za-z0-9{_SYMBOLS}]+",
        ),
        Rule("letters", _("at least 2 letters"), r"[\s\S]*[A-Za-z][\s\S]*[A-Za-z][\s\S]*"),
        Rule("others", _("at least 1 digit or symbol"), rf"[\s\S]*[0-9{_SYMBOLS}][\s\S]*"),
    ),
    # As many as six characters drawn at random: the shortest password the rules allow, well chosen.
    guesses=10**6,
)
# NIST SP 800-63B-4, 3.1.1.2: length, any character, no composition.
STRICT = Profile(
    name="strict-1",
    rules=(Rule("length", _("15 to 128 characters"), r"[\s\S]{15,128}"),),
    guesses=10**8,
)
# The same paragraph: shorter where a second factor is asked for too.
STRICT_BESIDE_SECOND_FACTOR = Profile(
    name="strict-1-mfa",
    rules=(Rule("length", _("8 to 128 characters"), r"[\s\S]{8,128}"),),
    guesses=10**8,
)

NOT_YOURS = _("nothing that resembles your email address or your name")
NOT_COMMON = _("nothing easily guessed, such as password1, abc123 or sakura123")


def profile(*, second_factor: bool = False) -> Profile:
    """The rules in force, for an ID with or without a second factor."""
    if settings.SECURITY_PROFILE != "strict":
        return CLASSIC
    return STRICT_BESIDE_SECOND_FACTOR if second_factor else STRICT


def owner_of(account: Account) -> Owner:
    return Owner(email=account.email, names=(account.family_name_kana, account.given_name_kana))


def has_own(account: Account) -> bool:
    """Whether the ID has a password of its own, and not only that of a mailbox or a business account."""
    return bool(account.password) and account.has_usable_password() and not mailbox.is_ours(account.email)


def long_enough_alone(account: Account) -> bool:
    """Whether the account's password would still do without a second factor, by the rules it was chosen under.

    Where it would not, a new one must be chosen before the last second factor goes. How long a password is cannot be
    told from its hash; so one chosen under other rules than today's does not count.
    """
    return not has_own(account) or account.password_rules == profile().name or profile() is CLASSIC


def check(password: str, owner: Owner, *, second_factor: bool = False) -> None:
    """Raise ValidationError with one message for each rule the password breaks, or with why it is easily guessed."""
    broken = [
        ValidationError(_("Please choose a password with: %(rule)s"), params={"rule": rule.text}, code=rule.name)
        for rule in profile(second_factor=second_factor).rules
        if not rule.holds(password)
    ]
    if broken:
        raise ValidationError(broken)
    check_guessable(password, owner)


def check_guessable(password: str, owner: Owner) -> None:
    """Raise ValidationError with why the password is easily guessed; the part no regular expression can say."""
    if resembles(password, owner):
        raise ValidationError(
            _("This password resembles your email address or your name. Please choose another one."), code="owner"
        )
    if is_common(password):
        raise ValidationError(
            _("This password is on a list of commonly used passwords. Please choose another one."), code="common"
        )
    if names_operator(password) or guesses(password, owner) < profile().guesses:
        raise ValidationError(
            _("This password is easily guessed: it is made of a common word, a name, a date or keys side by side. "
              "Please choose another one, for instance several words that have nothing to do with each other."),
            code="guessable",
        )  # fmt: skip


def resembles(password: str, owner: Owner) -> bool:
    """Whether the password is little more than a part of the address or the name, forwards or backwards.

    A part counts from four characters, when fewer than six others stand beside it, or when the two are alike to
    seven tenths (difflib's ratio, as in Django's own validator).
    """
    return _near(password, _parts(owner))


def names_operator(password: str) -> bool:
    """The same for the operator's name and domain: words of the context (ASVS 5.0, 6.1.2 and 6.2.11)."""
    words = [*re.split(r"\W+", settings.OPERATOR["name_en"]), settings.OPERATOR["domain"].partition(".")[0]]
    return _near(password, [part for part in map(_folded, words) if len(part) >= 4])


def _near(password: str, parts: list[str]) -> bool:
    folded = _folded(password)
    for part in parts:
        if any(turned in folded and len(folded) - len(part) < 6 for turned in (part, part[::-1])):
            return True
        if SequenceMatcher(a=folded, b=part).ratio() >= 0.7:
            return True
    return False


def is_common(password: str) -> bool:
    """Whether it stands, in any case, on a list of 50,000 passwords from breaches (Django's, lengthened)."""
    return password.casefold().strip() in _common()


def guesses(password: str, owner: Owner) -> float:
    """zxcvbn's estimate of the guesses needed, its dictionaries extended by Japanese words and names in romaji."""
    # Not zxcvbn(): it keeps the owner's words in a module variable, which two threads would share.
    domains = [domain.partition(".")[0] for domain in (owner.email.rpartition("@")[2], settings.OPERATOR["domain"])]
    own = [part.casefold() for part in (*_parts(owner), *domains)]
    dictionaries = {**_dictionaries(), "user_inputs": matching.build_ranked_dict(own)}
    return min(_estimate(spelling, dictionaries) for spelling in _spellings(password))


def _estimate(password: str, dictionaries: dict[str, dict[str, int]]) -> float:
    cut = password[:_ESTIMATED_LENGTH].translate(_RARE_STAND_INS)
    return float(scoring.most_guessable_match_sequence(cut, matching.omnimatch(cut, dictionaries))["guesses"])


def _spellings(password: str) -> set[str]:
    """The password, and where kana stand in it also their romaji, in which the lists of words are written."""
    whole = unicodedata.normalize("NFKC", password)
    return {whole, jaconv.kana2alphabet(jaconv.kata2hira(whole))}


def _parts(owner: Owner) -> list[str]:
    """The pieces of address and name that count, four characters or longer."""
    local = owner.email.rpartition("@")[0]
    romaji = [jaconv.kana2alphabet(jaconv.kata2hira(name)) for name in owner.names]
    whole = [owner.email, local, *re.split(r"[^a-z]+", local.casefold()), *romaji, *owner.names]
    joined = ["".join(romaji), "".join(reversed(romaji))]
    return [part for part in dict.fromkeys(map(_folded, [*whole, *joined])) if len(part) >= 4]


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords).union(_words("common-passwords"))


@cache
def _dictionaries() -> dict[str, dict[str, int]]:
    japanese = {name: matching.build_ranked_dict(_words(name)) for name in ("habits", "japanese-words")}
    # By the names of the operator too: context-specific words (ASVS 5.0, 6.1.2).
    context = [word.casefold() for word in re.split(r"\W+", settings.OPERATOR["name_en"]) if len(word) >= 3]
    return {**matching.RANKED_DICTIONARIES, **japanese, "operator": matching.build_ranked_dict(context)}


def _words(name: str) -> list[str]:
    return (_DATA / f"{name}.txt").read_text(encoding="ascii").split()
