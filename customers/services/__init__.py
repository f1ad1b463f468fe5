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
from customers.services.braking import KEY, limit_answers, limit_codes, limit_passwords
from customers.services.bringing import BroughtCustomer, bring_customer
from customers.services.cards import block_card, give_card
from customers.services.challenging import answer_code, ask_code, count_try
from customers.services.companies import (
    join_company,
    leave_company,
    normal_company,
    read_company,
)
from customers.services.consenting import choose, know_as, record_answer, record_consent
from customers.services.doubting import suspect, tell_apart
from customers.services.erasing import (
    ask_erasure,
    erase_person,
    hold_person,
    note_export,
    withdraw_erasure,
)
from customers.services.giving import (
    give_contact,
    hold_customers,
    normal_email,
    normal_phone,
    plain_line,
    rename_contact,
    say_comes_instead,
)
from customers.services.identifying import find_exactly, identify
from customers.services.merging import merge_customers, undo_merge
from customers.services.points import forget_point, prove_point, sign_in_under
from customers.services.preferring import prefer
from customers.services.recounting import record_interaction, record_look
from customers.services.sessions import (
    SESSION_PREFIX,
    begin_session,
    leave,
    leave_everywhere,
    look_from,
)

__all__ = [
    "KEY",
    "SESSION_PREFIX",
    "BroughtCustomer",
    "Entered",
    "answer_code",
    "ask_code",
    "ask_erasure",
    "begin_session",
    "block_card",
    "bring_customer",
    "change_address",
    "check_password",
    "choose",
    "close_account",
    "close_address",
    "count_try",
    "enter_by_code",
    "enter_by_password",
    "erase_person",
    "find_exactly",
    "forget_point",
    "give_address",
    "give_card",
    "give_contact",
    "hold_customers",
    "hold_person",
    "identify",
    "join_company",
    "know_as",
    "leave",
    "leave_company",
    "leave_everywhere",
    "limit_answers",
    "limit_codes",
    "limit_passwords",
    "look_from",
    "merge_customers",
    "name_account",
    "normal_company",
    "normal_email",
    "normal_phone",
    "note_export",
    "plain_line",
    "prefer",
    "prove_point",
    "read_company",
    "record_answer",
    "record_consent",
    "record_interaction",
    "record_look",
    "rename_contact",
    "save_address",
    "say_comes_instead",
    "set_password",
    "sign_in_under",
    "suspect",
    "tell_apart",
    "undo_merge",
    "withdraw_erasure",
]
