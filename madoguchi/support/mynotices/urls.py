from django.urls import URLPattern, URLResolver

app_name = "mynotices"
urlpatterns: list[URLPattern | URLResolver] = []
