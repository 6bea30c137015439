"""Writing the steps of channel sales fast: the rows are those that the services write, without their checks.
A test compares the two ways.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.channel.fees.models import ViewingFee
from app.channel.fees.services import submission_key
from app.channel.referrals.models import Binding, BindingKey, Referral, ReferralReport
from app.channel.scans import policies
from app.channel.shared.codes import new_token
from app.channel.shared.identity import name_key
from app.channel.shared.notifications import notify_person
from app.channel.tours.models import Tour, TourFollowUp
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.files.attachments import stored
from app.kernel.translation import N_
from app.notices import services as notices
from app.operate.demo_channel_disputes import Disputes
from app.operate.demo_channel_plans import AMOUNTS, PROTECTION, WARNED
from app.operate.demo_pictures import receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload
    from app.operate.demo_channel_people import Ground
    from app.operate.demo_channel_plans import Step


class ChannelWriter(Disputes):
    """Carries out steps in the order of time, in the caller's transaction."""

    def __init__(self, ground: Ground, actors: Mapping[str, Actor], brokers: Mapping[str, Broker]) -> None:
        super().__init__(ground, actors, brokers)
        self._tours: dict[int, Tour] = {}
        self._fees: dict[int, ViewingFee] = {}
        self._receipts = {amount: receipt(amount) for amount in AMOUNTS}
        self._thumbnails: dict[Decimal, str | None] = {}

    def write(self, steps: Iterable[Step]) -> int:
        """Write all steps.  Answers how many referrals there are."""
        self.rows.know(self.ground.visitors)
        with db.session.no_autoflush:
            for step in steps:
                with clock.frozen(step.moment):
                    getattr(self, step.verb)(step)
            for (key, fragment), binding in self.held.items():
                self.rows.add(
                    BindingKey(
                        project_id=self.project.id,
                        name_key=key,
                        fragment=fragment,
                        company_id=self.project.company_id,
                        binding_id=binding.id,
                    )
                )
        self.rows.insert()
        return len(self.by_id)

    # -- the broker

    def enter(self, step: Step) -> None:
        """As ``enter_referral``."""
        values = dict(step.values)
        broker, actor = self.brokers[values.pop("broker")], self.actors[step.who]
        report, wished = values.pop("report"), values.pop("consultant", None)
        phones = values.pop("phones")
        columns: dict[str, Any] = {"phone2_prefix": None, "phone2_tail": None}
        for place, (prefix, tail) in enumerate(phones, start=1):
            columns |= {f"phone{place}_prefix": prefix, f"phone{place}_tail": tail}
        name = values["family_name"] + values["given_name"]
        values["needs"] = values.get("needs") or None
        referral = self.new_referral(
            broker,
            actor.id,
            name=name,
            name_key=name_key(name),
            consultant_id=self.actors[wished].id if wished else None,
            **columns,
            **values,
        )
        self.referrals[step.key] = referral
        message = N_("Customer %(code)s entered for %(broker)s")
        self.rows.log(actor, "referral.enter", referral, message, code=referral.code, broker=broker.name)
        names = {"who": actor.name, "name": referral.name, "code": referral.code}
        message = N_("%(who)s entered %(name)s (%(code)s) for you")
        notify_person(broker.id, message, actor, about=referral, **names)
        if report:
            self._press(referral, actor)
        self._collide(referral, "report" if report else "enter", actor)

    def report(self, step: Step) -> None:
        """As ``report_referral``."""
        referral, actor = self.referrals[step.key], self.actors[step.who]
        self.end_own_if_due(referral)
        self._press(referral, actor)
        self._collide(referral, "report", actor)

    def _press(self, referral: Referral, actor: Actor) -> None:
        before, moment = referral.state, clock.now()
        referral.report(new_token(), moment)
        self.rows.add(
            ReferralReport(
                company_id=referral.company_id,
                referral_id=referral.id,
                by_id=actor.id,
                by_name=actor.name,
                state_before=before,
                state_after=referral.state,
                created_at=moment,
            )
        )
        changed = {"state": (before, referral.state)} if before != referral.state else None
        self.rows.log(actor, "referral.report", referral, N_("Reported"), changed)

    def _collide(self, referral: Referral, occasion: str, actor: Actor) -> None:
        others = [one for one in self.live(referral) if one.broker_id != referral.broker_id]
        self.collide(others, occasion, actor, referral=referral)

    # -- on site

    def scan(self, step: Step) -> None:
        """As ``scan`` of a referral."""
        referral, actor = self.referrals[step.key], self.actors[step.who]
        consultant = self.actors[step.values["consultant"]].id
        self.end_own_if_due(referral)
        bindings = self.live(referral)
        result = policies.judge_scan(referral, [one.broker_id for one in bindings])
        if result == "bound":
            bindings = [self._bind(referral)]
        others = [one for one in bindings if one.broker_id != referral.broker_id]
        own = next((one for one in bindings if one.broker_id == referral.broker_id), None)
        collided = result == "collision"
        if not collided:
            referral.assigned_consultant_id = consultant
        self.new_scan(
            str(result),
            actor,
            consultant,
            **self.subject_of(referral),
            binding_id=own.id if own and not collided else None,
            bound_broker_id=others[0].broker_id if collided else None,
        )
        if collided:
            self.collide(others, "scan", actor, referral=referral)
        self._log_scan(referral, str(result), consultant, actor)

    def _bind(self, referral: Referral) -> Binding:
        moment = clock.now()
        binding = self.new_binding(referral, "live", moment, moment + PROTECTION)
        referral.bind(binding)
        return binding

    def _log_scan(self, referral: Referral, result: str, consultant: int, actor: Actor) -> None:
        messages = {
            "bound": N_("Scanned on site: bound"),
            "revisit": N_("Scanned on site: revisit"),
            "collision": N_("Scanned on site: protected by another broker"),
        }
        changed = {"state": ("reported", "bound")} if result == "bound" else None
        self.rows.log(actor, f"referral.{result}", referral, messages[result], changed)
        names = {"name": referral.name, "code": referral.code}
        if result == "bound":
            message = N_("%(name)s (%(code)s) is bound to you now")
            notify_person(referral.broker_id, message, actor, about=referral, **names)
        if result != "collision":
            self.tell_consultant(consultant, referral, referral, actor)

    def tour(self, step: Step) -> None:
        """As ``record_tour`` of a referral's customer."""
        referral = self.referrals[step.key]
        binding = next((one for one in self.live(referral) if one.referral_id == referral.id), None)
        values = {**self.subject_of(referral), "binding_id": binding.id if binding else None}
        self._new_tour(step, referral, values)

    def visitor_tour(self, step: Step) -> None:
        """As ``record_tour`` of a visitor."""
        visitor = self.ground.visitors[step.key]
        self._new_tour(step, visitor, self.subject_of(visitor))

    def _new_tour(self, step: Step, subject: Any, values: dict[str, Any]) -> None:
        actor, grade = self.actors[step.who], step.values["intention"]
        tour = Tour(**values, consultant_id=actor.id, intention=grade, created_at=clock.now())
        self._tours[step.values["tour"]] = self.rows.add(tour)
        for operation, record in (("tour.record", tour), (f"{subject.__audit__}.tour", subject)):
            message = N_("Toured, intention %(intention)s")
            self.rows.log(actor, operation, record, message, intention=grade)
        message = N_("%(name)s (%(code)s) has been shown around")
        notify_person(tour.broker_id, message, actor, about=subject, name=tour.name, code=tour.code)

    def follow(self, step: Step) -> None:
        """As ``follow_tour``."""
        tour, actor = self._tours[step.key], self.actors[step.who]
        self.rows.add(
            TourFollowUp(
                company_id=tour.company_id,
                tour_id=tour.id,
                author_id=actor.id,
                content=step.values["content"],
                created_at=clock.now(),
            )
        )
        self.rows.log(actor, "tour.follow_up", tour, N_("Followed up"))

    # -- the office

    def fee(self, step: Step) -> None:
        """As ``create_fee``; the pictures are few, each fee has its own file."""
        referral, actor = self.referrals[step.key], self.actors[step.who]
        amount, broker = step.values["amount"], self.broker_of(referral)
        picture = self._receipts[amount]
        fee = self.rows.add(
            ViewingFee(
                company_id=referral.company_id,
                project_id=referral.project_id,
                referral_id=referral.id,
                broker_id=broker.id,
                broker_company_id=broker.broker_company_id,
                amount=amount,
                token=submission_key(referral, amount, picture, f"demo-{step.values['fee']}"),
                created_at=clock.now(),
                created_by_id=actor.id,
            )
        )
        self._fees[step.values["fee"]] = fee
        self._keep(picture, fee, actor)
        message, paid = N_("Viewing fee of %(amount)s yuan paid to %(broker)s"), f"{amount:.2f}"
        self.rows.log(actor, "viewing_fee.create", fee, message, amount=paid, broker=broker.name)
        self.rows.log(actor, "referral.fee", referral, message, amount=paid, broker=broker.name)
        names = {"amount": paid, "name": referral.name, "code": referral.code}
        message = N_("A viewing fee of %(amount)s yuan for %(name)s (%(code)s) was paid")
        notify_person(broker.id, message, actor, about=referral, **names)

    def _keep(self, picture: Upload, fee: ViewingFee, actor: Actor) -> None:
        """Its own file; the thumbnail is the same for all of the amount."""
        known = fee.amount in self._thumbnails
        made = stored(replace(picture, thumbnail=None) if known else picture, fee, actor)
        if known:
            made.thumbnail_name = self._thumbnails[fee.amount]
        else:
            self._thumbnails[fee.amount] = made.thumbnail_name
        db.session.add(made)

    def void(self, step: Step) -> None:
        """As ``void_fee``."""
        fee, actor, reason = self._fees[step.key], self.actors[step.who], step.values["reason"]
        referral = self.by_id[fee.referral_id]
        fee.void(reason, actor.id, clock.now())
        self.rows.log(actor, "viewing_fee.void", fee, N_("Voided: %(reason)s"), reason=reason)
        message = N_("Viewing fee voided: %(reason)s")
        self.rows.log(actor, "referral.fee_void", referral, message, reason=reason)
        message = N_("The viewing fee for %(name)s (%(code)s) was voided")
        notify_person(fee.broker_id, message, actor, about=referral, name=referral.name, code=referral.code)

    def close(self, step: Step) -> None:
        """As ``close_referral``."""
        referral, actor, values = self.referrals[step.key], self.actors[step.who], step.values
        day, moment, state = values["closed_on"], clock.now(), referral.state
        own = next((one for one in self.live(referral) if one.referral_id == referral.id), None)
        message = N_("Deal closed on %(day)s")
        if own is None:
            message = N_("Deal closed on %(day)s, outside any protection")
            own = self.new_binding(referral, "closed", moment, moment)
        referral.close(
            on=day,
            amount=values["amount"],
            unit=values["unit"],
            note=values["note"] or None,
            by_id=actor.id,
        )
        own.close()
        self.stop(own)
        changed = {"state": (state, "closed"), "closed_on": ("", day), "amount": ("", values["amount"])}
        self.rows.log(actor, "referral.close", referral, message, changed, day=day)
        self.tell_broker(referral, N_("%(name)s (%(code)s) has closed a deal"), actor)

    def reopen(self, step: Step) -> None:
        """As ``reopen_referral``."""
        referral, actor, reason = self.referrals[step.key], self.actors[step.who], step.values["reason"]
        binding = next(one for one in self.live(referral) if one.referral_id == referral.id)
        referral.reopen()
        binding.reopen(referral.state, clock.now())
        if binding.state == "live":
            self.run(binding)
        else:
            self.release(binding)
        changed = {"state": ("closed", referral.state)}
        self.rows.log(actor, "referral.reopen", referral, N_("Reopened: %(reason)s"), changed, reason=reason)
        self.tell_broker(referral, N_("The deal of %(name)s (%(code)s) was reopened"), actor)

    # -- the clock

    def expire(self, _step: Step) -> None:
        """As the job ``end_protections``."""
        for binding in self.ending(clock.now()):
            self.end(binding)

    def warn(self, _step: Step) -> None:
        """As the job ``warn_of_ends``."""
        moment = clock.now()
        for one in self.ending(moment + timedelta(days=max(WARNED))):
            days = min(day for day in WARNED if one.expires_at <= moment + timedelta(days=day))
            if one.expires_at > moment and (one.warned_days is None or one.warned_days > days):
                one.warned_at, one.warned_days = moment, days
                referral = self.by_id[one.referral_id]
                notices.notify(
                    one.broker_id,
                    N_("The protection of %(name)s (%(code)s) ends on %(day)s"),
                    about=referral,
                    name=referral.name,
                    code=referral.code,
                    day=f"{clock.to_local(one.expires_at):%Y-%m-%d %H:%M}",
                )
