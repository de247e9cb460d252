"""Nominal gain with group gain in NumPy: the yardstick of `cargo xtask bench`.

Prints a line for each size: the members, and nanoseconds a member (the best of
several runs). Floats have 53 bits: the cents can differ from the exact ones.
"""

import time

import numpy


def share(q, at_risk_cents, died):
    """The credits in cents: they sum to what the dead leave."""
    pot = int(at_risk_cents[died].sum())
    weights = q / (1.0 - q) * at_risk_cents
    weights[died] = 0.0
    exact = weights * (pot / weights.sum())
    credits = numpy.floor(exact)
    left = pot - int(credits.sum())
    if left > 0:
        largest = numpy.argpartition(credits - exact, left)[:left]
        credits[largest] += 1
    credits = credits.astype(numpy.int64)
    assert int(credits.sum()) == pot
    return credits


def main():
    random = numpy.random.default_rng(1)
    for members in (1_000, 10_000, 100_000, 1_000_000):
        q = random.uniform(0.0005, 0.05, members)
        at_risk_cents = numpy.exp(random.normal(numpy.log(5_000_000), 1.0, members)).astype(numpy.int64)
        died = random.uniform(size=members) < q
        best = None
        for _ in range(max(2_000_000 // members, 3)):
            start = time.perf_counter_ns()
            share(q, at_risk_cents, died)
            elapsed = time.perf_counter_ns() - start
            best = elapsed if best is None else min(best, elapsed)
        print(f"{members} {best / members:.1f}")


main()
