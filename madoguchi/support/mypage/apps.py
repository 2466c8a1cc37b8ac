from django.apps import AppConfig


class MyPageConfig(AppConfig):
    name = "madoguchi.support.mypage"
    label = "support_mypage"
