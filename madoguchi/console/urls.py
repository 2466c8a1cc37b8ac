from django.urls import path

from madoguchi.console import legal_texts
from madoguchi.console.audit_log import audit_log
from madoguchi.console.budgets import budgets
from madoguchi.console.catalogue import categories, services
from madoguchi.console.contracts import page as contracts_page
from madoguchi.console.contracts import upload as contracts_upload
from madoguchi.console.customers import acts, find, registration
from madoguchi.console.customers import calls as customer_calls
from madoguchi.console.customers import contracts as customer_contracts
from madoguchi.console.customers import page as customer
from madoguchi.console.deliverability import page as deliverability
from madoguchi.console.deliverability import suppressions
from madoguchi.console.help import guides, questions
from madoguchi.console.imports import acts as import_acts
from madoguchi.console.imports import board as imports
from madoguchi.console.imports import conflicts as import_conflicts
from madoguchi.console.imports import look as import_look
from madoguchi.console.imports import page as import_page
from madoguchi.console.imports import rejects as import_rejects
from madoguchi.console.imports import undo as import_undo
from madoguchi.console.imports import upload as import_upload
from madoguchi.console.inquiries import acts as inquiry_acts
from madoguchi.console.inquiries import answer as inquiry_answer
from madoguchi.console.inquiries import board as inquiries
from madoguchi.console.inquiries import page as inquiry
from madoguchi.console.mailings import acts as mailing_acts
from madoguchi.console.mailings import board as mailings
from madoguchi.console.mailings import page as mailing
from madoguchi.console.months import board as months
from madoguchi.console.months import page as month
from madoguchi.console.notices import (
    approval,
    board,
    discard,
    further,
    page,
    preview,
    publish,
    schedule,
    templates,
    try_mail,
    withdraw,
    write,
)
from madoguchi.console.overview import overview
from madoguchi.console.payments import page as payment_page
from madoguchi.console.payments import upload as payment_upload
from madoguchi.console.security.page import security
from madoguchi.console.sites import board as sites
from madoguchi.console.sites import secret as site_secret
from madoguchi.console.sites import write as site
from madoguchi.console.tariffs import band as tariff_band
from madoguchi.console.tariffs import board as tariffs
from madoguchi.console.tariffs import compare as tariff_compare
from madoguchi.console.tariffs import comparison as tariff_comparison
from madoguchi.console.tariffs import dated as tariff_dated
from madoguchi.console.tariffs import draft as tariff_draft
from madoguchi.console.tariffs import price as tariff_price
from madoguchi.console.tariffs import release as tariff_release
from madoguchi.console.tariffs import rule as tariff_rule
from madoguchi.console.tariffs import upload as tariff_upload
from madoguchi.console.tariffs import version as tariff
from madoguchi.console.tokens import board as tokens

app_name = "console"
urlpatterns = [
    path("", overview, name="overview"),
    path("audit/", audit_log, name="audit"),
    path("budgets/", budgets, name="budgets"),
    path("categories/", categories.board, name="categories"),
    path("categories/new/", categories.new, name="category_new"),
    path("categories/<int:category_id>/", categories.change, name="category"),
    path("contracts/import/", contracts_upload.upload, name="contracts_import"),
    path("contracts/import/<int:upload_id>/", contracts_page.show, name="contracts_upload"),
    path("contracts/import/<int:upload_id>/progress/", contracts_page.progress, name="contracts_upload_progress"),
    path("contracts/import/<int:upload_id>/confirm/", contracts_page.confirm, name="contracts_upload_confirm"),
    path("contracts/import/<int:upload_id>/give-up/", contracts_page.give_up, name="contracts_upload_give_up"),
    path(
        "contracts/import/<int:upload_id>/<int:file_id>/rejected.csv",
        contracts_page.rejected,
        name="contracts_rejected",
    ),
    path("customers/", find.find, name="customers"),
    path("customers/registrations/<int:key>/", registration.registration, name="registration"),
    path("customers/contracts/<int:key>/", customer_contracts.show, name="customer_contracts"),
    path("customers/contracts/<int:key>/ids/<uuid:customer>/", customer_contracts.open_id, name="customer_open_id"),
    path("customers/contracts/<int:key>/unlink/<int:link>/", customer_contracts.unlink, name="customer_unlink"),
    path("customers/contracts/<int:key>/bills/<int:contract>/", customer_contracts.bills, name="customer_bills"),
    path("customers/contracts/<int:key>/calls/<int:contract>/", customer_calls.calls, name="customer_calls"),
    path("customers/<uuid:customer>/customer/<int:key>/", customer_contracts.of_id, name="id_customer"),
    path("customers/<uuid:customer>/", customer.show, name="customer"),
    path("customers/<uuid:customer>/<slug:name>/", acts.act, name="customer_act"),
    path("deliverability/", deliverability.deliverability, name="deliverability"),
    path("deliverability/suppressions/", suppressions.suppressions, name="suppressions"),
    path("deliverability/suppressions/add/", suppressions.add, name="suppression_add"),
    path("deliverability/suppressions/<int:suppression_id>/lift/", suppressions.lift, name="suppression_lift"),
    path("faq/", questions.board, name="questions"),
    path("faq/new/", questions.new, name="question_new"),
    path("faq/<int:question_id>/", questions.change, name="question"),
    path("guides/", guides.board, name="guides"),
    path("guides/new/", guides.new, name="guide_new"),
    path("guides/<int:guide_id>/", guides.change, name="guide"),
    path("imports/", imports.board, name="imports"),
    path("imports/new/", import_upload.upload, name="import_new"),
    path("imports/<int:import_id>/", import_page.show, name="import"),
    path("imports/<int:import_id>/progress/", import_page.progress, name="import_progress"),
    path("imports/<int:import_id>/confirm/", import_acts.confirm, name="import_confirm"),
    path("imports/<int:import_id>/give-up/", import_acts.give_up, name="import_give_up"),
    path("imports/<int:import_id>/undo/", import_undo.undo, name="import_undo"),
    path("imports/<int:import_id>/look/", import_look.look, name="import_look"),
    path("imports/<int:import_id>/conflicts/", import_conflicts.board, name="import_conflicts"),
    path("imports/<int:import_id>/conflicts/<int:conflict_id>/", import_conflicts.show, name="import_conflict"),
    path(
        "imports/<int:import_id>/conflicts/all/<slug:decision>/",
        import_conflicts.all_of_it,
        name="import_conflicts_all",
    ),
    path("imports/<int:import_id>/rejected/", import_rejects.download, name="import_rejects"),
    path("imports/<int:import_id>/reasons.csv", import_rejects.reasons, name="import_reasons"),
    path("inquiries/", inquiries.board, name="inquiries"),
    path("inquiries/<int:inquiry_id>/", inquiry.show, name="inquiry"),
    path("inquiries/<int:inquiry_id>/answer/", inquiry_answer.answer, name="inquiry_answer"),
    path("inquiries/<int:inquiry_id>/assign/", inquiry_acts.assign, name="inquiry_assign"),
    path("inquiries/<int:inquiry_id>/note/", inquiry_acts.note, name="inquiry_note"),
    path("inquiries/<int:inquiry_id>/state/", inquiry_acts.state, name="inquiry_state"),
    path("mailings/", mailings.board, name="mailings"),
    path("mailings/running/", mailings.running, name="mailings_running"),
    path("mailings/<int:mailing_id>/", mailing.show, name="mailing"),
    path("mailings/<int:mailing_id>/progress/", mailing.progress, name="mailing_progress"),
    path("mailings/<int:mailing_id>/<slug:name>/", mailing_acts.act, name="mailing_act"),
    path("months/", months.board, name="months"),
    path("months/<slug:month>/", month.show, name="month"),
    path("months/<slug:month>/close/", month.close_it, name="month_close"),
    path("months/<slug:month>/call-off/", month.call_off, name="month_call_off"),
    path("months/<slug:month>/rerate/", month.rerate, name="month_rerate"),
    path("months/<slug:month>/rerate/<int:rerating_id>/apply/", month.apply, name="month_apply"),
    path("payments/", payment_upload.upload, name="payments"),
    path("payments/<int:file_id>/", payment_page.show, name="payment_file"),
    path("payments/<int:file_id>/progress/", payment_page.progress, name="payment_progress"),
    path("payments/<int:file_id>/confirm/", payment_page.confirm, name="payment_confirm"),
    path("payments/<int:file_id>/give-up/", payment_page.give_up, name="payment_give_up"),
    path("payments/<int:file_id>/rejected.csv", payment_page.rejected, name="payment_rejected"),
    path("security/", security, name="security"),
    path("services/", services.board, name="services"),
    path("services/new/", services.new, name="service_new"),
    path("services/<int:service_id>/", services.change, name="service"),
    path("sites/", sites.board, name="sites"),
    path("sites/new/", site.new, name="site_new"),
    path("sites/<slug:client_id>/", site.edit, name="site"),
    path("sites/<slug:client_id>/secret/", site_secret.renew, name="site_secret"),
    path("sites/<slug:client_id>/remove/", site.remove, name="site_remove"),
    path("tariffs/", tariffs.board, name="tariffs"),
    path("tariffs/compare/", tariff_compare.page, name="tariff_compare"),
    path("tariffs/compare/<int:comparison_id>/", tariff_comparison.show, name="tariff_comparison"),
    path(
        "tariffs/compare/<int:comparison_id>/progress/", tariff_comparison.progress, name="tariff_comparison_progress"
    ),
    path("tariffs/compare/<int:comparison_id>/again/", tariff_comparison.again, name="tariff_comparison_again"),
    path("tariffs/compare/<int:comparison_id>/contracts.csv", tariff_comparison.download, name="tariff_comparison_csv"),
    path("tariffs/dated/", tariff_dated.board, name="tariff_dated"),
    path("tariffs/dated/<slug:what>/new/", tariff_dated.new, name="tariff_dated_new"),
    path("tariffs/dated/<slug:what>/<int:row_id>/", tariff_dated.change, name="tariff_dated_row"),
    path("tariffs/new/", tariff_draft.new, name="tariff_new"),
    path("tariffs/price/", tariff_price.price, name="tariff_price"),
    path("tariffs/<int:tariff_id>/", tariff.show, name="tariff"),
    path("tariffs/<int:tariff_id>/rules.csv", tariff.download, name="tariff_csv"),
    path("tariffs/<int:tariff_id>/edit/", tariff_draft.edit, name="tariff_edit"),
    path("tariffs/<int:tariff_id>/remove/", tariff_draft.remove, name="tariff_remove"),
    path("tariffs/<int:tariff_id>/upload/", tariff_upload.upload, name="tariff_upload"),
    path("tariffs/<int:tariff_id>/rules/new/", tariff_rule.new, name="tariff_rule_new"),
    path("tariffs/<int:tariff_id>/rules/<int:rule_id>/", tariff_rule.change, name="tariff_rule"),
    path("tariffs/<int:tariff_id>/bands/new/", tariff_band.new, name="tariff_band_new"),
    path("tariffs/<int:tariff_id>/bands/<int:place>/", tariff_band.change, name="tariff_band"),
    path("tariffs/<int:tariff_id>/release/", tariff_release.release, name="tariff_release"),
    path("tariffs/<int:tariff_id>/take-back/", tariff_release.take_back, name="tariff_take_back"),
    path("templates/", templates.board, name="templates"),
    path("templates/new/", templates.new, name="template_new"),
    path("templates/<int:template_id>/", templates.edit, name="template"),
    path("templates/<int:template_id>/remove/", templates.remove, name="template_remove"),
    path("tokens/", tokens.board, name="tokens"),
    path("tokens/new/", tokens.new, name="token_new"),
    path("tokens/<int:token_id>/", tokens.show, name="token"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("texts/", legal_texts.board, name="texts"),
    path("texts/new/", legal_texts.new, name="text_new"),
    path("notices/", board.board, name="notices"),
    path("notices/new/", write.new, name="notice_new"),
    path("notices/<int:notice_id>/", page.show, name="notice"),
    path("notices/<int:notice_id>/edit/", write.edit, name="notice_edit"),
    path("notices/<int:notice_id>/withdraw/", withdraw.withdraw, name="notice_withdraw"),
    path("notices/<int:notice_id>/reports/new/", further.new, name="report_new"),
    path("notices/<int:notice_id>/reports/quick/", further.quick, name="report_quick"),
    path("notices/<int:notice_id>/reports/<int:report_id>/", further.edit, name="report_edit"),
    path("notices/<int:notice_id>/reports/<int:report_id>/mail/", preview.mail, name="report_mail"),
    path("notices/<int:notice_id>/reports/<int:report_id>/publish/", publish.publish, name="report_publish"),
    path("notices/<int:notice_id>/reports/<int:report_id>/test/", try_mail.send, name="report_test"),
    path("notices/<int:notice_id>/reports/<int:report_id>/schedule/", schedule.schedule, name="report_schedule"),
    path("notices/<int:notice_id>/reports/<int:report_id>/unschedule/", schedule.unschedule, name="report_unschedule"),
    path("notices/<int:notice_id>/reports/<int:report_id>/ask/", approval.ask, name="report_ask"),
    path("notices/<int:notice_id>/reports/<int:report_id>/approve/", approval.approve, name="report_approve"),
    path("notices/<int:notice_id>/reports/<int:report_id>/return/", approval.send_back, name="report_return"),
    path("notices/<int:notice_id>/reports/<int:report_id>/sign/", approval.sign_off, name="report_sign"),
    path("notices/<int:notice_id>/reports/<int:report_id>/discard/", discard.discard, name="report_discard"),
]
