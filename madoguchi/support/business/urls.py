from django.urls import path

from madoguchi.support.business.views.callback import callback
from madoguchi.support.business.views.connect import connect
from madoguchi.support.business.views.link import link
from madoguchi.support.business.views.mine import disconnect, mine
from madoguchi.support.business.views.start import start

app_name = "business"
urlpatterns = [
    path("", mine, name="mine"),
    path("link/", link, name="link"),
    path("connect/", connect, name="connect"),
    path("<int:pk>/disconnect/", disconnect, name="disconnect"),
    path("<slug:key>/", start, name="start"),
    path("<slug:key>/callback/", callback, name="callback"),
]
