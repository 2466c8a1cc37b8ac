from django.urls import path

from madoguchi.demo.telephone import views

urlpatterns = [
    path("telephone/", views.telephone, name="telephone"),
    path("telephone/calls/<int:id>.wav", views.call, name="telephone_call"),
    path("telephone/heal/", views.heal, name="telephone_heal"),
    path("telephone/faults.json", views.faults_json, name="telephone_faults"),
    path("telephone.json", views.telephone_json, name="telephone_json"),
]
