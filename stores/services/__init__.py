"""Use cases of stores: brands, locations, people, tablets, keys."""

from stores.services.booking import (
    Booked,
    book_capacity,
    lock_capacity,
    lock_slots,
    next_slots,
    release_booking,
)
from stores.services.grouping import (
    assign_group,
    create_group,
    rename_group,
)
from stores.services.hours import (
    except_days,
    set_hours,
    withdraw_exception,
)
from stores.services.keys import KEY_PREFIX, issue_key, key_hash, revoke_key, trust_key
from stores.services.locations import open_brand, open_location, pause_store, resume_store
from stores.services.methods import (
    pause_method,
    resume_method,
    set_method,
)
from stores.services.opening import (
    close_location,
    start_opening,
    switch_on,
)
from stores.services.settings import (
    end_setting,
    resolve,
    select_scope,
    set_setting,
)
from stores.services.sharing import limit_staff, share_location
from stores.services.signing_in import (
    EnrolledTablet,
    enrol_tablet,
    keep_awake,
    offer_enrolment,
    revoke_tablet,
    sign_in_with_password,
    sign_in_with_pin,
    sign_out,
    token_hash,
)
from stores.services.slotting import (
    add_pattern,
    end_pattern,
    list_slotted,
    make_slots,
)
from stores.services.staffing import (
    disable_staff,
    hire_staff,
    move_staff,
    set_password,
    set_pin,
)
from stores.services.terminals import (
    OVERLAP_H,
    enrol_terminal,
    note_terminal_seen,
    renew_terminal_key,
    revoke_terminal,
    show_terminal_key,
    terminal_key,
)

__all__ = [
    "KEY_PREFIX",
    "OVERLAP_H",
    "Booked",
    "EnrolledTablet",
    "add_pattern",
    "assign_group",
    "book_capacity",
    "close_location",
    "create_group",
    "disable_staff",
    "end_pattern",
    "end_setting",
    "enrol_tablet",
    "enrol_terminal",
    "except_days",
    "hire_staff",
    "issue_key",
    "keep_awake",
    "key_hash",
    "limit_staff",
    "list_slotted",
    "lock_capacity",
    "lock_slots",
    "make_slots",
    "move_staff",
    "next_slots",
    "note_terminal_seen",
    "offer_enrolment",
    "open_brand",
    "open_location",
    "pause_method",
    "pause_store",
    "release_booking",
    "rename_group",
    "renew_terminal_key",
    "resolve",
    "resume_method",
    "resume_store",
    "revoke_key",
    "revoke_tablet",
    "revoke_terminal",
    "select_scope",
    "set_hours",
    "set_method",
    "set_password",
    "set_pin",
    "set_setting",
    "share_location",
    "show_terminal_key",
    "sign_in_with_password",
    "sign_in_with_pin",
    "sign_out",
    "start_opening",
    "switch_on",
    "terminal_key",
    "token_hash",
    "trust_key",
    "withdraw_exception",
]
