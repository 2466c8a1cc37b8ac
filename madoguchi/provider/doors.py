"""The two doors through which other sites send people: what is said there is said in a language."""

from django.urls import path

from madoguchi.provider.endpoints.authorize import authorize
from madoguchi.provider.endpoints.logout import logout

app_name = "doors"
urlpatterns = [
    path("oidc/authorize", authorize, name="authorize"),
    path("oidc/logout", logout, name="logout"),
]
