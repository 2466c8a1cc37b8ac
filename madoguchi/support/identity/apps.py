from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "madoguchi.support.identity"
    label = "support_identity"

    def ready(self) -> None:
        from madoguchi.accounts import terms
        from madoguchi.support.identity.views.terms import in_force

        terms.register_lookup(in_force)
