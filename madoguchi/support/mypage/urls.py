from django.urls import path

from madoguchi.support.mypage.views import add, change_phone, contracts
from madoguchi.support.mypage.views.code import code, progress, resend
from madoguchi.support.mypage.views.customer import customer
from madoguchi.support.mypage.views.home import choose_text_size, home
from madoguchi.support.mypage.views.method import method
from madoguchi.support.mypage.views.numbers import numbers
from madoguchi.support.mypage.views.verify import begin, by_factor, verify

app_name = "mypage"
urlpatterns = [
    path("", home, name="home"),
    path("text-size/", choose_text_size, name="text_size"),
    path("customer/", customer, name="customer"),
    path("verify/", verify, name="verify"),
    path("verify/begin/", begin, name="verify_begin"),
    path("verify/factor/", by_factor, name="verify_factor"),
    path("verify/method/", method, name="verify_method"),
    path("verify/code/", code, name="verify_code"),
    path("verify/code/progress/", progress, name="verify_progress"),
    path("verify/code/resend/", resend, name="verify_resend"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/+remove/<int:pk>/", contracts.remove, name="contract_remove"),
    path("contracts/add/", add.add, name="add"),
    path("contracts/add/phone/", add.phone, name="add_phone"),
    path("contracts/add/method/", add.method, name="add_method"),
    path("contracts/add/code/", add.code, name="add_code"),
    path("contracts/add/code/resend/", add.resend, name="add_resend"),
    path("contracts/add/done/", add.done, name="add_done"),
    path("contracts/<str:contract>/numbers/", numbers, name="numbers"),
    path("contracts/<str:contract>/phone/", change_phone.change_phone, name="change_phone"),
    path("contracts/<str:contract>/phone/code/", change_phone.old_code, name="change_phone_code"),
    path("contracts/<str:contract>/phone/code/resend/", change_phone.old_resend, name="change_phone_resend"),
    path("contracts/<str:contract>/phone/new/", change_phone.new, name="change_phone_new"),
    path("contracts/<str:contract>/phone/new/method/", change_phone.new_method, name="change_phone_new_method"),
    path("contracts/<str:contract>/phone/new/code/", change_phone.new_code, name="change_phone_new_code"),
    path("contracts/<str:contract>/phone/new/code/resend/", change_phone.new_resend, name="change_phone_new_resend"),
    path("contracts/<str:contract>/phone/done/", change_phone.done, name="change_phone_done"),
]
