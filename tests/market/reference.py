"""The Match by brute force, in plain Python: every definition again, straight from the text."""

import random
from itertools import product


def random_market(seed, people=6, programs=4, couples=2, choices=6):
    """A market document with ids; some lists are one-sided, as in life."""
    rng = random.Random(seed)
    names = [f"a{n}" for n in range(people)]
    places = [f"p{n}" for n in range(programs)]
    couples = min(couples, people // 2)
    members = [names[2 * n : 2 * n + 2] for n in range(couples)]

    def some(of, least=1):
        return rng.sample(of, rng.randint(min(least, len(of)), len(of)))

    pairs = [(p, q) for p in [*places, None] for q in [*places, None] if p or q]
    return {
        "programs": [
            {
                "id": p,
                "quota": rng.randint(0 if rng.random() < 0.1 else 1, 2),
                "ranks": some(names, people - 2),
            }
            for p in places
        ],
        "applicants": [{"id": a, "ranks": some(places)} for a in names[2 * couples :]],
        "couples": [
            {
                "members": pair,
                "ranks": [
                    list(c) for c in rng.sample(pairs, min(len(pairs), rng.randint(1, choices)))
                ],
            }
            for pair in members
        ],
    }


class Reference:
    """Units (singles and couples) with lists of assignments; a matching gives every unit one, or nothing."""

    def __init__(self, market):
        self.lists = {p["id"]: p["ranks"] for p in market["programs"]}
        self.quota = {p["id"]: p["quota"] for p in market["programs"]}
        couples = market.get("couples", [])
        coupled = {a for c in couples for a in c["members"]}
        self.units = [
            ((a["id"],), [(p,) for p in a["ranks"]])
            for a in market["applicants"]
            if a["id"] not in coupled
        ]
        self.units += [(tuple(c["members"]), [tuple(r) for r in c["ranks"]]) for c in couples]
        self.units = [(who, self._possible(who, wanted)) for who, wanted in self.units]

    def _possible(self, who, wanted):
        kept = []
        for choice in wanted:
            if not any(choice):
                break
            if all(p is None or a in self.lists[p] for a, p in zip(who, choice, strict=True)):
                kept.append(choice)
        return kept

    def chooses(self, p, group):
        return sorted(group, key=self.lists[p].index)[: self.quota[p]]

    def blocks(self, matches, leaving_counts=True):
        """Who blocks; with ``leaving_counts=False`` a seat that a couple's own member leaves is free."""
        found = []
        for who, wanted in self.units:
            now = tuple(matches[a] for a in who)
            for choice in wanted[: wanted.index(now)] if now in wanted else wanted:
                asks = {
                    p: {a for a, q in zip(who, choice, strict=True) if q == p} for p in choice if p
                }
                gone = set() if leaving_counts else set(who)
                held = {p: {a for a, q in matches.items() if q == p} - gone for p in asks}
                if all(asks[p] <= set(self.chooses(p, held[p] | asks[p])) for p in asks):
                    found.append((who, choice))
        return found

    def feasible(self, matches):
        full = all(sum(q == p for q in matches.values()) <= n for p, n in self.quota.items())
        nothing = {who: (None,) * len(who) for who, _ in self.units}
        return full and all(
            tuple(matches[a] for a in who) in [*wanted, nothing[who]] for who, wanted in self.units
        )

    def matchings(self):
        for picks in product(*([*wanted, (None,) * len(who)] for who, wanted in self.units)):
            matches = {
                a: p
                for (who, _), pick in zip(self.units, picks, strict=True)
                for a, p in zip(who, pick, strict=True)
            }
            if self.feasible(matches):
                yield matches

    def stable(self, leaving_counts=True):
        return [m for m in self.matchings() if not self.blocks(m, leaving_counts)]
