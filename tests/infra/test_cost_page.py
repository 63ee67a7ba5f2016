"""Figures of docs/cost.md that follow from the template."""

from support.stack_template import ALARMS, GATEWAY, ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
TIMES = "\N{MULTIPLICATION SIGN}"


def test_an_alarm_costs_as_much_as_its_number_of_metrics() -> None:
    metrics = [
        [part for part in alarm["Properties"].get("Metrics", []) if "MetricStat" in part] or [alarm["Properties"]]
        for alarm in ALARMS.values()
    ]
    count = sum(map(len, metrics))

    assert f"| alarms | {count} {TIMES} 0.10:" in PAGE
    assert f"{(count - 10) * 0.1:.2f}; {count * 0.1:.2f} when" in PAGE


def test_the_maximum_cost_of_the_references_script_follows_from_its_limit() -> None:
    limits = [setting["Fn::If"][1] for setting in GATEWAY["MethodSettings"] if "Fn::If" in setting]
    [script] = [limit for limit in limits if "reference.js" in limit["ResourcePath"]]
    cost = script["ThrottlingRateLimit"] * 3600 * (1.39 * 0.09 / 1000 + 3.70 / 1_000_000)

    assert f"| `GET /reference.js`, 1.39 MB | {script['ThrottlingRateLimit']} {TIMES} 3600 {TIMES} " in PAGE
    assert f"| {cost:.2f} |\n| `POST" in PAGE
