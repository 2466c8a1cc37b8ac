"""Notices by mail. A path with ``+`` cannot be the address of a service: no slug has one."""

from django.urls import path

from madoguchi.support.mynotices.views import (
    address,
    address_link,
    calendar,
    choose,
    delete,
    deliveries,
    destinations,
    mine,
    table,
    unsubscribe,
    webhooks,
)

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
    path("my/destinations/", destinations.destinations, name="destinations"),
    path("my/destinations/<int:slot>/", address.address, name="address"),
    path("my/destinations/<int:slot>/confirm/", address.address_confirm, name="address_confirm"),
    path("my/destinations/<int:slot>/sent/", address.address_sent, name="address_sent"),
    path("my/destinations/<int:slot>/again/", destinations.send_again, name="send_again"),
    path("my/destinations/<int:slot>/call-off/", destinations.call_off, name="call_off"),
    path("my/destinations/<int:slot>/test/", destinations.destination_test, name="destination_test"),
    path("my/destinations/<int:slot>/delete/", destinations.destination_delete, name="destination_delete"),
    path("destinations/done/", address_link.address_done, name="address_done"),
    path("destinations/<str:token>/", address_link.address_link, name="address_link"),
    path("my/calendar/", calendar.calendar, name="calendar"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("my/webhooks/", webhooks.listed, name="webhooks"),
    path("my/webhooks/new/", webhooks.new, name="webhook_new"),
    path("my/webhooks/<int:pk>/", webhooks.one, name="webhook"),
    path("my/webhooks/<int:pk>/secret/", webhooks.secret, name="webhook_secret"),
    path("my/webhooks/<int:pk>/act/", webhooks.act, name="webhook_act"),
    path("my/webhooks/<int:pk>/delete/", webhooks.delete, name="webhook_delete"),
    path("my/deliveries/", deliveries.deliveries, name="deliveries"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
