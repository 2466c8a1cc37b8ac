"""The same site and customer as in the tests of the provider."""

from madoguchi.provider.tests.conftest import customer, quick_keys, shop

__all__ = ["customer", "quick_keys", "shop"]
