"""The customer's pages, a package for each part of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("madoguchi.support.public.urls")),
    path("id/sites/", include("madoguchi.support.sites.urls")),
    path("id/business/", include("madoguchi.support.business.urls")),
    path("id/", include("madoguchi.support.identity.urls")),
    path("my/", include("madoguchi.support.mypage.urls")),
    path("contact/", include("madoguchi.support.contact.urls")),
    path("", include("madoguchi.support.mynotices.urls")),
    path("my/", include("madoguchi.support.charges.urls")),
]
