import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from madoguchi.accounts.hashers import Argon2idHasher
from madoguchi.accounts.models import Account
from madoguchi.accounts.passwords import CLASSIC, Owner, check, guesses, long_enough_alone, profile, resembles

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
WORKED = re.findall(
    r"^\| `([^`]+)` \| (\w+) \|$", DOCUMENT.partition("Worked, in the classic")[2].partition("\n## ")[0], re.M
)
HANAKO = Owner(email="hanako.y@example.jp", names=("ヤマダ", "ハナコ"))
ALLOWED = "!$%&'()*+,-./:;<=>?[]^{|}~@"


def refusals(password, owner=HANAKO):
    try:
        check(password, owner)
    except ValidationError as refused:
        return [error.code for error in refused.error_list]
    return []


def test_the_document_has_passwords():
    assert len(WORKED) >= 19


@pytest.mark.parametrize(("password", "answer"), WORKED)
def test_passwords_as_the_document_says(password, answer):
    assert refusals(password) == ([] if answer == "good" else [answer])


def test_every_rule_that_is_broken_is_named():
    assert refusals("#") == ["length", "characters", "letters", "others"]


@pytest.mark.parametrize("character", ALLOWED)
def test_each_symbol_of_the_list_is_allowed(character):
    assert refusals(f"kaze{character}Umi7Xq") == []


@pytest.mark.parametrize("character", '"#_\\` ｱあé\t\n\0')
def test_any_other_character_is_not(character):
    assert refusals(f"kaze{character}Umi7Xq") == ["characters"]


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=40))
def test_the_expressions_say_what_the_rules_say(password):
    held = {rule.name for rule in CLASSIC.rules if rule.holds(password)}
    letters = sum(c.isalpha() for c in password)
    good = [c for c in password if c.isalnum() or c in ALLOWED]
    assert ("length" in held) == (6 <= len(password) <= 32)
    assert ("characters" in held) == (bool(password) and len(good) == len(password))
    assert ("letters" in held) == (letters >= 2)
    assert ("others" in held) == any(c.isdigit() or c in ALLOWED for c in password)


@pytest.mark.parametrize(
    ("password", "alike"),
    [
        ("hanako12", True),
        ("OKANAH!1", True),
        ("yamadahanako1", True),
        ("ha-na-ko-7", True),
        ("hanakoy.example", True),
        ("hanako-to-umi-to-kaze", False),
        ("midori-no-kaze-7", False),
    ],
)
def test_what_resembles_its_owner(password, alike):
    assert resembles(password, HANAKO) is alike


def test_short_parts_of_a_name_count_for_nothing():
    assert not resembles("mori-no-kuma-3", Owner(email="ai@example.jp", names=("モリ", "アイ")))


def test_one_persons_words_do_not_stay_for_the_next():
    words = Owner(email="kurzhaarzebra@example.jp")
    plain = guesses("kurzhaarzebra7", Owner())
    assert guesses("kurzhaarzebra7", words) < plain
    assert guesses("kurzhaarzebra7", Owner()) == plain


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=128))
def test_no_password_breaks_the_estimate(password):
    assert guesses(password, HANAKO) >= 1


def test_strict_asks_for_length_alone(settings):
    settings.SECURITY_PROFILE = "strict"
    assert refusals("kX9!qz") == ["length"]
    assert refusals("みどりの風と海の色と山の音 42") == []
    assert refusals("x" * 129) == ["length"]
    assert refusals("passwordpassword") != []


def test_hashing_is_what_owasp_asks_for():
    assert (Argon2idHasher.memory_cost, Argon2idHasher.time_cost, Argon2idHasher.parallelism) == (19_456, 2, 1)
    assert Argon2idHasher().encode("x", "saltsalt").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_trap_the_estimator_refuses_more_than_72_characters():
    long = "nagai-pasuwaado-wa-72-moji-wo-koeru-" * 3
    assert len(long) > 72
    assert guesses(long, HANAKO) == guesses(long[:72], HANAKO) > 10**8


def test_what_stands_behind_the_72nd_character_still_counts(settings):
    settings.SECURITY_PROFILE = "strict"
    long = "midori-no-kaze-to-umi-no-iro-" * 4
    assert refusals(long) == []
    assert not check_password(long[:-1], make_password(long))


@pytest.mark.parametrize(
    "password", ["パスワードパスワードパスワード", "ひみつひみつひみつひみつひみつ", "さくらさくらさくらさくらさくら"]
)
def test_words_in_kana_are_as_easily_guessed_as_in_romaji(settings, password):
    settings.SECURITY_PROFILE = "strict"
    assert refusals(password) == ["guessable"]


def test_the_operators_own_name_is_guessed_early(settings):
    assert guesses("telecom-58", Owner()) < 10**6


def test_beside_a_second_factor_eight_characters_do(settings):
    settings.SECURITY_PROFILE = "strict"
    assert profile(second_factor=True).rules[0].holds("kX9!qzp2")
    assert not profile(second_factor=True).rules[0].holds("kX9!qzp")
    assert not profile().rules[0].holds("kX9!qzp2")
    settings.SECURITY_PROFILE = "classic"
    assert profile(second_factor=True) is CLASSIC


@pytest.mark.parametrize(
    ("in_force", "chosen_under", "alone"),
    [
        ("strict", "strict-1", True),
        ("strict", "strict-1-mfa", False),
        ("strict", "classic-1", False),
        ("strict", "", False),
        ("classic", "strict-1-mfa", True),
        ("classic", "", True),
    ],
)
def test_whether_a_password_does_without_a_second_factor(settings, in_force, chosen_under, alone):
    settings.SECURITY_PROFILE = in_force
    account = Account(email="a@example.jp", password="argon2$x", password_rules=chosen_under)
    assert long_enough_alone(account) is alone
    assert long_enough_alone(Account(email="b@example.jp", password="", password_rules=""))
