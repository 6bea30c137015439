"""Permissions on customers and what belongs to them (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CustomerPermission(Permission, resource="Customer"):
    """Functions on customers."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    FOLLOW_UP = "follow_up"
    REVEAL_PHONE = "reveal_phone"
    CHANGE_PHONE = "change_phone"
    ADD_FILES = "add_files"
    REMOVE_FILE = "remove_file"
    ADD_MEMBER = "add_member"
    REMOVE_MEMBER = "remove_member"
    JOIN_GROUP = "join_group"
    LEAVE_GROUP = "leave_group"
    TRANSFER = "transfer"
    ADD_CONTACT = "add_contact"
    ADD_BANK_ACCOUNT = "add_bank_account"
    ADD_COMPANY_PATH = "add_company_path"
    ADD_SHIPPING_MARK = "add_shipping_mark"


class FollowUpPermission(Permission, resource="FollowUp"):
    """Functions on follow ups."""

    READ = "read"


class ContactPermission(Permission, resource="Contact"):
    """Functions on contacts (CUST-11)."""

    READ = "read"
    EXPORT = "export"
    UPDATE = "update"
    DELETE = "delete"
    MAKE_PRIMARY = "make_primary"
    REVEAL_NUMBER = "reveal_number"


class BankAccountPermission(Permission, resource="BankAccount"):
    """Functions on customers' bank accounts (CUST-12); ``OPEN`` is Finance's, whoever owns the customer."""

    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    MAKE_DEFAULT = "make_default"
    REVEAL_NUMBER = "reveal_number"
    OPEN = "open"


class CompanyPathPermission(Permission, resource="CompanyPath"):
    """Functions on customers' company paths (CUST-12)."""

    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    MAKE_DEFAULT = "make_default"


class ShippingMarkPermission(Permission, resource="ShippingMark"):
    """Functions on customers' shipping marks (CUST-12)."""

    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
