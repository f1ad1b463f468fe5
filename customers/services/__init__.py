"""Use cases of customers."""

from customers.services.accounts import (
    Entered,
    check_password,
    close_account,
    enter_by_code,
    enter_by_password,
    name_account,
    set_password,
)
from customers.services.addresses import (
    change_address,
    close_address,
    give_address,
    save_address,
)
from customers.services.challenging import answer_code, ask_code, count_try
from customers.services.consenting import know_as, record_consent
from customers.services.giving import give_contact, normal_email, normal_phone, rename_contact
from customers.services.merging import merge_customers, undo_merge
from customers.services.points import forget_point, prove_point, sign_in_under
from customers.services.sessions import begin_session, leave, leave_everywhere, look_from

__all__ = [
    "Entered",
    "answer_code",
    "ask_code",
    "begin_session",
    "change_address",
    "check_password",
    "close_account",
    "close_address",
    "count_try",
    "enter_by_code",
    "enter_by_password",
    "forget_point",
    "give_address",
    "give_contact",
    "know_as",
    "leave",
    "leave_everywhere",
    "look_from",
    "merge_customers",
    "name_account",
    "normal_email",
    "normal_phone",
    "prove_point",
    "record_consent",
    "rename_contact",
    "save_address",
    "set_password",
    "sign_in_under",
    "undo_merge",
]
