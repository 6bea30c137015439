"""Invalid input for forms, made from the form's own fields: for the API as JSON, for pages as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from wtforms import FormField

from app.kernel.fields.choices import ChoiceField, ReferenceField, ReferencesField
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, WholeField, YesNoField
from app.kernel.fields.texts import PhoneField
from tests.support.web.badinput import ODD_VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.fields.forms import BaseForm

# A value that the field accepts.
_LIKELY: tuple[tuple[type, Any], ...] = (
    (ChoiceField, lambda one: st.sampled_from([*one.dictionary.codes])),
    (
        PhoneField,
        lambda _one: st.sampled_from(["13800138000", "１３９００１３９０００", "+86 150-0000-1111", "110"]),
    ),
    (MoneyField, lambda _one: st.sampled_from([0, 1.5, "１２.５", "1,000", 10**12])),
    (WholeField, lambda _one: st.integers(0, 5)),
    (YesNoField, lambda _one: st.booleans()),
    (ReferencesField, lambda _one: st.lists(st.integers(1, 9), max_size=3)),
    (ReferenceField, lambda _one: st.integers(1, 9)),
    (MomentField, lambda _one: st.sampled_from(["2031-01-31T09:30:00+08:00", "2031-01-31T09:30"])),
    (DayField, lambda _one: st.sampled_from(["2020-02-29", "２０２０-01-01"])),
)
odd = st.sampled_from(ODD_VALUES) | st.text(max_size=20) | st.floats() | st.integers()


def _likely(one: Any) -> st.SearchStrategy[Any]:
    return next(
        (make(one) for kind, make in _LIKELY if isinstance(one, kind)),
        st.sampled_from(["张三", "a@b.example", "https://a.example", "ordinary text"]),
    )


def _object(fields: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = {}
    for name, one in fields.items():
        if name == "csrf_token":
            continue
        likely = _object(one.form._fields) if isinstance(one, FormField) else _likely(one)
        values[name] = st.one_of(likely, likely, odd)
    return st.fixed_dictionaries({}, optional=values)


def json_for(form: type[BaseForm]) -> st.SearchStrategy[Any]:
    """Generate objects for the API: each field is right, odd or missing, and some objects have unknown
    fields.
    """
    fields = form(formdata=None, meta={"csrf": False})._fields
    stray = st.dictionaries(st.text(max_size=5), odd, max_size=1)
    return st.builds(lambda given, more: {**more, **given}, _object(fields), stray)


def posted_for(names: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Generate the fields of a page's form: each is posted never, once or twice, as any text."""
    words = st.sampled_from([*dict.fromkeys(map(str, ODD_VALUES))]) | st.text(max_size=20)
    likely = st.sampled_from(
        ["1", "2", "personal", "individual", "张三", "13800138000", "2031-01-31T09:30", "on"]
    )
    return st.fixed_dictionaries(
        {}, optional={name: st.lists(words | likely, min_size=1, max_size=2) for name in names}
    )
