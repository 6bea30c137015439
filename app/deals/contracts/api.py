"""Contracts in the REST API (CUST-16, ``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.deals.contracts import forms, services
from app.deals.contracts.filters import CONTRACTS
from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.queries import CONTRACT_PEOPLE, get_contract, visible_contracts
from app.deals.contracts.serializers import ContractRecord, contract_record, contract_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.deals.contracts.models import Contract


class ContractApi(KepanApi):
    """``/api/v1/contracts``."""

    route_base = "/api/v1/contracts"
    class_permission_name = "Contract"
    record_type = ContractRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Contract:
        """Return a contract that the caller can open."""
        return get_contract(pk, actor=actor)

    @staticmethod
    def record(contract: Any) -> ContractRecord:
        """Return the answer of every operation."""
        return contract_record(get_contract(contract.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(ContractPermission.READ, lists=CONTRACTS, returns=ContractRecord)
    def get_list(self) -> Response:
        """Lists the contracts that the caller may read, newest first (CUST-16)."""
        return self.list_answer(
            visible_contracts(current_actor()), CONTRACTS, contract_records, *CONTRACT_PEOPLE
        )

    @expose("", methods=["POST"])
    @endpoint(
        ContractPermission.CREATE,
        takes=forms.ContractBody,
        returns=ContractRecord,
        status=201,
        refusals=(404,),
    )
    def post(self) -> tuple[Response, int]:
        """Draws up a contract with a customer (CUST-16)."""
        form = self.body(forms.ContractBody)

        def create() -> ContractRecord:
            return self.record(services.create_contract(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ContractPermission.READ, returns=ContractRecord)
    def get(self, pk: int) -> Response:
        """Returns one contract."""
        return jsonify(contract_record(get_contract(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(ContractPermission.UPDATE, takes=forms.ContractEditBody, partial=True, returns=ContractRecord)
    def patch(self, pk: int) -> Response:
        """Edits a draft or signed contract; only what is sent changes (CUST-16, CUST-18)."""
        actor = current_actor()
        get_contract(pk, actor=actor)
        values = self.body(forms.ContractEditBody, partial=True).values()
        version = values.pop("version", None)
        changed = services.update_contract(pk, values=values, version=version, actor=actor)
        return jsonify(self.record(changed))
