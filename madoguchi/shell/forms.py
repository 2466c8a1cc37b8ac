"""One look for every form field: our template for Django's own form rendering."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    field_template_name = "forms/field.html"
