"""Labels: what goes into a code is sound, and no code tells the kits of a blinding group apart."""

from collections.abc import Iterator

from irt.errors import Refusal
from irt.gs1.dictionary import identifiers
from irt.gs1.values import judge_value
from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.network import Country
from irt.study.problems import Finding

ANY_LABEL = Country.model_fields["label_group"].default


def item_numbers(draft: Draft) -> Iterator[Finding]:
    """A GTIN ends in its check digit."""
    for index, kit_type in enumerate(draft.study.kit_types):
        fault = _fault("01", kit_type.gtin) if kit_type.gtin else None
        if fault:
            yield Finding("UnsoundGtin", ("kit_types", index, "gtin"), fault)


def one_item_number_a_group(draft: Draft) -> Iterator[Finding]:
    """Two item numbers in one blinding group, or one that some kits lack, would tell the arms apart by a scan."""
    first: dict[str, str | None] = {}
    for index, kit_type in enumerate(draft.study.kit_types):
        if first.setdefault(kit_type.blinding_group, kit_type.gtin) != kit_type.gtin:
            sentence = (
                "differs from the GTIN of another kit type of its blinding group: a scan would tell them apart"
            )
            yield Finding("GtinsDifferInGroup", ("kit_types", index, "gtin"), sentence)


def location_numbers(draft: Draft) -> Iterator[Finding]:
    """A GLN ends in its check digit."""
    for place, gln in draft.study.labels.locations.items():
        fault = _fault("414", gln)
        if fault:
            yield Finding("UnsoundGln", ("labels", "locations", place), fault)


def protocol_number(draft: Draft) -> Iterator[Finding]:
    """A protocol number that goes into codes fits application identifier 7240."""
    study = draft.study
    fault = _fault("7240", study.study.protocol) if study.labels.protocol_in_code else None
    if fault:
        sentence = f"{fault} Shorten it, or set labels.protocol_in_code to false"
        yield Finding("ProtocolDoesNotFit", ("study", "protocol"), sentence)


def labelled_just_in_time(draft: Draft) -> Iterator[Finding]:
    """Such a country is one of the study and has a label group, which its kits have from then on."""
    settings, countries = draft.study.labels, draft.study.countries
    known = {country.code for country in countries}
    if not isinstance(settings.just_in_time, bool):
        for index, code in enumerate(settings.just_in_time):
            if code not in known:
                sentence = f"is not a country of this study: {', '.join(sorted(known))}"
                yield Finding("UnknownCountry", ("labels", "just_in_time", index), sentence)
    for index, country in enumerate(countries):
        if settings.just_in_time_for(country.code) and country.label_group == ANY_LABEL:
            sentence = (
                "is labelled just in time and needs a label_group of its own: a kit that has its label fits no "
                "country outside it"
            )
            yield Finding("NoLabelGroup", ("countries", index, "label_group"), sentence)


def _fault(code: str, value: str) -> str | None:
    try:
        judge_value(identifiers()[code], value)
    except Refusal as refusal:
        return refusal.sentence
    return None


CHECKS = (
    check(item_numbers, "kit_types"),
    check(one_item_number_a_group, "kit_types"),
    check(location_numbers, "labels"),
    check(protocol_number, "study", "labels"),
    check(labelled_just_in_time, "labels", "countries"),
)
