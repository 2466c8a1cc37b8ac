"""The customer's pages; one module of paths for each part of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("madoguchi.support.public.urls")),
    path("id/", include("madoguchi.support.identity.urls")),
    path("my/", include("madoguchi.support.my.urls")),
]
