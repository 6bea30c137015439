"""The operation that starts a handover of a customer, and those on handovers, one declaration each."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.handover.handovers import forms, policies, services, starting
from app.handover.handovers.serializers import HandoverRow, ItemRecord, handover_row, item_record
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import (
    ConfirmForm,
    Operation,
    OperationApi,
    OperationBatch,
    OperationPage,
)

START = Operation(
    name="start_handover",
    label=_("Hand over"),
    icon="fa-people-arrows",
    form=forms.StartForm,
    policy=policies.can_start,
    service=starting.start_handover,
    answer=Answer(
        _("The handover of %(name)s was started"), _("The handovers of %(num)s customers were started")
    ),
    page=OperationPage(
        hint=_(
            "A checklist is prepared and reviewed; the customer changes hands when the receiver confirms."
        ),
    ),
    api=OperationApi(answer=handover_row, returns=HandoverRow, status=201),
    batch=OperationBatch(service=starting.start_each),
)

COMPLETE = Operation(
    name="complete_preparation",
    label=_("Complete preparation"),
    icon="fa-clipboard-check",
    form=ConfirmForm,
    policy=policies.can_complete,
    service=services.complete_preparation,
    answer=Answer(_("The handover of %(name)s is prepared"), _("%(num)s handovers are prepared")),
    page=OperationPage(hint=_("Your superior reviews it next."), in_list=True, is_main=True),
    api=OperationApi(summary="Hands the prepared checklist to the superior (HAND-4)."),
    batch=OperationBatch(),
)
APPROVE = Operation(
    name="approve",
    label=_("Approve"),
    icon="fa-check",
    form=ConfirmForm,
    policy=policies.can_approve,
    service=services.approve_handover,
    answer=Answer(_("The handover of %(name)s was approved"), _("%(num)s handovers were approved")),
    page=OperationPage(hint=_("The receiver confirms it next."), in_list=True, is_main=True),
    api=OperationApi(summary="Approves a handover, so that the receiver confirms it (HAND-5)."),
    batch=OperationBatch(),
)
SEND_BACK = Operation(
    name="send_back",
    label=_("Send back"),
    icon="fa-rotate-left",
    form=forms.BackForm,
    policy=policies.can_send_back,
    service=services.send_back_handover,
    answer=Answer(_("The handover of %(name)s was sent back"), _("%(num)s handovers were sent back")),
    page=OperationPage(hint=_("It is prepared once more.")),
    api=OperationApi(summary="Sends a handover back to preparation, with a reason (HAND-5)."),
    batch=OperationBatch(),
)
CONFIRM = Operation(
    name="confirm",
    label=_("Take over"),
    icon="fa-handshake",
    form=ConfirmForm,
    policy=policies.can_confirm,
    service=services.confirm_handover,
    answer=Answer(_("%(name)s is your customer now"), _("%(num)s customers are yours now")),
    page=OperationPage(
        hint=_("You become the owner; open business, to-dos and plans come along."),
        in_list=True,
        is_main=True,
    ),
    api=OperationApi(summary="Takes over the customer, with what hangs on it (HAND-6)."),
    batch=OperationBatch(),
)
DECLINE = Operation(
    name="decline",
    label=_("Decline"),
    icon="fa-xmark",
    form=forms.BackForm,
    policy=policies.can_confirm,
    service=services.decline_handover,
    answer=Answer(_("The handover of %(name)s was declined"), _("%(num)s handovers were declined")),
    page=OperationPage(hint=_("It goes back to review.")),
    api=OperationApi(summary="Declines the customer, with a reason: back to review (HAND-6)."),
    batch=OperationBatch(),
)
CHANGE_RECEIVER = Operation(
    name="change_receiver",
    label=_("Change receiver"),
    icon="fa-user-pen",
    form=forms.ReceiverForm,
    policy=policies.can_change_receiver,
    service=services.change_receiver,
    answer=Answer(_("The receiver of %(name)s was changed"), _("The receiver of %(num)s was changed")),
    api=OperationApi(summary="Names another receiver while the handover is in review (HAND-9)."),
    batch=OperationBatch(),
)
CANCEL = Operation(
    name="cancel",
    label=_("Cancel handover"),
    icon="fa-ban",
    form=forms.BackForm,
    policy=policies.can_cancel,
    service=services.cancel_handover,
    answer=Answer(_("The handover of %(name)s was cancelled"), _("%(num)s handovers were cancelled")),
    page=OperationPage(hint=_("The customer stays with its owner."), is_danger=True),
    api=OperationApi(summary="Cancels an open handover; the customer stays with its owner (HAND-9)."),
    batch=OperationBatch(),
)
ADD_ITEM = Operation(
    name="add_item",
    label=_("Add item"),
    icon="fa-plus",
    form=forms.AddItemForm,
    policy=policies.can_prepare,
    service=services.add_item,
    answer=Answer(_("The item was added")),
    page=OperationPage(
        in_head=False,
        goes_to=lambda item: url_for("HandoverView.show", pk=item.handover_id, _anchor="checklist"),
    ),
    api=OperationApi(
        answer=item_record,
        returns=ItemRecord,
        status=201,
        path="items",
        summary="Adds something to pass on to the checklist (HAND-2).",
    ),
)
ON_HANDOVERS = (
    COMPLETE, APPROVE, CONFIRM, SEND_BACK, DECLINE, CHANGE_RECEIVER, CANCEL, ADD_ITEM,
)  # fmt: skip
