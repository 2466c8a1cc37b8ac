from django.urls import path

from madoguchi.support.identity.views.activate import activate, activate_done
from madoguchi.support.identity.views.close import close, closed
from madoguchi.support.identity.views.email import email, email_call_off, email_link, email_sent
from madoguchi.support.identity.views.export import export
from madoguchi.support.identity.views.history import history
from madoguchi.support.identity.views.hub import hub
from madoguchi.support.identity.views.login import login
from madoguchi.support.identity.views.login_code import login_code
from madoguchi.support.identity.views.login_passkey import login_passkey
from madoguchi.support.identity.views.logout import logout
from madoguchi.support.identity.views.otp import otp, otp_others
from madoguchi.support.identity.views.otp_off import otp_off
from madoguchi.support.identity.views.otp_on import otp_on
from madoguchi.support.identity.views.passkey_options import passkey_options
from madoguchi.support.identity.views.passkeys import passkey_add, passkey_remove, passkey_rename
from madoguchi.support.identity.views.password_change import password_change, password_changed
from madoguchi.support.identity.views.password_check import password_check
from madoguchi.support.identity.views.password_forgot import password_forgot, password_forgot_sent
from madoguchi.support.identity.views.password_reset import password_reset, password_reset_done
from madoguchi.support.identity.views.profile import birth_date, language, name, profile, time_zone
from madoguchi.support.identity.views.prove import prove
from madoguchi.support.identity.views.recovery_codes import code_used, codes, codes_kept, codes_text
from madoguchi.support.identity.views.register import register, register_confirm, register_sent
from madoguchi.support.identity.views.sessions import end_other_sessions, end_session, forget_device, sessions
from madoguchi.support.identity.views.terms import terms
from madoguchi.support.identity.views.welcome import welcome

app_name = "identity"
urlpatterns = [
    path("", hub, name="hub"),
    path("login/", login, name="login"),
    path("login/code/", login_code, name="login_code"),
    path("welcome/", welcome, name="welcome"),
    path("prove/", prove, name="prove"),
    path("login/passkey/", login_passkey, name="login_passkey"),
    path("passkey/options/", passkey_options, name="passkey_options"),
    path("otp/", otp, name="otp"),
    path("otp/on/", otp_on, name="otp_on"),
    path("otp/off/", otp_off, name="otp_off"),
    path("otp/others/", otp_others, name="otp_others"),
    path("otp/codes/", codes, name="recovery_codes"),
    path("otp/codes/text/", codes_text, name="recovery_codes_text"),
    path("otp/codes/kept/", codes_kept, name="recovery_codes_kept"),
    path("otp/codes/used/", code_used, name="recovery_code_used"),
    path("otp/passkeys/add/", passkey_add, name="passkey_add"),
    path("otp/passkeys/<int:key>/", passkey_rename, name="passkey_rename"),
    path("otp/passkeys/<int:key>/remove/", passkey_remove, name="passkey_remove"),
    path("logout/", logout, name="logout"),
    path("register/", register, name="register"),
    path("register/confirm/", register_confirm, name="register_confirm"),
    path("register/sent/", register_sent, name="register_sent"),
    path("activate/done/", activate_done, name="activate_done"),
    path("activate/<str:token>/", activate, name="activate"),
    path("terms/", terms, name="terms"),
    path("password/forgot/", password_forgot, name="password_forgot"),
    path("password/forgot/sent/", password_forgot_sent, name="password_forgot_sent"),
    path("password/reset/done/", password_reset_done, name="password_reset_done"),
    path("password/reset/<str:token>/", password_reset, name="password_reset"),
    path("password/change/", password_change, name="password_change"),
    path("password/changed/", password_changed, name="password_changed"),
    path("password/check/", password_check, name="password_check"),
    path("history/", history, name="history"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/others/end/", end_other_sessions, name="end_other_sessions"),
    path("sessions/<uuid:sign_in>/end/", end_session, name="end_session"),
    path("sessions/devices/<int:device>/forget/", forget_device, name="forget_device"),
    path("profile/", profile, name="profile"),
    path("profile/name/", name, name="name"),
    path("profile/birth-date/", birth_date, name="birth_date"),
    path("profile/language/", language, name="language"),
    path("profile/time-zone/", time_zone, name="time_zone"),
    path("profile/email/", email, name="email"),
    path("profile/email/sent/", email_sent, name="email_sent"),
    path("profile/email/keep/", email_call_off, name="email_call_off"),
    path("profile/email/<str:token>/", email_link, name="email_link"),
    path("profile/export/", export, name="export"),
    path("profile/close/", close, name="close"),
    path("closed/", closed, name="closed"),
]
