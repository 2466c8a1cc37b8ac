"""Logging in with a business account: the operator's OpenID Connect providers vouch, we are their relying party."""
