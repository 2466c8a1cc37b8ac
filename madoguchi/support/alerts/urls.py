from django.urls import path

from madoguchi.support.alerts.views.mine import mine
from madoguchi.support.alerts.views.settings import of_contract, of_number

app_name = "alerts"
urlpatterns = [
    path("", mine, name="mine"),
    path("<str:contract>/", of_contract, name="contract"),
    path("<str:contract>/<int:number>/", of_number, name="number"),
]
