"""Who gets what at every address of the site: each is claimed here, and a page nobody claimed fails.

Alice is Hanako of the sample operator, the holder of contracts; Bob is Jiro, her colleague who sees one of them;
Charlie is Saburo, a stranger to both. Behind each claimed name stands an address of that page in the sample.
"""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import URLPattern, URLResolver, get_resolver

from madoguchi.notices.models import Notice
from tests.sample_operator import NOW, account, browser, places

__all__ = ["places"]
# For machines and everybody: no cookie, no language.
MACHINE = {
    "healthz": "/healthz",
    "readyz": "/readyz",
    "show": "/style.0.css",
    "too_large": "/too-large/",
    "callbacks:mail": "/callbacks/mail/webhook/",
    "callbacks:provider": "/callbacks/mail/provider/postmark/",
    "callbacks:telephone": "/callbacks/telephone/twilio/",
}
# For the operator's other sites, and where they send customers: what they may is for the tokens, not the session.
SITES = {
    "provider:discovery": "/.well-known/openid-configuration",
    "provider:jwks": "/oidc/jwks",
    "doors:authorize": "/oidc/authorize",
    "doors:logout": "/oidc/logout",
    "provider:token": "/oidc/token",
    "provider:userinfo": "/oidc/userinfo",
    "provider:revoke": "/oidc/revoke",
    "provider:introspect": "/oidc/introspect",
}
# For the operator's own systems, which show a token of theirs; nobody gets in by a session.
SYSTEMS = {
    "api:customer": "/api/v1/customers/N123456789",
    "api:put_customer": "/api/v1/customers/N123456789",
    "api:roles": "/api/v1/customers/N123456789/roles",
    "api:put_role": "/api/v1/customers/N123456789/roles",
    "api:contract": "/api/v1/contracts/{contract}",
    "api:put_contract": "/api/v1/contracts/{contract}",
    "api:put_number": "/api/v1/contracts/{contract}/numbers",
    "api:store_batch": "/api/v1/batches",
}
# For everybody. 404 where the address needs something the sample cannot have, such as a mail's token.
PUBLIC = {
    "corner": "/corner/",
    "components": "/components/",
    "public:front": "/",
    "public:personal": "/personal/",
    "public:business": "/business/",
    "public:services": "/services/",
    "public:suggestions": "/services/suggestions/?q=a",
    "public:service": "/services/mobile/",
    "public:notices": "/notices/",
    "public:impact": "/notices/impact/",
    "public:badge": "/badge.svg",
    "public:embed": "/embed/",
    "public:service_badge": "/services/mobile/badge.svg",
    "public:service_embed": "/services/mobile/embed/",
    "public:notices_atom": "/notices.atom",
    "public:notices_calendar": "/notices.ics",
    "public:notice_calendar": "/notices/W-2026-000001.ics",
    "public:service_atom": "/services/mobile/notices.atom",
    "public:service_calendar": "/services/mobile/notices.ics",
    "public:notice": "/notices/{notice}/",
    "api:openapi-json": "/api/v1/openapi.json",
    "api:notices": "/api/v1/notices",
    "api:notice": "/api/v1/notices/{notice}",
    "api:status": "/api/v1/status",
    "api:services": "/api/v1/services",
    "api:service": "/api/v1/services/mobile",
    "api:categories": "/api/v1/categories",
    "public:faq": "/faq/",
    "public:question": "/faq/{question}/",
    "public:question_helpful": "/faq/{question}/helpful/",
    "public:question_thanks": "/faq/{question}/thanks/yes/",
    "public:guides": "/guides/",
    "public:guide": "/guides/customer-id/",
    "contact:write": "/contact/",
    "contact:confirm": "/contact/confirm/",
    "contact:sent": "/contact/sent/",
    "contact:thread": "/contact/unknown/",
    "public:terms": "/terms/",
    "public:privacy": "/privacy/",
    "public:accessibility": "/accessibility/",
    "public:terms_version": "/terms/1.0/",
    "public:privacy_version": "/privacy/1.0/",
    "public:accessibility_version": "/accessibility/1.0/",
    "identity:login": "/id/login/",
    "identity:login_code": "/id/login/code/",
    "identity:login_passkey": "/id/login/passkey/",
    "identity:passkey_options": "/id/passkey/options/",
    "identity:logout": "/id/logout/",
    "identity:register": "/id/register/",
    "identity:register_confirm": "/id/register/confirm/",
    "identity:register_sent": "/id/register/sent/",
    "identity:activate": "/id/activate/unknown/",
    "identity:closed": "/id/closed/",
    "sites:approve": "/id/sites/approve/unknown/",
    "sites:leave": "/id/sites/leave/",
    "identity:password_forgot": "/id/password/forgot/",
    "identity:password_forgot_sent": "/id/password/forgot/sent/",
    "identity:password_reset": "/id/password/reset/unknown/",
    "identity:password_reset_done": "/id/password/reset/done/",
    "identity:password_check": "/id/password/check/",
    "identity:welcome": "/id/welcome/",
    "business:link": "/id/business/link/",
    "business:start": "/id/business/unknown/",
    "business:callback": "/id/business/unknown/callback/",
    "mynotices:mine": "/my/notices/+mine/?service=mobile",
    "mynotices:unsubscribe": "/unsubscribe/unknown/",
    "mynotices:calendar_feed": "/calendar/unknown.ics",
    "mynotices:address_link": "/destinations/unknown/",
    "mynotices:address_done": "/destinations/done/",
    "demo:home": "/demo/",
    "demo:mailbox": "/demo/mailbox/",
    "demo:mail": "/demo/mailbox/1/",
    "demo:mail_html": "/demo/mailbox/1/html/",
    "demo:mail_return": "/demo/mailbox/1/return/",
    "demo:mailbox_json": "/demo/mailbox.json",
    "demo:program": "/demo/program/",
    "demo:business_configuration": "/demo/business/.well-known/openid-configuration",
    "demo:business_keys": "/demo/business/keys/",
    "demo:business_login": "/demo/business/login/",
    "demo:business_token": "/demo/business/token/",
    "demo:mall": "/demo/site/",
    "demo:mall_login": "/demo/site/login/",
    "demo:mall_callback": "/demo/site/callback/",
    "demo:mall_refresh": "/demo/site/refresh/",
    "demo:mall_logout": "/demo/site/logout/",
    "demo:authenticator": "/demo/authenticator/",
    "demo:authenticator_json": "/demo/authenticator.json",
    "demo:telephone": "/demo/telephone/",
    "demo:telephone_call": "/demo/telephone/calls/1.wav",
    "demo:telephone_heal": "/demo/telephone/heal/",
    "demo:telephone_faults": "/demo/telephone/faults.json",
    "demo:telephone_json": "/demo/telephone.json",
}
# For whoever is signed in; shows nothing but their own.
SIGNED_IN = {
    "identity:otp": "/id/otp/",
    "identity:otp_on": "/id/otp/on/",
    "identity:otp_off": "/id/otp/off/",
    "identity:otp_others": "/id/otp/others/",
    "identity:recovery_codes": "/id/otp/codes/",
    "identity:recovery_codes_text": "/id/otp/codes/text/",
    "identity:recovery_codes_kept": "/id/otp/codes/kept/",
    "identity:recovery_code_used": "/id/otp/codes/used/",
    "identity:passkey_add": "/id/otp/passkeys/add/",
    "identity:passkey_rename": "/id/otp/passkeys/1/",
    "identity:passkey_remove": "/id/otp/passkeys/1/remove/",
    "identity:activate_done": "/id/activate/done/",
    "identity:prove": "/id/prove/",
    "business:mine": "/id/business/",
    "business:connect": "/id/business/connect/",
    "business:disconnect": "/id/business/1/disconnect/",
    "identity:hub": "/id/",
    "identity:history": "/id/history/",
    "identity:sessions": "/id/sessions/",
    "identity:end_session": "/id/sessions/00000000-0000-0000-0000-000000000000/end/",
    "identity:end_other_sessions": "/id/sessions/others/end/",
    "identity:forget_device": "/id/sessions/devices/0/forget/",
    "identity:profile": "/id/profile/",
    "identity:name": "/id/profile/name/",
    "identity:birth_date": "/id/profile/birth-date/",
    "identity:language": "/id/profile/language/",
    "identity:time_zone": "/id/profile/time-zone/",
    "identity:email": "/id/profile/email/",
    "identity:email_sent": "/id/profile/email/sent/",
    "identity:email_call_off": "/id/profile/email/keep/",
    "identity:email_link": "/id/profile/email/unknown/",
    "identity:export": "/id/profile/export/",
    "identity:close": "/id/profile/close/",
    "sites:mine": "/id/sites/",
    "sites:disconnect": "/id/sites/unknown/disconnect/",
    "identity:terms": "/id/terms/",
    "identity:password_change": "/id/password/change/",
    "identity:password_changed": "/id/password/changed/",
    "mypage:home": "/my/",
    "mypage:verify": "/my/verify/",
    "mypage:verify_begin": "/my/verify/begin/",
    "mypage:verify_method": "/my/verify/method/",
    "mypage:verify_code": "/my/verify/code/",
    "mypage:verify_progress": "/my/verify/code/progress/",
    "mypage:verify_resend": "/my/verify/code/resend/",
    "mypage:verify_factor": "/my/verify/factor/",
    "mypage:contracts": "/my/contracts/",
    "mypage:text_size": "/my/text-size/",
    "mypage:customer": "/my/customer/",
    "mypage:add": "/my/contracts/add/",
    "mypage:add_phone": "/my/contracts/add/phone/",
    "mypage:add_method": "/my/contracts/add/method/",
    "mypage:add_code": "/my/contracts/add/code/",
    "mypage:add_resend": "/my/contracts/add/code/resend/",
    "mypage:add_done": "/my/contracts/add/done/",
    "mynotices:table": "/my/notices/",
    "mynotices:agree": "/my/notices/+agree/",
    "mynotices:undo": "/my/notices/+undo/",
    "mynotices:receive_again": "/my/notices/+receive-again/1/",
    "mynotices:choose": "/my/notices/mobile/",
    "mynotices:confirm": "/my/notices/mobile/confirm/",
    "mynotices:done": "/my/notices/mobile/done/",
    "mynotices:delete": "/my/notices/mobile/delete/",
    "mynotices:destinations": "/my/destinations/",
    "mynotices:address": "/my/destinations/2/",
    "mynotices:address_confirm": "/my/destinations/2/confirm/",
    "mynotices:address_sent": "/my/destinations/2/sent/",
    "mynotices:send_again": "/my/destinations/2/again/",
    "mynotices:call_off": "/my/destinations/2/call-off/",
    "mynotices:destination_test": "/my/destinations/2/test/",
    "mynotices:destination_delete": "/my/destinations/1/delete/",
    "mynotices:deliveries": "/my/deliveries/",
    "mynotices:calendar": "/my/calendar/",
    "mynotices:webhooks": "/my/webhooks/",
    "mynotices:webhook_new": "/my/webhooks/new/",
    "alerts:mine": "/my/alerts/",
    "charges:contracts": "/my/charges/",
    "charges:bills": "/my/charges/bills/",
    "charges:usage": "/my/charges/usage/",
}
# For who may see the contract: its holder and the colleague it was opened to, after confirming the contact phone.
CONTRACT = {
    "alerts:contract": "/my/alerts/{contract}/",
    "alerts:number": "/my/alerts/{contract}/{held}/",
    "charges:statement": "/my/charges/usage/{contract}/ip050/",
    "charges:download": "/my/charges/usage/{contract}/ip050/statement.csv",
    "charges:privacy": "/my/charges/usage/{contract}/privacy/",
    "mypage:numbers": "/my/contracts/{contract}/numbers/",
    "charges:contract_bills": "/my/charges/bills/{contract}/",
    "charges:bill": "/my/charges/bills/{contract}/2026-10/",
    "charges:invoice": "/my/charges/bills/{contract}/2026-10/invoice.pdf",
}
# For the holder of the contract alone; a colleague who may see it is told so. And for who may end a link.
HELD = {
    "mypage:change_phone": "/my/contracts/{contract}/phone/",
    "mypage:change_phone_code": "/my/contracts/{contract}/phone/code/",
    "mypage:change_phone_resend": "/my/contracts/{contract}/phone/code/resend/",
    "mypage:change_phone_new": "/my/contracts/{contract}/phone/new/",
    "mypage:change_phone_new_method": "/my/contracts/{contract}/phone/new/method/",
    "mypage:change_phone_new_code": "/my/contracts/{contract}/phone/new/code/",
    "mypage:change_phone_new_resend": "/my/contracts/{contract}/phone/new/code/resend/",
    "mypage:change_phone_done": "/my/contracts/{contract}/phone/done/",
    "mypage:contract_remove": "/my/contracts/+remove/{link}/",
    "mynotices:webhook": "/my/webhooks/{webhook}/",
    "mynotices:webhook_secret": "/my/webhooks/{webhook}/secret/",
    "mynotices:webhook_act": "/my/webhooks/{webhook}/act/",
    "mynotices:webhook_delete": "/my/webhooks/{webhook}/delete/",
}
# For staff, by what their role may do. Everybody sees the page before publishing; publishers publish from it.
PUBLISH = "/console/notices/{draft}/reports/{report}/publish/"
STAFF = {
    "console:overview": "/console/",
    "console:notices": "/console/notices/",
    "console:notice": "/console/notices/{draft}/",
    "console:report_mail": "/console/notices/{draft}/reports/{report}/mail/",
    "console:report_publish": PUBLISH,
    "console:mailings": "/console/mailings/",
    "console:mailings_running": "/console/mailings/running/",
    "console:mailing": "/console/mailings/{mailing}/",
    "console:mailing_progress": "/console/mailings/{mailing}/progress/",
    "console:deliverability": "/console/deliverability/",
    "console:tariffs": "/console/tariffs/",
    "console:tariff": "/console/tariffs/{tariff}/",
    "console:tariff_csv": "/console/tariffs/{tariff}/rules.csv",
    "console:tariff_price": "/console/tariffs/price/",
    "console:tariff_compare": "/console/tariffs/compare/",
    "console:tariff_comparison": "/console/tariffs/compare/1/",
    "console:tariff_comparison_progress": "/console/tariffs/compare/1/progress/",
    "console:tariff_comparison_csv": "/console/tariffs/compare/1/contracts.csv",
    "console:tariff_dated": "/console/tariffs/dated/",
    "public:notice_preview": "/notices/preview/{report}/",
}
WRITERS = {
    "console:notice_new": "/console/notices/new/",
    "console:notice_edit": "/console/notices/{draft}/edit/",
    "console:report_new": "/console/notices/{posted}/reports/new/",
    "console:report_quick": "/console/notices/{posted}/reports/quick/",
    "console:report_edit": "/console/notices/{draft}/reports/{report}/",
    "console:report_test": "/console/notices/{draft}/reports/{report}/test/",
    "console:report_ask": "/console/notices/{draft}/reports/{report}/ask/",
    "console:report_discard": "/console/notices/{draft}/reports/{report}/discard/",
    "console:questions": "/console/faq/",
    "console:question_new": "/console/faq/new/",
    "console:question": "/console/faq/{question}/",
    "console:guides": "/console/guides/",
    "console:guide_new": "/console/guides/new/",
    "console:guide": "/console/guides/{guide}/",
    "console:services": "/console/services/",
    "console:service_new": "/console/services/new/",
    "console:service": "/console/services/{service}/",
    "console:categories": "/console/categories/",
    "console:category_new": "/console/categories/new/",
    "console:category": "/console/categories/{category}/",
    "console:templates": "/console/templates/",
    "console:template_new": "/console/templates/new/",
    "console:template": "/console/templates/{template}/",
    "console:template_remove": "/console/templates/{template}/remove/",
}
PUBLISHERS = {
    "console:mailing_act": "/console/mailings/{mailing}/cancel/",
    "console:notice_withdraw": "/console/notices/{posted}/withdraw/",
    "console:report_schedule": "/console/notices/{draft}/reports/{report}/schedule/",
    "console:report_unschedule": "/console/notices/{draft}/reports/{report}/unschedule/",
    "console:report_approve": "/console/notices/{draft}/reports/{report}/approve/",
    "console:report_return": "/console/notices/{draft}/reports/{report}/return/",
    "console:report_sign": "/console/notices/{draft}/reports/{report}/sign/",
}
ADMINISTRATORS = {
    "console:customer_calls": "/console/customers/contracts/1/calls/1/",
    "console:audit": "/console/audit/",
    "console:security": "/console/security/",
    "console:texts": "/console/texts/",
    "console:text_new": "/console/texts/new/",
    "console:sites": "/console/sites/",
    "console:site_new": "/console/sites/new/",
    "console:site": "/console/sites/aoba-mall/",
    "console:site_secret": "/console/sites/aoba-mall/secret/",
    "console:site_remove": "/console/sites/aoba-mall/remove/",
    "console:tokens": "/console/tokens/",
    "console:token_new": "/console/tokens/new/",
    "console:token": "/console/tokens/{token}/",
    "console:token_revoke": "/console/tokens/{token}/revoke/",
}
SUPPORTERS = {
    "console:budgets": "/console/budgets/",
    "console:inquiries": "/console/inquiries/",
    "console:inquiry": "/console/inquiries/{inquiry}/",
    "console:inquiry_answer": "/console/inquiries/{inquiry}/answer/",
    "console:inquiry_assign": "/console/inquiries/{inquiry}/assign/",
    "console:inquiry_note": "/console/inquiries/{inquiry}/note/",
    "console:inquiry_state": "/console/inquiries/{inquiry}/state/",
    "console:suppressions": "/console/deliverability/suppressions/",
    "console:suppression_add": "/console/deliverability/suppressions/add/",
    "console:suppression_lift": "/console/deliverability/suppressions/0/lift/",
    "console:customers": "/console/customers/",
    "console:customer": "/console/customers/{customer}/",
    "console:registration": "/console/customers/registrations/1/",
    "console:customer_act": "/console/customers/{customer}/login/",
    "console:customer_contracts": "/console/customers/contracts/1/",
    "console:customer_open_id": "/console/customers/contracts/1/ids/{customer}/",
    "console:customer_unlink": "/console/customers/contracts/1/unlink/1/",
    "console:customer_bills": "/console/customers/contracts/1/bills/1/",
    "console:id_customer": "/console/customers/{customer}/customer/1/",
}
BILLERS = {
    "console:tariff_new": "/console/tariffs/new/",
    "console:tariff_edit": "/console/tariffs/{tariff}/edit/",
    "console:tariff_remove": "/console/tariffs/{tariff}/remove/",
    "console:tariff_upload": "/console/tariffs/{tariff}/upload/",
    "console:tariff_rule_new": "/console/tariffs/{tariff}/rules/new/",
    "console:tariff_rule": "/console/tariffs/{tariff}/rules/1/",
    "console:tariff_band_new": "/console/tariffs/{tariff}/bands/new/",
    "console:tariff_band": "/console/tariffs/{tariff}/bands/0/",
    "console:tariff_release": "/console/tariffs/{tariff}/release/",
    "console:tariff_take_back": "/console/tariffs/{tariff}/take-back/",
    "console:tariff_comparison_again": "/console/tariffs/compare/1/again/",
    "console:tariff_dated_new": "/console/tariffs/dated/fee/new/",
    "console:tariff_dated_row": "/console/tariffs/dated/fee/1/",
    "console:months": "/console/months/",
    "console:month": "/console/months/2026-10/",
    "console:month_close": "/console/months/2026-10/close/",
    "console:month_call_off": "/console/months/2026-10/call-off/",
    "console:month_rerate": "/console/months/2026-10/rerate/",
    "console:month_apply": "/console/months/2026-10/rerate/1/apply/",
    "console:contracts_import": "/console/contracts/import/",
    "console:contracts_upload": "/console/contracts/import/{upload}/",
    "console:contracts_upload_progress": "/console/contracts/import/{upload}/progress/",
    "console:contracts_upload_confirm": "/console/contracts/import/{upload}/confirm/",
    "console:contracts_upload_give_up": "/console/contracts/import/{upload}/give-up/",
    "console:contracts_rejected": "/console/contracts/import/{upload}/1/rejected.csv",
    "console:payments": "/console/payments/",
    "console:payment_file": "/console/payments/1/",
    "console:payment_progress": "/console/payments/1/progress/",
    "console:payment_confirm": "/console/payments/1/confirm/",
    "console:payment_give_up": "/console/payments/1/give-up/",
    "console:payment_rejected": "/console/payments/1/rejected.csv",
    "console:imports": "/console/imports/",
    "console:import_new": "/console/imports/new/",
    "console:import": "/console/imports/{usage}/",
    "console:import_progress": "/console/imports/{usage}/progress/",
    "console:import_confirm": "/console/imports/{usage}/confirm/",
    "console:import_give_up": "/console/imports/{usage}/give-up/",
    "console:import_undo": "/console/imports/{usage}/undo/",
    "console:import_look": "/console/imports/{usage}/look/",
    "console:import_conflicts": "/console/imports/{usage}/conflicts/",
    "console:import_conflict": "/console/imports/{usage}/conflicts/1/",
    "console:import_conflicts_all": "/console/imports/{usage}/conflicts/all/kept/",
    "console:import_rejects": "/console/imports/{usage}/rejected/",
    "console:import_reasons": "/console/imports/{usage}/reasons.csv",
}
CONSOLE = {**STAFF, **WRITERS, **PUBLISHERS, **SUPPORTERS, **BILLERS, **ADMINISTRATORS}
CLAIMED = {**MACHINE, **SITES, **SYSTEMS, **PUBLIC, **SIGNED_IN, **CONTRACT, **HELD, **CONSOLE}

pytestmark = pytest.mark.django_db
# What a page may answer to somebody it lets in; some take only POST, some need what the sample has not.
LET_IN = {200, 204, 302, 303, 404, 405, 410, 413}


def names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """Every page's name, or its view's where it has none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        else:
            yield namespace + (pattern.name or pattern.callback.__name__)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The numbers of notices above have their year."""
    with time_machine.travel(NOW, tick=False):
        yield


def asked_to_log_in(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/id/login/")


def test_every_address_is_claimed_and_every_claim_has_an_address() -> None:
    found = set(names(get_resolver().url_patterns))
    assert found - set(CLAIMED) == set(), "claim these pages"
    assert set(CLAIMED) - found == set(), "these pages are gone"


def test_public_pages_are_open_to_everybody(places) -> None:
    anybody = browser()
    for name, path in (MACHINE | PUBLIC).items():
        answer = anybody.get(path.format(**places))
        assert answer.status_code in LET_IN, name
        assert name.startswith(("identity:", "business:")) or not asked_to_log_in(answer), name


def test_machine_endpoints_answer_without_a_session(places) -> None:
    anybody = browser()
    for name, path in SITES.items():
        answer = anybody.get(path)
        assert answer.status_code in {200, 303, 400, 401, 405}, name
        assert not answer.cookies, name


def test_the_operators_systems_get_in_by_a_token_alone(places) -> None:
    for client in (browser(), browser("hanako@example.jp"), browser("admin@aoba.example", second_factor=True)):
        for name, path in SYSTEMS.items():
            for method in (client.get, client.put, client.post):
                answer = method(path.format(**places), content_type="application/json")
                assert answer.status_code in {401, 405}, name
                assert "no-store" in answer["Cache-Control"], name


def test_private_pages_ask_a_stranger_to_log_in(places) -> None:
    anybody = browser()
    for name, path in (SIGNED_IN | CONTRACT | HELD | CONSOLE).items():
        for method in (anybody.get, anybody.post):
            answer = method(path.format(**places))
            assert asked_to_log_in(answer) or answer.status_code == 405, name
            assert "no-store" in answer.get("Cache-Control", "") or answer.status_code == 405, name


@pytest.mark.parametrize("person", ["hanako@example.jp", "jiro@example.jp", "saburo@example.com"])
def test_customers_see_their_own_pages_and_never_the_console(places, person: str) -> None:
    client = browser(person)
    for name, path in SIGNED_IN.items():
        answer = client.get(path.format(**places))
        assert answer.status_code in LET_IN, name
        assert not asked_to_log_in(answer), name
        assert "no-store" in answer.get("Cache-Control", "") or answer.status_code == 405, name
    for name, path in CONSOLE.items():
        for method in (client.get, client.post):
            assert method(path.format(**places)).status_code == 403, name


def test_statement_is_for_the_holder_alone_until_shared(places) -> None:
    for pattern in CONTRACT.values():
        path = pattern.format(**places)
        alice = browser("hanako@example.jp").get(path)
        assert alice.status_code == 302  # first the contact phone
        assert alice["Location"].startswith("/my/verify/")
        assert browser("jiro@example.jp").get(path).status_code == 404
        assert browser("saburo@example.com").get(path).status_code == 404


def test_what_the_holder_changes_is_there_for_nobody_else(places) -> None:
    hanako, jiro, saburo = map(browser, ("hanako@example.jp", "jiro@example.jp", "saburo@example.com"))
    for name, pattern in HELD.items():
        path = pattern.format(**places)
        assert hanako.get(path).status_code in {200, 302, 405}, name
        for stranger in (jiro, saburo):
            assert stranger.get(path).status_code in {404, 405}, name
            assert stranger.post(path).status_code in {302, 404, 405}, name
        if "{contract}" in pattern:
            assert jiro.get(pattern.format(contract=places["shared"])).status_code in {403, 405}, name
    assert account("hanako@example.jp").customer_links.exists()
    assert account("hanako@example.jp").webhooks.exists()


def test_staff_without_the_second_factor_are_asked_for_it(places) -> None:
    client = browser("admin@aoba.example", second_factor=False)
    for name, path in CONSOLE.items():
        answer = client.get(path.format(**places))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/id/prove/"), name


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", STAFF),
        ("editor", STAFF | WRITERS),
        ("publisher", STAFF | WRITERS | PUBLISHERS),
        ("support", STAFF | SUPPORTERS),
        ("billing", STAFF | BILLERS),
        ("admin", CONSOLE),
    ],
)
def test_staff_see_what_their_role_may(places, role: str, may: dict[str, str]) -> None:
    client = browser(f"{role}@aoba.example")
    for name, path in CONSOLE.items():
        answer = client.get(path.format(**places))
        if name in may:
            assert answer.status_code in LET_IN, name
        else:
            assert answer.status_code == 403, name


def test_only_publishers_publish(places) -> None:
    path = PUBLISH.format(**places)
    assert browser("editor@aoba.example").post(path).status_code == 403
    assert Notice.objects.get(pk=places["draft"]).number is None
