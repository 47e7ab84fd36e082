"""Notices: every word in braces can be filled in, and no blinded reader is told a treatment by their wording."""

from collections.abc import Iterator

from irt.blinding.audience import Audience
from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.notices import KINDS, placeholders_in
from irt.study.problems import Finding

_SHORTEST = 4


def notice_wordings(draft: Draft) -> Iterator[Finding]:
    """Audiences that a kind has, words in braces that it knows, each kind and audience once."""
    kinds: set[str] = set()
    for index, notice in enumerate(draft.study.notices):
        if notice.kind in kinds:
            yield Finding("TwoNotices", ("notices", index, "kind"), f"`{notice.kind}` is already given above")
        kinds.add(notice.kind)
        kind, seen = KINDS[notice.kind], set[str]()
        for place, wording in enumerate(notice.wordings):
            path = ("notices", index, "wordings", place)
            if Audience(wording.audience) not in kind.wordings or wording.audience in seen:
                sentence = f"`{wording.audience}` is no reader of this kind, or has a wording above"
                yield Finding("UnknownAudience", (*path, "audience"), sentence)
            seen.add(wording.audience)
            for part, words in (("subject", wording.subject), ("text", wording.text)):
                if not _fits(words, kind.fields):
                    known = ", ".join(f"{{{name}}}" for name in kind.fields)
                    yield Finding("UnknownPlaceholder", (*path, part), f"only {known} can be filled in")


def telling_notices(draft: Draft) -> Iterator[Finding]:
    """A letter to blinded people names neither arm nor kit type."""
    study = draft.study
    names = {arm.name for arm in study.arms} | {kit.code for kit in study.kit_types} | {"placebo"}
    names |= {kit.contents for kit in study.kit_types}
    for index, notice in enumerate(study.notices if study.blinded else ()):
        for place, wording in enumerate(notice.wordings):
            words = f"{wording.subject} {wording.text}".lower()
            told = sorted(name for name in names if len(name) >= _SHORTEST and name.lower() in words)
            if told and Audience(wording.audience) is Audience.BLINDED:
                sentence = f"blinded people would read `{told[0]}`"
                yield Finding("TellingNotice", ("notices", index, "wordings", place), sentence)


def _fits(words: str, known: tuple[str, ...]) -> bool:
    try:
        return placeholders_in(words) <= set(known)
    except ValueError:
        return False


CHECKS = (
    check(notice_wordings, "notices"),
    check(telling_notices, "study", "arms", "kit_types", "notices"),
)
