"""Evaluation of alarms, once a minute, and every ten seconds for those with such periods."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from sandbox.cloudwatch import alarm_rules, definitions, queries, reasons, state_changes
from sandbox.cloudwatch.alarm_states import ALARM, EXTRA_PERIODS, INSUFFICIENT, OK, judge
from sandbox.state import clock

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_LOG = logging.getLogger(__name__)
_MOST_DEPTH = 10  # composite alarms of composite alarms
_PERCENTILE = re.compile(r"p([\d.]+)")


def tick(moment: datetime) -> None:
    """Evaluate every alarm, and repeat what Auto Scaling is told every minute."""
    for place, backend in state_changes.backends():
        alarms = list(backend.alarms.values())
        for alarm in [one for one in alarms if not one.rule]:
            before = alarm.state_value
            _try(place, alarm, moment)
            if alarm.state_value == before:
                state_changes.repeat(place, alarm)
        _evaluate_composites(place, backend)


def tick_finely(moment: datetime) -> None:
    """Evaluate the alarms whose periods are shorter than a minute; the minute does the rest."""
    if moment.timestamp() % 60 == 0:
        return
    for place, backend in state_changes.backends():
        for alarm in [one for one in list(backend.alarms.values()) if _is_fine(one)]:
            _try(place, alarm, moment)


def has_fine_alarms() -> bool:
    """Return whether an alarm has a period shorter than a minute."""
    return any(
        _is_fine(alarm)
        for _, backend in state_changes.backends()
        for alarm in list(backend.alarms.values())
    )


def _is_fine(alarm: Any) -> bool:
    return not alarm.rule and queries.period_of(definitions.queries(alarm)) < 60


def _try(place: Place, alarm: Any, moment: datetime) -> None:
    try:
        evaluate(place, alarm, moment)
    except Exception:  # the next alarm must not suffer
        _LOG.exception("sandbox: alarm %s could not be evaluated", alarm.name)


def evaluate(place: Place, alarm: Any, moment: datetime) -> None:
    """Give a metric alarm the state that its datapoints up to `moment` have for it."""
    rows, rule = definitions.queries(alarm), definitions.rule(alarm)
    period = queries.period_of(rows)
    end = int(moment.timestamp())
    begins = [end - period * (age + 1) for age in range(rule.periods + EXTRA_PERIODS)]
    shown = next(row["Id"] for row in rows if row.get("ReturnData", True))
    found = queries.evaluate(place, rows, begins[-1], end)[shown]
    values = [found.get(begin) for begin in begins]
    if _has_too_few_samples(place, alarm, rows, (begins[rule.periods - 1], end)):
        return
    verdict = judge(rule, values, alarm.state_value)
    reason = reasons.explain(rule, verdict, values, begins)
    used = [age for age in range(rule.periods) if values[age] is not None]
    data: Document = {
        "version": "1.0",
        "queryDate": _shown(moment),
        "startDate": _shown(datetime.fromtimestamp(begins[max(used, default=0)], UTC)),
        "period": period,
        "recentDatapoints": [values[age] for age in reversed(used)],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {"timestamp": _shown(datetime.fromtimestamp(begins[age], UTC)), "value": values[age]}
            for age in used
        ],
    }
    if not alarm.metric_data_queries:
        data["statistic"] = alarm.statistic or alarm.extended_statistic
    state_changes.change(place, alarm, verdict.state, reason, data)


def recent_values(place: Place, alarm: Any) -> list[float]:
    """Return the values of the periods that an alarm looks at now, the newest first."""
    rows = definitions.queries(alarm)
    period = queries.period_of(rows)
    now = clock.now().timestamp()
    end = int(now - now % min(period, 60))
    shown = next(row["Id"] for row in rows if row.get("ReturnData", True))
    start = end - period * (definitions.rule(alarm).periods + EXTRA_PERIODS)
    found = queries.evaluate(place, rows, start, end)[shown]
    return [found[at] for at in sorted(found, reverse=True)]


def _has_too_few_samples(
    place: Place, alarm: Any, rows: list[Document], window: tuple[int, int]
) -> bool:
    """Return whether a percentile is of too few values to be looked at, where that is asked for.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    matched = _PERCENTILE.fullmatch(alarm.extended_statistic or "")
    if alarm.evaluate_low_sample_count_percentile != "ignore" or matched is None:
        return False
    share = float(matched[1]) / 100
    least = 10 / (1 - share) if 0.5 <= share < 1 else 10 / share if share else 0
    least = round(least, 6)  # 10 / (1 - 0.9) is a little over 100
    stat = {**rows[0]["MetricStat"], "Stat": "SampleCount"}
    return sum(queries.read_statistic(place, stat, *window).values()) < least


def _evaluate_composites(place: Place, backend: Any) -> None:
    composites = [one for one in list(backend.alarms.values()) if one.rule]
    for _ in range(_MOST_DEPTH if composites else 0):
        before = [one.state_value for one in composites]
        for alarm in composites:
            evaluate_composite(place, backend, alarm)
        if [one.state_value for one in composites] == before:
            return


def follow(place: Place, alarm: Any) -> None:
    """Give composite alarms the state that follows from what a person gave a metric alarm."""
    # While the clock evaluates all, these come last.
    if not alarm.rule and not clock.is_telling():
        _evaluate_composites(place, cloudwatch_backends[place.account][place.region])


def evaluate_composite(place: Place, backend: Any, alarm: Any) -> None:
    """Give a composite alarm the state that its rule has; ALARM where the rule is true."""
    states = {name: one.state_value for name, one in backend.alarms.items()}
    is_true = alarm_rules.is_true(alarm.rule, lambda name: states.get(name, INSUFFICIENT))
    names = [name for name in alarm_rules.alarms_of(alarm.rule) if name in states]
    reason = "; ".join(
        f"{backend.alarms[name].alarm_arn} is in {states[name]}" for name in dict.fromkeys(names)
    )
    state_changes.change(place, alarm, ALARM if is_true else OK, reason, {})


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"
