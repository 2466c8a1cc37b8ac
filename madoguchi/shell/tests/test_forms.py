"""The answer to a form: 200 as it opens, 422 with what is wrong."""

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from madoguchi.shell import forms as shell_forms

PAGE = """{% extends "base.html" %}{% block title %}Name{% endblock %}
{% block main %}{% include "components/error_summary.html" %}{{ form }}{% endblock %}"""


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the <b>bill</b>.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("name") == "nobody":
            raise forms.ValidationError("There is nobody of that name.")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch):
    template = engines["django"].from_string(PAGE)

    def render(request, _name, context, status):
        from django.http import HttpResponse

        return HttpResponse(template.render(context, request), status=status)

    monkeypatch.setattr(shell_forms, "render", render)

    def show(form: forms.Form):
        with override("en"):
            return shell_forms.render_form(RequestFactory().get("/en/"), "page.html", form, {"more": 1})

    return show


def test_as_it_opens(page) -> None:
    response = page(NameForm())
    text = response.content.decode()
    assert response.status_code == 200
    assert "<title>Name |" in text
    assert "error-summary" not in text.split("<main", 1)[1]
    assert 'id="id_name_helptext">As on the <b>bill</b>.' in text
    assert 'aria-describedby="id_name_helptext"' in text
    assert '<show-password class="password" data-show="Show"' in text


def test_with_errors(page) -> None:
    response = page(NameForm({"token": "kept"}))
    text = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Name |" in text
    assert '<a href="#id_name">Name: Please fill this in.</a>' in text
    assert '<a href="#id_kind_group">Kind: Please choose one.</a>' in text
    assert '<input type="hidden" name="token" value="kept" id="id_token">' in text
    assert 'aria-invalid="true"' in text


def test_an_error_of_the_whole_form_is_in_the_summary(page) -> None:
    text = page(NameForm({"name": "nobody", "kind": "a"})).content.decode()
    assert "<li>There is nobody of that name.</li>" in text
