from django.urls import path

from madoguchi.support.contact.views.thread import thread
from madoguchi.support.contact.views.write import confirm, sent, write

app_name = "contact"
urlpatterns = [
    path("", write, name="write"),
    path("confirm/", confirm, name="confirm"),
    path("sent/", sent, name="sent"),
    path("<str:token>/", thread, name="thread"),
]
