"""PLAT-15: English and Chinese are complete, and each text is in the one place where it is translated."""

from __future__ import annotations

import re
from functools import cache

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.support.sources import ROOT, name_of, program_files, strings_of

CATALOGUE = ROOT / "translations/zh/LC_MESSAGES/messages.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|\{[a-z_]+\}")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "N_": None}

# Where Chinese is data or shown in both languages at once.
CHINESE_IS_DATA = {
    "app/customers/imports/lines.py": "the word in a cell that clears a value",
    "app/customers/imports/targets.py": "headings as people write them",
    "app/org/profile/views.py": "the name of a language in its own letters",
    "benchmarks/processor.py": "a name that is searched for",
    "benchmarks/channel_measure.py": "invented names",
    "app/kernel/fields/amounts.py": "units as people type them",
    "app/kernel/fields/birthdays.py": "days as people type them",
    "app/kernel/sheets/child/xlsx.py": "marks of dates in the formats of cells",
    "app/kernel/sheets/headings.py": "words of templates: samples, hints and totals",
    "app/kernel/sheets/values.py": "words for nothing, and dates as people write them",
    "app/kernel/folding.py": "dots of foreign names",
    "app/kernel/pinyin.py": "family names",
    "app/channel/shared/similar_names.py": "titles after a surname",
    "app/customers/merging/finder.py": "legal forms of companies, by which names do not differ",
    "demo/business_records.py": "invented sentences",
    "demo/contracts.py": "invented sentences",
    "demo/channel_names.py": "invented names and sentences",
    "demo/duplicates.py": "the legal form of a firm",
    "demo/labels.py": "names of tags and categories",
    "demo/names.py": "invented names",
    "demo/pictures.py": "a file's name",
    "demo/public_pool.py": "invented reasons",
    "app/org/sessions/passwords.py": "the product's name and legal forms of companies, which no password holds",
    "app/cli/installation.py": "the banner, in both languages",
    "benchmarks/creation.py": "invented names",
    "benchmarks/dataset.py": "invented names",
    "benchmarks/operations.py": "invented names",
    "benchmarks/population.py": "invented names",
    "benchmarks/run.py": "invented names",
    "config.py": "the product's name and the languages' own names",
}


# Their Chinese speaks of customers, so nothing else may be labelled with them.
OF_CUSTOMERS = {"Kind", "Stage", "Stages", "Deal status", "Deal statuses"}


@cache
def users() -> dict[str, set[str]]:
    """Return every msgid of the program → the files that use it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, set[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        str(ROOT), method_map=methods, options_map=options, keywords=KEYWORDS, directory_filter=_ours
    ):
        found.setdefault(_singular(message), set()).add(name)
    return found


def extracted() -> dict[str, str]:
    """Return every msgid of the program → a file that uses it."""
    return {message: min(files) for message, files in users().items()}


def test_plat_15_words_of_customers_label_customers_only():
    strangers = {word: [one for one in users()[word] if "customers/" not in one] for word in OF_CUSTOMERS}
    assert {word: files for word, files in strangers.items() if files} == {}


def _singular(message) -> str:
    """Return the msgid of a text; of one with a plural, the singular."""
    return message[0] if isinstance(message, tuple) else message


def _ours(path: str) -> bool:
    return not re.search(r"/(\.|node_modules|build|tests|migrations)", path.removeprefix(str(ROOT)))


@cache
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


def test_plat_15_the_extraction_sees_code_templates_and_marks():
    assert {"Customers", "Sign out", "Customer edited", "This field is required"} <= set(extracted())
    assert len(extracted()) > 250


def test_plat_15_every_text_has_chinese():
    lacking = {}
    for msgid, name in extracted().items():
        message = catalogue().get(msgid)
        if message is None or message.fuzzy or not all(_texts(message)):
            lacking[msgid] = name
    assert not lacking


def _texts(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_plat_15_placeholders_survive_translation():
    wrong = {}
    for msgid in extracted():
        message = catalogue().get(msgid)
        for text in _texts(message) if message else ():
            if text and sorted(PLACEHOLDER.findall(msgid)) != sorted(PLACEHOLDER.findall(text)):
                wrong[msgid] = text
    assert not wrong


def test_plat_15_a_translation_differs_from_its_english():
    words = re.compile(r"[A-Za-z]{3,}")
    same = [m for m in extracted() if words.search(PLACEHOLDER.sub("", m)) and catalogue()[m].string == m]
    assert not same


def test_plat_15_the_catalogue_holds_no_unused_text():
    assert not {_singular(message.id) for message in catalogue() if message.id} - set(extracted())


def offenders(paths, faults_of):
    """Return file → its faults, for the files that have any."""
    files = list(paths)
    assert files, "no file was looked at"
    return {name_of(path): found for path in files if (found := faults_of(path))}


def test_plat_15_templates_and_scripts_hold_no_chinese():
    def chinese(path):
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        return [(number, line.strip()) for number, line in lines if CHINESE.search(line)]

    assert offenders([*program_files(".html"), *program_files(".js")], chinese) == {}


def test_plat_15_python_holds_no_chinese_but_data():
    def chinese(path):
        return [(line, text) for line, text in strings_of(path) if CHINESE.search(text)]

    found = offenders(program_files(), chinese)
    assert {name: texts for name, texts in found.items() if name not in CHINESE_IS_DATA} == {}


def test_plat_15_scripts_hold_no_sentences():
    """Scripts read their texts from the page's ``#i18n`` block."""

    def sentences(path):
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        return re.findall(r"'[A-Z][a-z]+(?: [a-z]+)+[.…!?]?'", code)

    assert offenders(program_files(".js"), sentences) == {}


def test_plat_15_templates_hold_no_words_outside_of_gettext():
    assert offenders(program_files(".html"), _bare_words) == {}


def _bare_words(path):
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% block body_class %}.*?{% endblock %}", "", text)
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", "\n", bare)
    attributes = re.findall(r'(?:title|alt|placeholder|aria-label)="([^"]*[A-Za-z]{2,}[^"]*)"', bare)
    return [line.strip() for line in shown.splitlines() if re.search(r"[A-Za-z]{2,}", line)] + attributes
