"""Campaigns fed from a forecast of enrolment: what new subjects take and when, how uncertain they are."""

import json
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from optimization.campaigns.advise import advise_packing
from optimization.campaigns.campaign_file import CampaignFile, UnreadableCampaigns, campaigns_of
from optimization.campaigns.from_enrolment import (
    NoForecast,
    Quantiles,
    UnreadableForecast,
    read_forecast,
    require_fed,
    with_enrolment,
)

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def a_file(**changes: Any) -> CampaignFile:
    """One pen from the first of January on: two kits on the first day, one after four weeks."""
    kit = {
        "id": "PEN",
        "kit_cents": 100,
        "shelf_life_days": 300,
        "unmet_cents": 10_000,
        "per_subject": [{"day": 0, "kits": 2}, {"day": 28, "kits": 1.0}],
    }
    facts = {
        "start_date": "2026-01-01",
        "horizon_days": 334,
        "campaigns": {"days": [0], "lead_time_days": 0, "setup_cents": 0},
        "kit_types": [kit],
    }
    return campaigns_of({**facts, **changes})


def a_forecast(new: float = 31.0, apart: float = 0.0) -> str:
    """So many new subjects each month; what all of them come to varies by this share either way."""
    months = []
    for number, month in enumerate(MONTHS, 1):
        quantiles = {"p05": new * (1 - apart), "p50": new, "p95": new * (1 + apart)}
        months.append(
            {
                "month": month,
                "new": quantiles,
                "cumulative": {name: 100 + number * value for name, value in quantiles.items()},
            }
        )
    return json.dumps({"months": months, "completion": {}})


def by_week(file: CampaignFile) -> dict[int, float]:
    """What is wanted in the mean, by day."""
    return {row.day: float(row.mean) for row in file.kit_types[0].demand}


def test_new_subjects_take_their_kits_in_their_weeks() -> None:
    """One a day in January: fourteen kits a week, and seven more from the fifth week on."""
    told = by_week(with_enrolment(a_file(), read_forecast(a_forecast())))
    assert (told[0], told[21]) == (pytest.approx(14.0), pytest.approx(14.0))
    assert told[28] == pytest.approx(2 * (3 + 4 * 31 / 28) + 7.0)
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(334)]
    daily = [31 / monthrange(day.year, day.month)[1] for day in days]
    assert sum(told.values()) == pytest.approx(2 * sum(daily) + sum(daily[:-28]))


def test_nobody_enrols_after_the_target() -> None:
    """A hundred are there: forty more fill it in the second month."""
    told = by_week(with_enrolment(a_file(), read_forecast(a_forecast()), 140))
    assert sum(told.values()) == pytest.approx(3 * 40)
    assert max(told) <= 31 + 28 + 28


def test_demand_is_as_uncertain_as_the_forecast() -> None:
    """A share of 33 % at the ends of 90 % is a spread of a fifth; Poisson's own part is not counted twice."""
    assert with_enrolment(a_file(), read_forecast(a_forecast(apart=0.0))).rate_spread == 0
    wide = with_enrolment(a_file(), read_forecast(a_forecast(1_000.0, 0.329)))
    assert float(wide.rate_spread) == pytest.approx(0.2, abs=0.005)
    assert float(with_enrolment(a_file(rate_spread=0.9), read_forecast(a_forecast())).rate_spread) == 0.9


def test_three_points_tell_mean_and_variance() -> None:
    """Of a normal law within a hundredth, of a skewed gamma law within three."""
    draws = np.random.default_rng(7).gamma(4.0, 25.0, 200_000)
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    skewed = Quantiles(p05=low, p50=middle, p95=high)
    assert skewed.mean == pytest.approx(100, rel=0.01)
    assert skewed.variance == pytest.approx(2_500, rel=0.03)
    normal = Quantiles(p05=100 - 1.645 * 20, p50=100, p95=100 + 1.645 * 20)
    assert (normal.mean, normal.variance) == (pytest.approx(100), pytest.approx(400, rel=0.01))


def test_the_advice_packs_for_them() -> None:
    """More than the mean, as the service level asks."""
    fed = with_enrolment(a_file(), read_forecast(a_forecast(apart=0.2)))
    told = advise_packing(require_fed(fed), lambda *_: True)
    assert sum(told.packed["PEN"]) > sum(by_week(fed).values())


def test_what_cannot_be_fed_is_refused() -> None:
    """Without a forecast, with one that ends too soon or is none; and a kit type that nobody wants."""
    with pytest.raises(NoForecast, match="PEN is told by subject"):
        require_fed(a_file())
    with pytest.raises(UnreadableForecast, match="2026-01 to 2026-12, the file looks from 2026-01-01 to 2027"):
        with_enrolment(a_file(horizon_days=400), read_forecast(a_forecast()))
    for text in ("{", "[]", '{"months": []}', a_forecast().replace("2026-03", "2026-04")):
        with pytest.raises(UnreadableForecast):
            read_forecast(text)
    kit = a_file().kit_types[0].model_dump() | {"per_subject": []}
    with pytest.raises(UnreadableCampaigns, match="neither demand nor per_subject"):
        a_file(kit_types=[kit])
