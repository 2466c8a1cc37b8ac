import pytest

from madoguchi.lib.tokens import BrokenSeal, digest, new_token, seal, unseal

OLD = "an old key of the operator, thirty-two or longer"
NEW = "a new key of the operator, thirty-two or longer"


def test_tokens_are_long_and_never_alike():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 43 for token in tokens)


def test_a_digest_is_the_same_each_time_and_depends_on_the_key(settings):
    before = digest("token")
    assert before == digest("token") != digest("tokem")
    assert len(before) == 64
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-a-site"
    assert digest("token") != before


def test_sealed_text_is_unreadable_and_comes_back():
    sealed = seal("認証番号 123456")
    assert b"123456" not in sealed
    assert unseal(sealed) == "認証番号 123456"
    assert unseal(memoryview(sealed)) == "認証番号 123456"
    assert seal("認証番号 123456") != sealed


def test_a_changed_key_still_opens_what_the_former_one_sealed(settings):
    settings.SEALING_KEYS = (OLD,)
    sealed = seal("text")
    settings.SEALING_KEYS = (NEW, OLD)
    assert unseal(sealed) == "text"
    assert unseal(seal("later")) == "later"
    settings.SEALING_KEYS = (NEW,)
    with pytest.raises(BrokenSeal):
        unseal(sealed)


@pytest.mark.parametrize("damage", [b"", b"x", b"gAAAA"])
def test_damaged_bytes_are_refused(damage):
    with pytest.raises(BrokenSeal):
        unseal(damage)
