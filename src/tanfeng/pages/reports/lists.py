"""Key figures of the report on the three registers: how many measures, what is expected, due, flagged and broken."""

from __future__ import annotations

import pandas as pd

from tanfeng.data.cache import cached
from tanfeng.data.catalog import Catalog
from tanfeng.pages.rows import figure, frame
from tanfeng.roadmap import effects
from tanfeng.roadmap import registers as lists


@cached
def registers(catalog: Catalog, region: str) -> pd.DataFrame:
    """Return the counts of the three registers of a region, in the order of the page.

    Example:
        >>> from tanfeng.data.catalog import open_catalog
        >>> int(registers(open_catalog(), "330000").set_index("id").at["measures", "value"])
        117
    """
    rows, expected = lists.measures(catalog, region), effects.expected(catalog, region)
    left = expected[expected["reason"] == ""]
    flagged, due = lists.flagged(catalog, region), rows["due"].value_counts()
    duties = lists.responsibilities(catalog, region).query("role == @lists.RESPONSIBLE")
    counts = {
        "targets": len(lists.targets(catalog, region)),
        "measures": len(rows),
        "linked": int((rows["target_id"] != "").sum()),
        "computed": len(left),
        "raising": int((left["direct_mt_central"] > 0).sum()),
        "passed": int((expected["reason"] == "target_passed").sum()),
        "contained": int((expected["reason"] == "contained").sum()),
        **{state: int((rows["state"] == state).sum()) for state in lists.STATES},
        **{which: int(due.get(which, 0)) for which in lists.DUE},
        "flagged": len(flagged),
        "flagged_effect": int(flagged["id"].isin(left["id"]).sum()),
        "with_duty": duties["measure_id"].nunique(),
        "without_body": int((rows["role"] == lists.NOT_NAMED).sum()),
        "dangling": len(lists.dangling(catalog)),
    }
    units = {"targets": "targets", "dangling": "findings"}
    return frame(
        figure(name, value, units.get(name, "measures"), catalog.as_of_year, "reported")
        for name, value in counts.items()
    )
