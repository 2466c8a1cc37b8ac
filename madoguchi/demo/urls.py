"""``/demo/``: only in the demo."""

from django.urls import include, path

from madoguchi.demo import authenticator, program, views
from madoguchi.demo.business import views as business
from madoguchi.demo.mailbox import views as mailbox
from madoguchi.demo.mall import views as mall

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:id>/", mailbox.mail, name="mail"),
    path("mailbox/<int:id>/html/", mailbox.mail_html, name="mail_html"),
    path("mailbox/<int:id>/return/", mailbox.mail_return, name="mail_return"),
    path("mailbox.json", mailbox.mailbox_json, name="mailbox_json"),
    path("", include("madoguchi.demo.telephone.urls")),
    path("business/.well-known/openid-configuration", business.configuration, name="business_configuration"),
    path("business/keys/", business.keys, name="business_keys"),
    path("business/login/", business.login, name="business_login"),
    path("business/token/", business.token, name="business_token"),
    path("site/", mall.home, name="mall"),
    path("site/login/", mall.login, name="mall_login"),
    path("site/callback/", mall.callback, name="mall_callback"),
    path("site/refresh/", mall.refresh, name="mall_refresh"),
    path("site/logout/", mall.logout, name="mall_logout"),
    path("program/", program.program, name="program"),
    path("authenticator/", authenticator.authenticator, name="authenticator"),
    path("authenticator.json", authenticator.authenticator_json, name="authenticator_json"),
]
