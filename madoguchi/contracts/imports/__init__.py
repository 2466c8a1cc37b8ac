"""Customers, contracts, numbers and roles from the operator's files; docs/contracts.md is the format."""
