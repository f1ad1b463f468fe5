"""Use cases of orders, one public function each: place, prepare, hand over, end."""

from orders.services.amending import Amended, amend_order, preview_amendment
from orders.services.arriving import announce_arrival, announce_way, serves_outside
from orders.services.cart_holding import (
    forget_old_carts,
    give_cart_code,
    have_cart,
    take_up_cart,
)
from orders.services.cart_ways import choose_line_ways
from orders.services.carting import (
    add_to_cart,
    await_payment,
    change_cart,
    claim_cart,
    close_cart,
    note_left,
    open_cart,
    send_cart,
)
from orders.services.casework import (
    assign_case,
    escalate_case,
    find_owner,
    forget_taken_tasks,
    free_cases,
    move_case,
    open_case,
    relate_case,
    retry_refund,
    settle_case,
    take_case,
    take_next_case,
    take_task,
)
from orders.services.checking import Parcel, check_parcel
from orders.services.choosing import answer_choice, answer_overdue, serve_waiting
from orders.services.differing import end_pay_links
from orders.services.ending import cancel_order, expire_fulfillment
from orders.services.external import bring_order
from orders.services.forgetting import forget_resolutions, forget_words
from orders.services.gathering import brings_lacking
from orders.services.handing_over import hand_over
from orders.services.holding import extend_hold
from orders.services.keeping import (
    change_collector,
    correct_contact,
    extend_pickup,
    kept_until,
    reissue_pass,
    remind,
)
from orders.services.keeping_money import LEAD, keep_money, settle_hold
from orders.services.lateness import late_key, note_late, settle_late
from orders.services.meeting import (
    look_into,
    receive_visitor,
    record_brought,
    record_meeting,
)
from orders.services.noting import note_order
from orders.services.offline import apply_deed, question_deed, record_deed
from orders.services.opening import close_store, switch_on_store
from orders.services.ordering_carts import order_cart
from orders.services.pay_links import follow_pay_link, make_pay_link, remind_to_pay
from orders.services.paying import (
    TillTicket,
    abandon_pending,
    confirm_payment,
    find_authorised,
    take_till_payment,
    tell_ready_paid,
    withdraw_pending,
)
from orders.services.placing import (
    PlacedOrder,
    PlacedParcel,
    place_order,
    refuse_foreign_credit,
)
from orders.services.planning import quote_order
from orders.services.preparing import (
    accept,
    bin_parcel,
    mark_ready,
    pick,
    report_short_line,
    start_picking,
)
from orders.services.promoting import change_promotion, set_promotion, withdraw_promotion
from orders.services.proxies import name_proxy, withdraw_proxy
from orders.services.putting_back import ask_put_back, finish_put_back
from orders.services.reasons import set_reason
from orders.services.recording import record_against_rules
from orders.services.regarding import (
    block_card,
    give_card,
    join_company,
    leave_company,
    prefer,
    read_preference,
    tell_apart,
)
from orders.services.rejecting import reassign, reject_fulfillment
from orders.services.reservations import UNCONFIRMED, lapse_reservation
from orders.services.resolving import resolve_case
from orders.services.returning import TakenBack, take_back_goods
from orders.services.ruling import check_rules, end_rules, set_rules, try_rules
from orders.services.selling import SoldOrder, sell_at_till
from orders.services.setting_out import UNSOURCED, serve_awaiting
from orders.services.shipping import (
    confirm_delivery,
    pack,
    report_failed_delivery,
    return_to_store,
    ship,
)
from orders.services.splitting import answer_partly, consider_partly, split_fulfillment
from orders.services.substituting import (
    accept_substitute,
    decline_substitute,
    lapse_substitute,
    offer_substitute,
    withdraw_substitute,
)
from orders.services.telling import DeedAnswer
from orders.services.transferring import Fetched, fetch_from, settle_fetch
from orders.services.waving import leave_wave, report_short_in_wave, scan_in_wave, start_wave
from orders.services.ways import (
    close_delivery_method,
    remove_delivery_zone,
    set_delivery_method,
    set_delivery_zone,
)
from orders.services.wishing import end_old_wishes, end_wish, tell_back, wish_stock

__all__ = [
    "LEAD",
    "UNCONFIRMED",
    "UNSOURCED",
    "Amended",
    "DeedAnswer",
    "Fetched",
    "Parcel",
    "PlacedOrder",
    "PlacedParcel",
    "SoldOrder",
    "TakenBack",
    "TillTicket",
    "abandon_pending",
    "accept",
    "accept_substitute",
    "add_to_cart",
    "amend_order",
    "announce_arrival",
    "announce_way",
    "answer_choice",
    "answer_overdue",
    "answer_partly",
    "apply_deed",
    "ask_put_back",
    "assign_case",
    "await_payment",
    "bin_parcel",
    "block_card",
    "bring_order",
    "brings_lacking",
    "cancel_order",
    "change_cart",
    "change_collector",
    "change_promotion",
    "check_parcel",
    "check_rules",
    "choose_line_ways",
    "claim_cart",
    "close_cart",
    "close_delivery_method",
    "close_store",
    "confirm_delivery",
    "confirm_payment",
    "consider_partly",
    "correct_contact",
    "decline_substitute",
    "end_old_wishes",
    "end_pay_links",
    "end_rules",
    "end_wish",
    "escalate_case",
    "expire_fulfillment",
    "extend_hold",
    "extend_pickup",
    "fetch_from",
    "find_authorised",
    "find_owner",
    "finish_put_back",
    "follow_pay_link",
    "forget_old_carts",
    "forget_resolutions",
    "forget_taken_tasks",
    "forget_words",
    "free_cases",
    "give_card",
    "give_cart_code",
    "hand_over",
    "have_cart",
    "join_company",
    "keep_money",
    "kept_until",
    "lapse_reservation",
    "lapse_substitute",
    "late_key",
    "leave_company",
    "leave_wave",
    "look_into",
    "make_pay_link",
    "mark_ready",
    "move_case",
    "name_proxy",
    "note_late",
    "note_left",
    "note_order",
    "offer_substitute",
    "open_cart",
    "open_case",
    "order_cart",
    "pack",
    "pick",
    "place_order",
    "prefer",
    "preview_amendment",
    "question_deed",
    "quote_order",
    "read_preference",
    "reassign",
    "receive_visitor",
    "record_against_rules",
    "record_brought",
    "record_deed",
    "record_meeting",
    "refuse_foreign_credit",
    "reissue_pass",
    "reject_fulfillment",
    "relate_case",
    "remind",
    "remind_to_pay",
    "remove_delivery_zone",
    "report_failed_delivery",
    "report_short_in_wave",
    "report_short_line",
    "resolve_case",
    "retry_refund",
    "return_to_store",
    "scan_in_wave",
    "sell_at_till",
    "send_cart",
    "serve_awaiting",
    "serve_waiting",
    "serves_outside",
    "set_delivery_method",
    "set_delivery_zone",
    "set_promotion",
    "set_reason",
    "set_rules",
    "settle_case",
    "settle_fetch",
    "settle_hold",
    "settle_late",
    "ship",
    "split_fulfillment",
    "start_picking",
    "start_wave",
    "switch_on_store",
    "take_back_goods",
    "take_case",
    "take_next_case",
    "take_task",
    "take_till_payment",
    "take_up_cart",
    "tell_apart",
    "tell_back",
    "tell_ready_paid",
    "try_rules",
    "wish_stock",
    "withdraw_pending",
    "withdraw_promotion",
    "withdraw_proxy",
    "withdraw_substitute",
]
