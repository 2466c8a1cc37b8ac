from django.urls import URLPattern, URLResolver

app_name = "mypage"
urlpatterns: list[URLPattern | URLResolver] = []
