"""What an alarm looks at: Pulumi's form and CloudWatch's, and what CloudWatch would refuse."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import whole

TREATMENTS = {"breaching", "ignore", "missing", "notBreaching"}
SHORT_PERIODS = {10, 20, 30}
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
OF_METRIC = ("metricName", "namespace", "dimensions")
ONLY_PLAIN = ("dimensions", "extendedStatistic", "namespace", "period", "statistic", "unit")


def encoded_dimensions(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    """Return dimensions as CloudWatch lists them."""
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def decoded_dimensions(shown: list[dict[str, str]]) -> dict[str, str]:
    """Return listed dimensions as an object."""
    return {item["Name"]: item["Value"] for item in shown}


def encoded_queries(queries: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return metric queries in CloudWatch's form, where a metric and its statistic are two."""
    return [_encoded_query(query) for query in queries]


def _encoded_query(query: Mapping[str, Any]) -> dict[str, Any]:
    # Where nothing is said the provider means no data, and CloudWatch would mean data.
    encoded = {"returnData": False, **{key: value for key, value in query.items() if value != ""}}
    if metric := encoded.pop("metric", None):
        what = {key: metric[key] for key in OF_METRIC if metric.get(key)}
        if "dimensions" in what:
            what["dimensions"] = encoded_dimensions(what["dimensions"])
        how = {key: value for key, value in metric.items() if key not in OF_METRIC}
        encoded["metricStat"] = {**how, "metric": what}
    return encoded


def decoded_queries(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return metric queries as Pulumi writes them."""
    return [_decoded_query(query) for query in shown]


def _decoded_query(shown: dict[str, Any]) -> dict[str, Any]:
    query = {key[:1].lower() + key[1:]: value for key, value in shown.items()}
    if stat := query.pop("metricStat", None):
        how = {key[:1].lower() + key[1:]: value for key, value in stat.items() if key != "Metric"}
        what = {key[:1].lower() + key[1:]: value for key, value in stat["Metric"].items()}
        if "dimensions" in what:
            what["dimensions"] = decoded_dimensions(what["dimensions"])
        query["metric"] = {**what, **how}
    return query


def alarm_problems(props: Props) -> Iterator[Problem]:
    """Yield what CloudWatch would refuse (PutMetricAlarm)."""
    math = "metricQueries" in props
    if "evaluationCriteria" not in props:
        if math == ("metricName" in props):
            yield "metricName", "must be given, or metricQueries, and not both"
        yield from _plain_problems(props, math=math)
        if ("threshold" in props) == ("thresholdMetricId" in props):
            yield "threshold", "must be given, or thresholdMetricId, and not both"
    queries = props.get("metricQueries")
    if isinstance(queries, list) and is_known(queries):
        yield from _query_problems(queries)
    treatment = props.get("treatMissingData")
    if isinstance(treatment, str) and treatment not in TREATMENTS:
        yield "treatMissingData", f"must be one of {', '.join(sorted(TREATMENTS))}"
    periods, breaching = (
        whole(props.get("evaluationPeriods")),
        whole(props.get("datapointsToAlarm")),
    )
    if periods is not None and breaching is not None and breaching > periods:
        yield "datapointsToAlarm", f"must be at most evaluationPeriods ({periods}), got {breaching}"
    yield from _span_problems(props, periods or 1)


def _plain_problems(props: Props, *, math: bool) -> Iterator[Problem]:
    if math:
        for name in ONLY_PLAIN:
            if name in props:
                yield name, "must not be given beside metricQueries"
        return
    if ("statistic" in props) == ("extendedStatistic" in props):
        yield "statistic", "must be given, or extendedStatistic, and not both"
    for name in ("namespace", "period"):
        if name not in props:
            yield name, "is required with metricName"


def _query_problems(queries: list[Mapping[str, Any]]) -> Iterator[Problem]:
    returning = [query for query in queries if query.get("returnData") in {True, "true"}]
    bands = [q for q in queries if str(q.get("expression", "")).startswith("ANOMALY_DETECTION")]
    if len(returning) != 1 and not bands:
        yield "metricQueries", f"must have one query that returns data, got {len(returning)}"
    ids = [query.get("id") for query in queries]
    for index, query in enumerate(queries):
        path = f"metricQueries[{index}]"
        if ids.count(query.get("id")) > 1:
            yield f"{path}.id", f"must not repeat, got {query.get('id')}"
        if bool(query.get("metric")) == bool(query.get("expression")):
            yield path, "must give either metric or expression"


def _span_problems(props: Props, evaluated: int) -> Iterator[Problem]:
    """Yield what is wrong with how long a period is and how far back the alarm looks."""
    queries = props.get("metricQueries")
    found = [("period", props.get("period"))]
    for index, query in enumerate(queries if isinstance(queries, list) else ()):
        metric = query.get("metric") if isinstance(query, Mapping) else None
        if isinstance(metric, Mapping):
            found.append((f"metricQueries[{index}].metric.period", metric.get("period")))
    for path, given in found:
        seconds = whole(given)
        if seconds is None:
            continue
        if seconds not in SHORT_PERIODS and (seconds < MINUTE or seconds % MINUTE):
            yield path, f"must be 10, 20, 30 or a multiple of {MINUTE} seconds, got {seconds}"
        longest = WEEK if seconds >= HOUR else DAY
        if seconds * evaluated > longest:
            yield (
                path,
                f"times evaluationPeriods must be at most {longest} seconds, "
                f"got {seconds * evaluated}",
            )
