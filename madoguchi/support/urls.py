"""The customer's pages, a package for each part of the site."""

from django.urls import include, path

# Those with a prefix first: it passes over all pages of a part with one look.
urlpatterns = [
    path("id/sites/", include("madoguchi.support.sites.urls")),
    path("id/business/", include("madoguchi.support.business.urls")),
    path("id/", include("madoguchi.support.identity.urls")),
    path("my/alerts/", include("madoguchi.support.alerts.urls")),
    path("my/", include("madoguchi.support.mypage.urls")),
    path("my/", include("madoguchi.support.charges.urls")),
    path("contact/", include("madoguchi.support.contact.urls")),
    path("", include("madoguchi.support.public.urls")),
    path("", include("madoguchi.support.mynotices.urls")),
]
