from django.urls import path

from madoguchi.support.mypage.views.code import code, progress, resend
from madoguchi.support.mypage.views.home import home
from madoguchi.support.mypage.views.method import method
from madoguchi.support.mypage.views.verify import begin, verify

app_name = "mypage"
urlpatterns = [
    path("", home, name="home"),
    path("verify/", verify, name="verify"),
    path("verify/begin/", begin, name="verify_begin"),
    path("verify/method/", method, name="verify_method"),
    path("verify/code/", code, name="verify_code"),
    path("verify/code/progress/", progress, name="verify_progress"),
    path("verify/code/resend/", resend, name="verify_resend"),
]
