"""Refusals of stores."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownLocation(NotFound):
    """There is no such store or warehouse, or it is not yours to see."""

    code = "unknown-location"
    title = "No such store"
    way_out = "List the stores: `GET /api/v1/stores`."


class UnknownStores(Invalid):
    """There are no such stores among those asked about: `stores`."""

    code = "unknown-stores"
    title = "No such stores"
    way_out = "Take the codes from the list of stores: `GET /api/v1/stores`."


class UnknownKey(NotFound):
    """There is no such key, or it opens nothing any more."""

    code = "unknown-key"
    title = "No such key"
    way_out = "Take the id that was shown when the key was issued, or issue another one."


class UntrustedKey(Forbidden):
    """The key is not one of a shop: nobody said whose orders and customers it brings."""

    code = "untrusted-key"
    title = "This key brings nobody's orders"
    way_out = "Have it trusted with the name of your shop: `comptoir key trust`."


class UnknownBrand(NotFound):
    """There is no brand with this code."""

    code = "unknown-brand"
    title = "No such brand"
    way_out = "Use the code of a brand of this installation."


class StorePaused(Conflict):
    """The store takes no pickup orders for now; `until` and `reason` say how long and why."""

    code = "store-paused"
    title = "This store takes no orders at the moment"
    way_out = "Choose another store, or order again after `until`."


class PickupNotOffered(Conflict):
    """This location does not hand over orders to customers, or its opening hours are not known."""

    code = "pickup-not-offered"
    title = "No collection at this location"
    way_out = "Choose a store that offers collection."


class UnreadableHours(Invalid):
    """The opening hours are not written as they should be, so no time can be promised.

    `detail` says where; usual hours are in the OpenStreetMap syntax, exceptional ones times only.
    """

    code = "unreadable-hours"
    title = "Opening hours cannot be read"
    way_out = "Write them like `Mo-Sa 09:30-19:00; Su,PH off`, exceptional ones like `10:00-17:00`."


class SignInRefused(Forbidden):
    """Name and secret do not belong together; which of the two is wrong is not told."""

    code = "sign-in-refused"
    title = "This does not open the door"
    way_out = "Try again slowly, or ask a manager for a new PIN or password."


class EnrolmentRefused(Forbidden):
    """The enrolment code is unknown, was used, or is older than ten minutes."""

    code = "enrolment-refused"
    title = "This device cannot be enrolled with that code"
    way_out = "Ask a manager for a new enrolment code and use it within ten minutes."


class WeakSecret(Invalid):
    """The PIN or password is too short to protect anything."""

    code = "weak-secret"
    title = "Too easy to guess"
    way_out = "Use a PIN of 4 to 8 digits, and a password of at least 12 signs."


class UnknownStaff(NotFound):
    """There is nobody with this id on the staff."""

    code = "unknown-staff"
    title = "Nobody of the staff"
    way_out = "Pick the person from the list of the staff."


class UnknownTablet(NotFound):
    """There is no such tablet in use, or it is of a store that is not yours."""

    code = "unknown-tablet"
    title = "No such tablet"
    way_out = "Sign in on an enrolled tablet; with a key, name one of your store in `tablet_id`."


class UnknownPlace(Invalid):
    """No French postcode or town is known that means what was typed; `place` is that."""

    code = "unknown-place"
    title = "No such place"
    way_out = "Give a French postcode, the name of a town, or a position in degrees."


class UnknownSetting(Invalid):
    """There is no setting of the trade with this key; `known` lists those there are."""

    code = "unknown-setting"
    title = "No such setting"
    way_out = "Use one of the keys in `known`."


class UnreadableSetting(Invalid):
    """The value is not one this setting can have; `detail` says its unit and bounds."""

    code = "unreadable-setting"
    title = "Not a value of this setting"
    way_out = "Send a value within the bounds that `detail` names."


class UnknownScope(NotFound):
    """There is no brand, group or store with this code, or it is not yours to set rules for."""

    code = "unknown-scope"
    title = "Nobody to set a rule for"
    way_out = "Give `scope` global, brand, group or store, and the `code` of one of yours."


class MethodNotOffered(Conflict):
    """This location does not serve orders in the way that was asked for."""

    code = "method-not-offered"
    title = "Not offered at this location"
    way_out = "Choose another way to get the order, or another store."


class UnknownRule(NotFound):
    """There is no setting with this id, or it is not yours to end."""

    code = "unknown-rule"
    title = "No such setting"
    way_out = "List the settings: `GET /api/v1/settings`."


class SlotUnavailable(Conflict):
    """The slot is full, over, withdrawn or too soon; `next` names the next free ones, if any."""

    code = "slot-unavailable"
    title = "This slot cannot be had"
    way_out = "Choose one of the slots in `next`, or list them: `GET /api/v1/stores/{code}/slots`."


class SlotRequired(Conflict):
    """This way to get an order has slots here, so one must be chosen; `next` names free ones."""

    code = "slot-required"
    title = "Choose a slot"
    way_out = "Send `slot_id` of one of the slots in `next`."


class DayFull(Conflict):
    """The store has promised as many orders for this day as it takes; `day` says which."""

    code = "day-full"
    title = "This day is full"
    way_out = "Order again for the next free day, choose a slot of another day, or another store."


class UnknownPattern(NotFound):
    """This location has no such slots."""

    code = "unknown-pattern"
    title = "No such slots"
    way_out = "List the slots of each week: `GET /api/v1/stores/{code}/slot-patterns`."


class UnreadablePattern(Invalid):
    """No slot fits: the times end before they begin or are shorter than one slot."""

    code = "unreadable-pattern"
    title = "No slot fits between these times"
    way_out = "Let `until` be at least one slot after `from`."


class UnknownExceptionalDays(NotFound):
    """This location has no such exceptional days, or they were withdrawn."""

    code = "unknown-exceptional-days"
    title = "No such exceptional days"
    way_out = "List them: `GET /api/v1/stores/{code}/exceptional-days`."


class CodeTaken(Conflict):
    """There is a store or group with this code already."""

    code = "code-taken"
    title = "This code is taken"
    way_out = "Choose another code."


class NotReadyToOpen(Conflict):
    """Something is missing before the store can be switched on; `missing` lists what."""

    code = "not-ready-to-open"
    title = "The store is not ready to open"
    way_out = "Do what `missing` names, then switch it on again."


class StoreBusy(Conflict):
    """The store still has parcels that nobody has collected or given up; `open` counts them."""

    code = "store-busy"
    title = "The store still has open orders"
    way_out = "Pause the store, bring its orders to an end, then close it."


class EmailTaken(Conflict):
    """Somebody of the staff signs in with this address already."""

    code = "email-taken"
    title = "This address is taken"
    way_out = "Use another address, or leave it out: a PIN needs none."


class UnknownGroup(NotFound):
    """There is no group of stores with this code."""

    code = "unknown-group"
    title = "No such group of stores"
    way_out = "List the groups: `GET /api/v1/store-groups`."


class UnknownTerminal(NotFound):
    """There is no till with this id in use, or it is not yours to see."""

    code = "unknown-terminal"
    title = "No such till"
    way_out = "List the tills of your store: `GET /api/v1/stores/{code}/terminals`."
