from django.urls import path

from madoguchi.demo.telephone import views

urlpatterns = [
    path("telephone/", views.telephone, name="telephone"),
    path("telephone.json", views.telephone_json, name="telephone_json"),
]
