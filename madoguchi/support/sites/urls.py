from django.urls import path

from madoguchi.support.sites.views.approve import approve
from madoguchi.support.sites.views.leave import leave
from madoguchi.support.sites.views.mine import disconnect, mine

app_name = "sites"
urlpatterns = [
    path("", mine, name="mine"),
    path("approve/<str:handle>/", approve, name="approve"),
    path("leave/", leave, name="leave"),
    path("<slug:client_id>/disconnect/", disconnect, name="disconnect"),
]
