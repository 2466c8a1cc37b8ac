"""Customers and their contracts, who may see them, and what proves the phone of a contract."""

from .customers import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind

__all__ = ["Contract", "Customer", "CustomerLink", "TelephoneNumber", "UsageKind"]
