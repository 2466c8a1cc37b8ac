from django.urls import path, re_path

from madoguchi.support.public import elsewhere, feeds, front, impact, legal, notice, notices, preview, service, services
from madoguchi.support.public.help import faq, guides, question

app_name = "public"
urlpatterns = [
    path("", front.front, name="front"),
    path("personal/", front.personal, name="personal"),
    path("business/", front.business, name="business"),
    path("services/", services.services, name="services"),
    path("services/suggestions/", services.suggestions, name="suggestions"),
    path("services/<slug:slug>/", service.service, name="service"),
    path("services/<slug:slug>/notices.atom", feeds.service_atom, name="service_atom"),
    path("services/<slug:slug>/notices.ics", feeds.service_calendar, name="service_calendar"),
    path("services/<slug:slug>/badge.svg", elsewhere.badge, name="service_badge"),
    path("services/<slug:slug>/embed/", elsewhere.embed, name="service_embed"),
    path("badge.svg", elsewhere.badge, name="badge"),
    path("embed/", elsewhere.embed, name="embed"),
    path("notices.atom", feeds.notices_atom, name="notices_atom"),
    path("notices.ics", feeds.notices_calendar, name="notices_calendar"),
    path("notices/", notices.notices, name="notices"),
    path("notices/impact/", impact.search, name="impact"),
    path("notices/preview/<int:report_id>/", preview.preview, name="notice_preview"),
    re_path(r"^notices/(?P<number>[WT]-[0-9]{4}-[0-9]{6,9})/$", notice.notice, name="notice"),
    re_path(r"^notices/(?P<number>W-[0-9]{4}-[0-9]{6,9})\.ics$", feeds.notice_calendar, name="notice_calendar"),
    path("faq/", faq.faq, name="faq"),
    path("faq/<int:number>/", question.question, name="question"),
    path("faq/<int:number>/helpful/", question.helpful, name="question_helpful"),
    path("faq/<int:number>/thanks/<slug:answer>/", question.thanks, name="question_thanks"),
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("terms/", legal.terms, name="terms"),
    path("terms/<path:version>/", legal.terms, name="terms_version"),
    path("privacy/", legal.privacy, name="privacy"),
    path("privacy/<path:version>/", legal.privacy, name="privacy_version"),
    path("accessibility/", legal.accessibility, name="accessibility"),
    path("accessibility/<path:version>/", legal.accessibility, name="accessibility_version"),
]
