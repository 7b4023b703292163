"""Times a function, for the Python peers: the protocol of ../measure.mjs, line for line of JSON the same."""

import json
import os
import statistics
import time

QUICK = os.environ.get("BENCH_QUICK") == "1"
THREADS = int(os.environ.get("BENCH_THREADS", "1"))
# With several threads the CPU time counts spinning partners too, so there only the wall can count.
WALL_ONLY = THREADS != 1


def stopwatch():
    """A started clock; called, it gives the seconds that count: a preempted single thread is charged what it used."""
    wall, cpu = time.perf_counter(), time.process_time()

    def spent():
        wall_spent, cpu_spent = time.perf_counter() - wall, time.process_time() - cpu
        return min(wall_spent, cpu_spent) if cpu_spent > 0 and not WALL_ONLY else wall_spent

    return spent


def repeat(run, count):
    spent = stopwatch()
    for _ in range(count):
        run()
    return spent() / count


def measure(run, warm=0.5, total=1.0, min_samples=5):
    """Seconds per call of `run`: warm-up, then samples of at least 12 ms each."""
    if QUICK:
        warm, total = warm / 5, total / 5
    start, last, warm_calls = time.perf_counter(), 0.0, 0
    # A first call may compile; only where it takes ten seconds does it stand for the others.
    while (
        warm_calls == 0
        or time.perf_counter() - start < warm
        or (warm_calls < 2 and last < 10)
    ):
        last = repeat(run, 1)
        warm_calls += 1

    def calls_for(seconds):
        return max(1, int(0.012 / max(seconds, 1e-8)) + 1)

    slow = last > total
    calls = 1 if slow else calls_for(repeat(run, calls_for(last)))
    samples, begin = [last] if slow else [], time.perf_counter()
    while len(samples) < min_samples or time.perf_counter() - begin < total:
        samples.append(repeat(run, calls))
        if (slow or time.perf_counter() - begin > total * 5) and len(samples) >= 2:
            break
    return {"median": statistics.median(samples), "best": min(samples), "samples": len(samples)}


def line(**fields):
    print(json.dumps(fields), flush=True)


def report(metric, measured, items=1, note=None):
    line(
        metric=metric,
        median=measured["median"] / items,
        best=measured["best"] / items,
        samples=measured["samples"],
        **({} if note is None else {"note": note}),
    )


def figure(metric, run, items=1, note=None, **options):
    """Measures and reports; a metric that fails does not stop the others."""
    try:
        report(metric, measure(run, **options), items, note)
    except Exception as error:  # whatever a peer throws is its result
        line(metric=metric, failure=str(error).split("\n")[0][:240])


def about(**facts):
    line(about=facts)


def long_run(prefix, step, steps=None):
    """Median time of a step among the first thousand and among the last, from blocks of fifty."""
    steps = steps or (1600 if QUICK else 20000)
    block = 50
    for _ in range(2):
        repeat(step, block)
    blocks = [repeat(step, block) for _ in range((steps - 2 * block) // block)]
    share = int(min(1000, steps / 4) // block)
    medians = {}
    for name, part in (("first", blocks[:share]), ("last", blocks[-share:])):
        medians[name] = statistics.median(part)
        report(f"{prefix}-{name}", {"median": medians[name], "best": min(part), "samples": len(part)})
    slowdown = medians["last"] / medians["first"]
    report(f"{prefix}-slowdown", {"median": slowdown, "best": slowdown, "samples": 1})
