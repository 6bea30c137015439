"""Deliberate faults in policies, notices, locks and audit rows, each with the tests that must notice it.

``within`` is the function or class (``Class.method``) that holds the text; the file is found by searching ``app``.
``tests`` are parts of names of test functions.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """One fault: ``old`` is replaced by ``new`` in the code of ``within``."""

    name: str
    within: str
    old: str
    new: str
    tests: tuple[str, ...]


POLICIES = [
    Mutation("private-unshelved-by-anyone-in-scope", "_answers_for",
             "return actor.has_scope_over(customer.private_holder)", "return acts_on(actor, customer, facts)",
             ("pool_7_unshelve",)),
    Mutation("unshelved-by-latest-follow-up-out-of-scope", "_answers_for",
             "facts.followed_lately and acts_on(actor, customer, facts)", "facts.followed_lately",
             ("pool_7_unshelve",)),
    Mutation("open-shelving-setting-ignored", "_may_shelve", "anybody = facts.open_shelving and (", "anybody = (",
             ("pool_9_and_10_shelve", "pool_9_by_the_owner")),
    Mutation("private-customer-privatized-again", "can_privatize", "if customer.private_holder is not None:", "if False:",
             ("pool_12_privatize", "pool_12_only_platform")),
    Mutation("ceiling-exceeded-by-one", "below_ceiling", "facts.held < facts.ceiling", "facts.held <= facts.ceiling",
             ("pool_12_the_ceiling_counts", "pool_12_privatize")),
    Mutation("private-released-by-anyone", "can_publicize", "if over or actor.has_scope_over(customer.private_holder):",
             "if True:",
             ("pool_13_publicize", "pool_13_by_nobody_else")),
    Mutation("handler-assigned-in-any-state", "can_assign", 'if customer.follow_status != "pending":', "if False:",
             ("pool_14_assign", "pool_14_only_pending")),
    Mutation("off-shelf-customer-pushed", "can_push", 'customer.follow_status == "off_shelf"', "False",
             ("pool_16_push", "pool_16_platform_by_its_state")),
    Mutation("push-answered-by-others", "can_answer_push", "push.receiver_id != actor.id",
             "push.sender_id == actor.id", ("pool_17_answers_are_the_receivers", "pool_17_only_the_receiver")),
    Mutation("push-withdrawn-by-others", "can_withdraw_push", "push.sender_id != actor.id",
             "push.receiver_id == actor.id", ("pool_17_answers_are_the_receivers", "pool_17_only_the_receiver")),
    Mutation("history-before-accepting", "can_see_history", 'replace(facts, push="")', "facts",
             ("pool_17_until_accepted", "pool_17_the_past_is_shown")),
    Mutation("read-members-edit", "can_edit_all", 'facts.member == "write"', "facts.member",
             ("cust_21_everything_else", "cust_21_basics_of_enterprises")),
    Mutation("private-followed-up-by-anyone", "can_follow_up",
             "if verdict and customer.is_private and not _shares_private(actor, customer, facts):",
             "if False:", ("pool_18_can_follow_up", "pool_18_a_private_customer")),
    Mutation("pending-number-revealed-by-district", "_can_reveal_platform", 'if customer.follow_status == "pending":',
             "if False:", ("pool_4_reveal_phone", "pool_4_platform")),
    Mutation("private-follow-ups-hidden-from-auditors", "sees_private_follow_ups", "or actor.reads_all ", "",
             ("pool_18_who_sees",)),
    Mutation("created-for-any-owner", "can_create_for_owner", "actor.id == owner_id or has_scope", "True",
             ("pool_1_not_for_a_colleague",)),
    Mutation("unapproved-brokers-work", "can_work", 'broker.review_state == "approved"',
             'broker.review_state != "rejected"', ("ch_3_until_approved", "ch_3_ch_9_ch_11")),
    Mutation("reported-by-any-broker", "can_report",
             "actor.id not in {referral.broker_id, referral.entered_by_id}", "False",
             ("ch_11_only_whose_it_is", "ch_3_ch_9_ch_11")),
    Mutation("another-brokers-binding-is-a-revisit", "judge_scan", "if set(holders) - {referral.broker_id}:",
             "if len(set(holders)) > 1:", ("ch_13_ch_14_what_a_scan",)),
    Mutation("rebinders-pay-fees", "can_pay_fee",
             "verdict and (actor.may(ReferralPermission.REBIND) or actor.may(ReferralPermission.CLOSE))", "False",
             ("back_offices_rules", "ch_25_only_the_secretary_pays")),
    Mutation("fee-voided-twice", "can_void_fee", "verdict and fee.is_void", "False",
             ("ch_19_ch_25", "ch_25_a_wrong_fee")),
    Mutation("reviewed-twice", "can_review", 'broker.review_state != "pending"', "False",
             ("ch_4_the_director_reviews",)),
    Mutation("colleague-of-another-company", "colleague_for",
             " or found.company_id != customer.company_id", "", ("only_active_colleagues_of_the_customers_company", "acc_15_the_administrator_acts_in_the_second")),
    Mutation("visible-duplicate-not-preferred", "duplicates_of", "case((mine, 0), else_=1)",
             "case((mine, 1), else_=0)", ("duplicate", "of_several", "pool_1a", "pool_1d", "cust_8")),
    Mutation("duplicate-out-of-scope-named", "_refusal", "sorted((order[pk], pk) for pk in by_rule if pk in order)",
             "sorted((order.get(pk, 2), pk) for pk in by_rule)", ("cust_8",)),
]  # fmt: skip

NOTICES = [
    Mutation("withdrawal-notifies-the-sender", "withdraw_push", "_notify(push, push.receiver_id", "_notify(push, push.sender_id",
             ("withdraw",)),
    Mutation("acceptance-notifies-the-receiver", "accept_push", "_notify(push, push.sender_id", "_notify(push, push.receiver_id",
             ("pool_17_accepting", "pool_17_both")),
    Mutation("rejection-notifies-no-one", "reject_push",
             '_notify(push, push.sender_id, N_("%(who)s rejected your push of %(name)s"), actor)', "pass",
             ("pool_17_rejecting",)),
    Mutation("holder-not-notified-of-release", "publicize_customer", "holder_id != actor.id", "holder_id == actor.id",
             ("pool_13_released",)),
    Mutation("former-handler-not-notified", "_notify_handler", "if former_id is not None:", "if False:",
             ("pool_14_both_are_told",)),
    Mutation("responsible-not-notified-of-unshelving", "_unshelve", "responsible.id != actor.id",
             "responsible.id == actor.id", ("pool_8_who_was_responsible",)),
    Mutation("former-owner-not-notified", "_notify", "        notices.notify(\n            former.id,",
             "        notices.notify(\n            receiver.id,", ("cust_21_both_are_told",)),
    Mutation("frequent-reveals-notify-the-actor", "report_frequent_reveals", "            superior_id,\n", "            actor.id,\n",
             ("acc_10_the_manager_is_told",)),
    Mutation("rebinding-not-notified-to-former-broker", "_note", "notify_person(former.broker_id,", "notify_person(target.broker_id,",
             ("ch_23_the_binding_moves",)),
    Mutation("decision-notifies-one-broker", "_notify_sides", "(collision.bound_referral, collision.referral)",
             "(collision.referral,)", ("ch_19_a_collision_is_handled_once",)),
    Mutation("viewing-without-a-to-do", "notify_handler", "if viewing_at is not None:", "if viewing_at is None:",
             ("pool_2_a_booked_viewing",)),
]  # fmt: skip

RECORDS = [
    Mutation("holders-department-is-the-customers", "Customer.privatize", "holder.department_id, moment",
             "self.department_id, moment", ("pool_12_holder", "private_holders_department")),
    Mutation("receivers-department-is-the-senders", "push_customer",
             "receiver_department_id=receiver.department_id", "receiver_department_id=actor.department_id",
             ("pool_17_both_ends",)),
    Mutation("fee-of-the-referrals-company", "_new_fee", "referral.broker.broker_company_id",
             "referral.broker_company_id", ("ch_5_a_fee_",)),
]  # fmt: skip

LOCKS = [
    Mutation("private-count-not-locked", "lock_private_count", 'lock(f"holding:{staff_id}")', "pass",
             ("pool_12_the_ceiling_is_not_passed",)),
    Mutation("reveals-not-locked", "record_reveal", 'lock(f"reveal:{actor.id}")', "pass",
             ("acc_10_the_quota_is_not_passed",)),
    Mutation("last-administrator-not-counted", "disable_account", "if not active_administrators():", "if False:",
             ("acc_13_one_administrator_stays",)),
    Mutation("numbers-not-locked", "check_number", 'lock(f"phone:{index}", share=DEDUPE_MODE.name)', "pass",
             ("pool_2_personal_and_platform_at_once",)),
    Mutation("customers-not-locked", "get_customer", "_select_locked(actor) if lock else", "_select_visible(actor) if lock else",
             ("pool_12_of_twelve", "cust_20_of_simultaneous")),
    Mutation("tree-not-locked", "move_department", "lock(TREE_LOCK)", "pass", ("acc_1_of_two_moves",)),
    Mutation("codes-not-locked", "send_sms_code", 'lock("sms", f"sms:{index}", f"sms:{address}")', "pass",
             ("ch_3_of_many_requests_at_once",)),
]  # fmt: skip

AUDIT = [
    Mutation("reveal-logged-as-update", "reveal_phone", '"customer.reveal_phone"', '"customer.update"',
             ("acc_10_a_look_is_recorded", "acc_10_the_file_lists")),
    Mutation("number-in-the-log", "_replace_number", 'number.masked or ""', "number.reveal()",
             ("pool_6_the_number_changes_and_both",)),
    Mutation("push-changes-backwards", "_decide", "(before, state)", "(state, before)", ("pool_17_",)),
    Mutation("fee-not-in-the-referrals-log", "_note",
             'audit.record(actor, "referral.fee", referral, message, amount=amount, broker=broker)', "pass",
             ("ch_25_the_secretary_pays_once",)),
    Mutation("roles-without-a-log", "_give_roles",
             'audit.record(actor, "staff.roles", staff, N_("Roles changed"), changed)', "pass",
             ("acc_2_organising_changes",)),
    Mutation("to-do-without-a-log", "complete_todo", 'audit.record(actor, "todo.complete", todo, N_("To-do completed"))',
             "pass", ("plat_3_ticking_off",)),
    Mutation("settling-without-a-log", "_note",
             'audit.record(actor, "collision.settle", collision, N_("Settled by rebinding"))', "pass",
             ("ch_23_open_collisions",)),
    Mutation("rows-numbered-with-gaps", "next_row", "number=head.number + 1", "number=head.number + 2",
             ("plat_1_an_untouched",)),
]  # fmt: skip

MUTATIONS = [*POLICIES, *NOTICES, *RECORDS, *LOCKS, *AUDIT]
