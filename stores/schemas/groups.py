"""Groups of stores in JSON."""

from marshmallow import Schema, fields

from kernel.fields import SafeText, StrictSchema

CODE_MAX = 64


class CreateGroupSchema(StrictSchema):
    """A group of stores of a brand."""

    brand = SafeText(required=True, max_length=CODE_MAX)
    code = SafeText(required=True, max_length=CODE_MAX)
    name = SafeText(required=True)


class RenameGroupSchema(StrictSchema):
    """What a group is called from now on."""

    name = SafeText(required=True)


class AssignGroupSchema(StrictSchema):
    """Which group a store belongs to; null: none."""

    group = SafeText(required=True, allow_none=True, max_length=CODE_MAX)


class GroupIdSchema(Schema):
    """The group that was made or changed."""

    id = fields.UUID(required=True)


class GroupSchema(GroupIdSchema):
    """A group of stores and the codes of those in it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    brand = fields.String(attribute="brand_code", required=True)
    stores = fields.List(fields.String(), required=True)


class GroupPageSchema(Schema):
    """A page of groups; `next` is null on the last one."""

    groups = fields.List(fields.Nested(GroupSchema), required=True)
    next = fields.String(required=True, allow_none=True)
