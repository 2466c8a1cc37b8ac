from django.urls import path

from madoguchi.support.identity.views.activate import activate, activate_done
from madoguchi.support.identity.views.login import login
from madoguchi.support.identity.views.login_code import login_code
from madoguchi.support.identity.views.logout import logout
from madoguchi.support.identity.views.password_change import password_change, password_changed
from madoguchi.support.identity.views.password_check import password_check
from madoguchi.support.identity.views.password_forgot import password_forgot, password_forgot_sent
from madoguchi.support.identity.views.password_reset import password_reset, password_reset_done
from madoguchi.support.identity.views.prove import prove
from madoguchi.support.identity.views.register import register, register_confirm, register_sent

app_name = "identity"
urlpatterns = [
    path("login/", login, name="login"),
    path("login/code/", login_code, name="login_code"),
    path("prove/", prove, name="prove"),
    path("logout/", logout, name="logout"),
    path("register/", register, name="register"),
    path("register/confirm/", register_confirm, name="register_confirm"),
    path("register/sent/", register_sent, name="register_sent"),
    path("activate/done/", activate_done, name="activate_done"),
    path("activate/<str:token>/", activate, name="activate"),
    path("password/forgot/", password_forgot, name="password_forgot"),
    path("password/forgot/sent/", password_forgot_sent, name="password_forgot_sent"),
    path("password/reset/done/", password_reset_done, name="password_reset_done"),
    path("password/reset/<str:token>/", password_reset, name="password_reset"),
    path("password/change/", password_change, name="password_change"),
    path("password/changed/", password_changed, name="password_changed"),
    path("password/check/", password_check, name="password_check"),
]
