"""Notices by mail. A path with ``+`` cannot be the address of a service: no slug has one."""

from django.urls import path

from madoguchi.support.mynotices.views import choose, delete, deliveries, mine, table, unsubscribe

app_name = "mynotices"
urlpatterns = [
    path("my/notices/", table.table, name="table"),
    path("my/notices/+mine/", mine.mine, name="mine"),
    path("my/notices/+agree/", table.agree, name="agree"),
    path("my/notices/+undo/", delete.undo, name="undo"),
    path("my/notices/+receive-again/<int:pk>/", table.receive_again, name="receive_again"),
    path("my/notices/<slug:slug>/", choose.choose, name="choose"),
    path("my/notices/<slug:slug>/confirm/", choose.confirm, name="confirm"),
    path("my/notices/<slug:slug>/done/", choose.done, name="done"),
    path("my/notices/<slug:slug>/delete/", delete.delete, name="delete"),
    path("my/deliveries/", deliveries.deliveries, name="deliveries"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
