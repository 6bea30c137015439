"""Bindings, walk-in visitors, collisions and rebinding of the demo data, as the services write them."""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from app.channel.collisions.models import Collision, RebindLog
from app.channel.collisions.rebinding import COPIED
from app.channel.collisions.services import OCCASIONS
from app.channel.referrals.bindings import fragments_of
from app.channel.referrals.models import Binding, Referral, ReferralKey
from app.channel.scans.models import OnsiteScan
from app.channel.scans.services import fragment_of_visitor
from app.channel.shared.notifications import notify_person
from app.channel.visitors.models import Visitor
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.translation import N_
from app.operate.demo_channel_rows import Rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor
    from app.operate.demo_channel_people import Ground
    from app.operate.demo_channel_plans import Step


class Disputes:
    """Who holds whom, in memory: what the services ask the database."""

    def __init__(self, ground: Ground, actors: Mapping[str, Actor], brokers: Mapping[str, Broker]) -> None:
        self.ground, self.actors, self.brokers = ground, actors, brokers
        self.project, self.rows = ground.project, Rows()
        self.referrals: dict[int, Referral] = {}  # by key of the plan
        self.by_id: dict[int, Referral] = {}
        self.held: dict[tuple[str, str], Binding] = {}
        self._keys: dict[int, set[tuple[str, str]]] = {}
        self._running: list[tuple[datetime, int, Binding]] = []  # live ones, first to end first
        self._open: dict[tuple[int, int | None, int | None], Collision] = {}
        self._broker_of = {broker.id: broker for broker in brokers.values()}

    def broker_of(self, referral: Referral) -> Broker:
        """Whose it is."""
        return self._broker_of[referral.broker_id]

    def new_referral(self, broker: Broker, author: int, **values: Any) -> Referral:
        """A referral with its code and keys."""
        referral = Referral(
            company_id=self.project.company_id,
            project_id=self.project.id,
            code=self.rows.next_code(),
            broker_id=broker.id,
            broker_company_id=broker.broker_company_id,
            entered_by_id=author,
            state="entered",
            reached=1,
            created_at=clock.now(),
            **values,
        )
        self.by_id[self.rows.add(referral).id] = referral
        for fragment in fragments_of(referral):
            self.rows.add(
                ReferralKey(
                    company_id=referral.company_id,
                    project_id=referral.project_id,
                    broker_id=broker.id,
                    name_key=referral.name_key,
                    fragment=fragment,
                    tail=fragment[3:],
                    referral_id=referral.id,
                )
            )
        return referral

    # -- bindings

    def new_binding(self, referral: Referral, state: str, begins: datetime, ends: datetime) -> Binding:
        """A binding that holds the referral's numbers."""
        binding = self.rows.add(
            Binding(
                company_id=referral.company_id,
                project_id=referral.project_id,
                referral_id=referral.id,
                broker_id=referral.broker_id,
                broker_company_id=self.broker_of(referral).broker_company_id,
                state=state,
                bound_at=begins,
                expires_at=ends,
            )
        )
        self._hold(binding, referral)
        if state == "live":
            self.run(binding)
        return binding

    def run(self, binding: Binding) -> None:
        """It lives, and ends in its turn."""
        insort(self._running, (binding.expires_at, binding.id, binding))

    def stop(self, binding: Binding) -> None:
        """It does not run out any more."""
        turn = (binding.expires_at, binding.id, binding)
        place = bisect_left(self._running, turn)
        if self._running[place : place + 1] == [turn]:
            del self._running[place]

    def ending(self, until: datetime) -> list[Binding]:
        """Those that end by then, first to end first."""
        return [one for _ends, _pk, one in takewhile(lambda turn: turn[0] <= until, self._running)]

    def _hold(self, binding: Binding, referral: Referral) -> None:
        for fragment in fragments_of(referral):
            self.held[referral.name_key, fragment] = binding
            self._keys.setdefault(binding.id, set()).add((referral.name_key, fragment))

    def live(self, referral: Referral) -> list[Binding]:
        """As ``live_bindings``: those that are due are ended on the way."""
        return self._living(referral.name_key, fragments_of(referral))

    def _living(self, key: str, fragments: Collection[str]) -> list[Binding]:
        found = {one.id: one for part in fragments if (one := self.held.get((key, part)))}
        moment = clock.now()
        for one in found.values():
            if not one.lives_at(moment):
                self.end(one)
        return [found[pk] for pk in sorted(found) if found[pk].lives_at(moment)]

    def end_own_if_due(self, referral: Referral) -> None:
        """As the service of that name."""
        if referral.state == "bound" and referral.present_state == "expired":
            self.live(referral)

    def end(self, binding: Binding) -> None:
        """As ``expire_due_bindings`` writes the end of one."""
        referral = self.by_id[binding.referral_id]
        changed = {"state": ("bound", "expired")}
        self.rows.log(SYSTEM, "referral.expire", referral, N_("The protection is over"), changed)
        names = {"name": referral.name, "code": referral.code}
        message = N_("The protection of %(name)s (%(code)s) is over")
        notify_person(binding.broker_id, message, SYSTEM, about=referral, **names)
        binding.state, binding.ended_at, referral.state = "expired", binding.expires_at, "expired"
        self.release(binding)

    def release(self, binding: Binding) -> None:
        """Give the identity free."""
        self.stop(binding)
        keys = self._keys.pop(binding.id)
        for key in keys:
            del self.held[key]

    # -- visitors

    def visit(self, step: Step) -> None:
        """As ``scan`` of a visitor."""
        visitor, actor = self.ground.visitors[step.key], self.actors[step.who]
        consultant = self.actors[step.values["consultant"]].id
        bindings = self._living(visitor.name_key, [fragment_of_visitor(visitor)])
        result = "collision" if bindings else "walk_in"
        holder = bindings[0].broker_id if bindings else None
        scan = self.new_scan(result, actor, consultant, bound_broker_id=holder, **self.subject_of(visitor))
        self.collide(bindings, "scan", actor, visitor=visitor)
        message, name = N_("Received at %(project)s"), self.project.name
        self.rows.log(actor, f"visitor.{result}", visitor, message, project=name)
        self.tell_consultant(consultant, visitor, scan, actor)

    def subject_of(self, subject: Referral | Visitor) -> dict[str, Any]:
        """What scans and tours say of whom they are."""
        found: dict[str, Any] = {
            "company_id": self.project.company_id,
            "project_id": self.project.id,
            "code": subject.code,
            "name": subject.name,
            "name_key": subject.name_key,
        }
        if isinstance(subject, Visitor):
            return {**found, "visitor_id": subject.id, "phone": str(subject.phone)}
        phone = " / ".join(one.masked for one in subject.fragments)
        return {**found, "referral_id": subject.id, "phone": phone, "broker_id": subject.broker_id}

    def new_scan(self, result: str, actor: Actor, consultant: int, **values: Any) -> OnsiteScan:
        """A scan, whatever came of it."""
        moment = clock.now()
        scan = OnsiteScan(
            **values, staff_id=actor.id, consultant_id=consultant, result=result, created_at=moment
        )
        return self.rows.add(scan)

    # -- collisions

    def collide(
        self,
        bindings: Iterable[Binding],
        occasion: str,
        actor: Actor,
        *,
        referral: Referral | None = None,
        visitor: Visitor | None = None,
    ) -> None:
        """As ``record_collisions``."""
        for binding in bindings:
            key = (binding.id, referral.id if referral else None, visitor.id if visitor else None)
            collision = self._open.get(key)
            if collision is None:
                collision = self._open[key] = self._new_collision(binding, referral, visitor)
            else:
                collision.count += 1
            moment = clock.now()
            collision.occasion, collision.last_at = occasion, moment
            collision.place = Collision.open_place(moment)
            changed = {"count": (collision.count - 1, collision.count)}
            self.rows.log(actor, "collision.record", collision, OCCASIONS[occasion], changed)
            if collision.count == 1:
                self._notify_directors(collision, referral, visitor, actor)

    def _new_collision(
        self, binding: Binding, referral: Referral | None, visitor: Visitor | None
    ) -> Collision:
        return self.rows.add(
            Collision(
                company_id=binding.company_id,
                project_id=binding.project_id,
                binding_id=binding.id,
                bound_referral_id=binding.referral_id,
                referral_id=referral.id if referral else None,
                visitor_id=visitor.id if visitor else None,
                count=1,
                note="",
                created_at=clock.now(),
            )
        )

    def _notify_directors(
        self, collision: Collision, referral: Referral | None, visitor: Visitor | None, actor: Actor
    ) -> None:
        bound = self.by_id[collision.bound_referral_id]
        who = self.broker_of(referral).name if referral else visitor.name if visitor else ""
        self.rows.notify_permitted(
            "handle",
            "Collision",
            collision.company_id,
            N_("Collision: %(name)s (%(code)s) of %(broker)s came through %(who)s"),
            actor,
            about=collision,
            name=bound.name,
            code=bound.code,
            broker=self.broker_of(bound).name,
            who=who,
        )

    def handle(self, step: Step) -> None:
        """As ``handle_collision``: of the two referrals' open one."""
        actor, outcome, note = self.actors[step.who], step.values["outcome"], step.values["note"]
        bound, other = self.referrals[step.key], self.referrals[step.values["other"]]
        collision = next(
            one
            for (_binding, referral, _visitor), one in self._open.items()
            if referral == other.id and one.bound_referral_id == bound.id
        )
        if outcome == "rebind":
            binding = next(one for one in self.live(bound) if one.referral_id == bound.id)
            self._move(binding, other, note, actor)
        else:
            self._settle(collision, outcome, note, actor)
        changed, message = {"outcome": ("", outcome)}, N_("Handled: %(note)s")
        self.rows.log(actor, "collision.handle", collision, message, changed, note=note)
        if outcome != "rebind":
            for side in (bound, other):
                self.tell_broker(side, N_("The collision about %(name)s (%(code)s) was decided"), actor)

    def _settle(self, collision: Collision, outcome: str, note: str, actor: Actor) -> None:
        collision.handle(outcome, note, actor.id, clock.now())
        self._open = {key: one for key, one in self._open.items() if one is not collision}

    # -- rebinding

    def rebind(self, step: Step) -> None:
        """As ``rebind_referral``: to a broker who had not brought the customer."""
        former, actor = self.referrals[step.key], self.actors[step.who]
        broker = self.brokers[step.values["broker"]]
        binding = next(one for one in self.live(former) if one.referral_id == former.id)
        copied = {name: getattr(former, name) for name in COPIED}
        for name in ("company_id", "project_id"):
            del copied[name]
        target = self.new_referral(broker, actor.id, **copied)
        self.referrals[step.values["made"]] = target
        self._move(binding, target, step.values["reason"], actor)

    def _move(self, binding: Binding, target: Referral, reason: str, actor: Actor) -> None:
        """As ``move_binding``."""
        former, broker = self.by_id[binding.referral_id], self.broker_of(target)
        former.release_binding()
        binding.referral_id, binding.broker_id = target.id, target.broker_id
        binding.broker_company_id, binding.warned_at = broker.broker_company_id, None
        binding.warned_days = None
        target.bind(binding)
        target.assigned_consultant_id, former.assigned_consultant_id = former.assigned_consultant_id, None
        self._hold(binding, target)
        self.rows.add(
            RebindLog(
                company_id=binding.company_id,
                project_id=binding.project_id,
                binding_id=binding.id,
                from_referral_id=former.id,
                to_referral_id=target.id,
                from_broker_id=former.broker_id,
                to_broker_id=target.broker_id,
                reason=reason,
                by_id=actor.id,
                by_name=actor.name,
                created_at=clock.now(),
            )
        )
        changed = {"broker": (self.broker_of(former).name, broker.name)}
        for one in (former, target):
            self.rows.log(actor, "referral.rebind", one, N_("Rebound: %(reason)s"), changed, reason=reason)
        for collision in [one for key, one in self._open.items() if key[0] == binding.id]:
            self._settle(collision, "rebind", reason, actor)
            self.rows.log(actor, "collision.settle", collision, N_("Settled by rebinding"))
        names = {"name": target.name, "code": former.code}
        message = N_("%(name)s (%(code)s) was given to another broker")
        notify_person(former.broker_id, message, actor, about=former, **names)
        self.tell_broker(target, N_("%(name)s (%(code)s) is bound to you now"), actor)

    # -- notices

    def tell_broker(self, referral: Referral, message: str, actor: Actor) -> None:
        """The referral's broker learns of it."""
        names = {"name": referral.name, "code": referral.code}
        notify_person(referral.broker_id, message, actor, about=referral, **names)

    def tell_consultant(
        self, consultant: int, subject: Referral | Visitor, about: Referral | OnsiteScan, actor: Actor
    ) -> None:
        """Who is to receive the customer learns of it."""
        message = N_("%(name)s (%(code)s) has arrived and is yours to receive")
        notify_person(consultant, message, actor, about=about, name=subject.name, code=subject.code)
