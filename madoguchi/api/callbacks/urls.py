"""``/callbacks/``: where other machines tell what became of what they were asked. No language, no session."""

from django.urls import path

from madoguchi.api.callbacks.mail import mail
from madoguchi.api.callbacks.provider import provider
from madoguchi.api.callbacks.telephone import telephone

app_name = "callbacks"
urlpatterns = [
    path("telephone/<slug:gateway>/", telephone, name="telephone"),
    path("mail/webhook/", mail, name="mail"),
    path("mail/provider/<slug:name>/", provider, name="provider"),
]
