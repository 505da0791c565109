"""What the live benchmark prints: tables, and each aim of the issue beside the figure that was found."""

import statistics
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.report import table

NAMES = {
    "tutorial": "group_send, as in the tutorials", "limit": "bare websockets", "ours": "this product",
    "bare": "its hub, on a bare insert", "uvicorn": "this product on uvicorn", "consumer": "a bare Channels consumer",
}  # fmt: skip
Found = dict[str, Any]


def median(found: Found, part: str, name: str, figure: str) -> float:
    """The median of the rounds."""
    return statistics.median(one[figure] for one in found[part][name] if one)


def ratio(found: Found, part: str, name: str, to: str, figure: str) -> float:
    """The median over the rounds of what one took to what the other took in the same round."""
    pairs = zip(found[part][name], found[part][to], strict=True)
    return statistics.median(one[figure] / other[figure] for one, other in pairs if one and other)


# ------------------------------------------------------------------ tables


def speaking(found: Found, count: int) -> str:
    part = f"speak {count}"
    head = [
        f"{count:,} pages", "answered, ms", "all have it: p50", "p95", "p99, ms", "CPU of a delivery, µs", "to websockets",
        "deliveries/s at once", "CPU of each, µs",
    ]  # fmt: skip
    rows = []
    for name, rounds in found[part].items():
        if not any(rounds):
            rows.append([NAMES[name], *["failed"] * 8])
            continue
        at = {figure: median(found, part, name, figure) for figure in next(filter(None, rounds))}
        rows.append([
            NAMES[name], *(f"{at[one] * 1e3:.1f}" for one in ("answered", "p50", "p95", "p99")), f"{at['cpu'] * 1e6:.0f}",
            f"{ratio(found, part, name, 'limit', 'cpu'):.1f}", f"{at['rate']:,.0f}", f"{at['cpu at once'] * 1e6:.0f}",
        ])  # fmt: skip
    return table(head, rows)


def remembering(found: Found) -> str:
    rows = [[NAMES[name], f"{statistics.median(rounds):.1f}"] for name, rounds in found["memory"].items()]
    return table(["one more page", "KiB"], rows)


def growing(found: Found) -> str:
    series = found["growth"]["ours"][0]
    return table(
        ["statements made", *(f"{10 * n} %" for n in range(len(series)))], [["MiB", *(f"{one:.0f}" for one in series)]]
    )


def joining(found: Found, count: int, storm: float) -> str:
    figures = ("storm", "storm p95", "burst", "burst p95")
    head = [f"{count:,} pages come", f"in {storm:g} s: all in, s", "each: p95", "at once: all in, s", "each: p95"]
    rows = [[NAMES[name], *(f"{median(found, 'join', name, one):.2f}" for one in figures)] for name in found["join"]]
    return table(head, rows)


def catching_up(found: Found, pages: int, missed: int) -> str:
    head = [f"{pages:,} pages missed {missed:,} entries", "all have all, s", "each: p50", "p95", "CPU of an entry, µs"]
    rows = []
    for name in found["catch-up"]:
        at = {figure: median(found, "catch-up", name, figure) for figure in ("took", "p50", "p95", "cpu")}
        rows.append([NAMES[name], *(f"{at[one]:.2f}" for one in ("took", "p50", "p95")), f"{at['cpu'] * 1e6:.0f}"])
    return table(head, rows)


def opening(found: Found, sizes: list[int]) -> str:
    ways = {str(size): f"a discussion of {size:,} statements" for size in sizes}
    ways |= {"whole": f"{sizes[1]:,} statements on one page", "plain": "the same in a plain template loop"}
    rows = [
        [words, *(f"{statistics.median(one[way][time] for one in found['open']['ours']) * 1e3:.0f}" for time in ("first", "again"))]
        for way, words in ways.items()
    ]  # fmt: skip
    return table(["to the whole page, ms", "the first time", "again"], rows)


# ------------------------------------------------------------------ aims


def aims(found: Found, plan: Any) -> Iterator[tuple[str, str, bool]]:
    """(what is aimed at, what was found, whether that is met)."""
    few, some, many = (f"speak {count}" for count in plan.pages)

    def at_most(
        what: str, most: float, figure: Callable[[], float], unit: str = "×"
    ) -> Iterator[tuple[str, str, bool]]:
        try:
            value = figure()
        except (KeyError, statistics.StatisticsError):
            return  # that part was not asked for, or failed
        yield what, f"{value:.3g} {unit}", value <= most

    def moved(figure: str) -> float:
        return median(found, many, "ours", figure) / median(found, some, "ours", figure)

    yield from at_most(
        f"CPU per delivery at {plan.pages[1]}: 1/12 of the tutorials",
        1 / 12,
        lambda: ratio(found, some, "ours", "tutorial", "cpu"),
    )
    yield from at_most(
        f"CPU per delivery at {plan.pages[1]}: 2.5 × bare websockets",
        2.5,
        lambda: ratio(found, some, "ours", "limit", "cpu"),
    )
    yield from at_most(f"CPU per delivery at {plan.pages[2]}: 1.3 × that at {plan.pages[1]}", 1.3, lambda: moved("cpu"))
    yield from at_most(
        f"until all have it at {plan.pages[1]}: 1/6 of the tutorials",
        1 / 6,
        lambda: ratio(found, some, "ours", "tutorial", "p50"),
    )
    yield from at_most(
        f"p95 at {plan.pages[1]}: 2 × p50",
        2,
        lambda: median(found, some, "ours", "p95") / median(found, some, "ours", "p50"),
    )
    yield from at_most(
        f"until all have it at {plan.pages[0]}: 2 × the hub on a bare insert",
        2,
        lambda: ratio(found, few, "ours", "bare", "p50"),
    )
    yield from at_most(
        "a page: 1.6 × the memory of a bare consumer",
        1.6,
        lambda: statistics.median(
            one / other for one, other in zip(found["memory"]["ours"], found["memory"]["consumer"], strict=True)
        ),
    )
    yield from at_most(f"growth after {plan.growth:,} statements: 5 %", 5, lambda: growth(found), "%")
    yield from at_most(
        f"{plan.joining:,} pages in {plan.storm:g} s: p95 0.2 s",
        0.2,
        lambda: median(found, "join", "ours", "storm p95"),
        "s",
    )
    yield from at_most(
        f"{plan.joining:,} pages at once: all in after 2 s", 2, lambda: median(found, "join", "ours", "burst"), "s"
    )
    yield from at_most(
        f"opening {plan.talks[2]:,} statements: 2 × {plan.talks[0]:,}",
        2,
        lambda: opened(found, str(plan.talks[2]), str(plan.talks[0])),
    )
    yield from at_most(
        f"{plan.talks[1]:,} statements on a page: 1/4 of a plain loop", 1 / 4, lambda: opened(found, "whole", "plain")
    )


def growth(found: Found) -> float:
    series = found["growth"]["ours"][0]
    return 100 * (series[-1] / series[0] - 1)


def opened(found: Found, way: str, to: str) -> float:
    return statistics.median(one[way]["again"] / one[to]["again"] for one in found["open"]["ours"])


def whole(found: Found, plan: Any) -> str:
    """Everything that is printed."""
    parts = [speaking(found, count) for count in dict.fromkeys(plan.pages) if f"speak {count}" in found]
    parts += [remembering(found)] if "memory" in found else []
    parts += [growing(found)] if "growth" in found else []
    parts += [joining(found, plan.joining, plan.storm)] if "join" in found else []
    parts += [catching_up(found, *plan.behind)] if "catch-up" in found else []
    parts += [opening(found, plan.talks)] if "open" in found else []
    parts.append(
        "\n".join(f"{'met   ' if met else 'MISSED'}  {what}: {value}" for what, value, met in aims(found, plan))
    )
    return "\n\n".join(parts)
