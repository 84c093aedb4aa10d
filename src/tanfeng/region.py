"""A region as an analyst asks it: the object behind `tanfeng.region`.

Nothing is computed here: every method looks its names up and asks the rooms below, which are loaded when they are
needed. A name that is not known is a `ProjectError` of one sentence: what there is, and the nearest name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanfeng.data.names import known, language, listed
from tanfeng.data.project import SHIPPED, ProjectError

if TYPE_CHECKING:
    import pandas as pd

    from tanfeng.data.catalog import Catalog
    from tanfeng.outlook.scenarios import Scenario
    from tanfeng.pages.charts.style import Chart
    from tanfeng.pages.objects import Picture, Roadmap, Targets, WhatIf
    from tanfeng.pages.whatif_panel import Panel
    from tanfeng.roadmap.levers import Setting

ALL, TOTAL, DIRECT = "all", "total", "direct"
PARTS = {"field": [], "subsector": ["subsector"], "fuel_group": ["fuel_group"], "detail": ["subsector", "fuel_group"]}
EMITTED = ["co2_mt", "status", "source_id"]
PUBLISHED = ["period", "value", "unit", "bound", "status", "grade", "source_id", "published", "published_unit"]
FAN = ["year", "field", "co2_mt", "lo80", "hi80", "lo95", "hi95", "status"]
ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


def _catalog(start: str | Path | None) -> Catalog:
    from tanfeng.data.catalog import open_catalog

    return open_catalog(Path(start) if start else None)


def _administrative(catalog: Catalog) -> pd.DataFrame:
    rows = catalog.read("regions")
    return rows[rows["level"] != "grid"]


def _short(name: str) -> str:
    return next((name.removesuffix(one) for one in ENDINGS if name.endswith(one)), name)


def region(name: str | int, start: str | Path | None = None) -> Region:
    """Return a province, a city or the country.

    Args:
        name: GB/T 2260 code (`"330000"` or `330000`), or its name: `"浙江"`, `"浙江省"`, `"Zhejiang"`, `"杭州"`.
        start: a folder of the project; by default the one that `TANFENG_ROOT` names or the current one, and where that
            is no project the tables that came with the package.

    Raises:
        ProjectError: if there is no such region (it names the nearest one), or no project in a folder that is named.

    Example:
        >>> import tanfeng as tf
        >>> tf.region("浙江")
        <Region 330000 浙江省 Zhejiang>
        >>> tf.region("Hangzhou").code, tf.region(320000).zh
        ('330100', '江苏省')
    """
    catalog = _catalog(start)
    rows = _administrative(catalog)
    names = {one: (_short(zh), zh, en) for one, zh, en in zip(rows["id"], rows["zh"], rows["en"], strict=True)}
    code = known("region", name, names, "; see tf.regions()")
    row = rows.set_index("id").loc[code]
    return Region(code, str(row["zh"]), str(row["en"]), str(row["level"]), str(row["parent"]), catalog)


def regions(start: str | Path | None = None) -> pd.DataFrame:
    """Return the regions of the tables, and what there is of each.

    Args:
        start: a folder of the project, as for `region`.

    Returns:
        Columns id, zh, en, level (`country`, `province`, `city`), parent, inventory (whether it has one by field),
        figures (published figures of indicators), targets (number).

    Raises:
        ProjectError: if there is no project in a folder that is named.

    Example:
        >>> import tanfeng as tf
        >>> tf.regions().set_index("id").loc["330000", ["zh", "level"]].tolist()
        ['浙江省', 'province']
    """
    catalog = _catalog(start)
    counts = {name: catalog.read(name)["region"].value_counts() for name in ("inventory", "observations", "targets")}
    rows = _administrative(catalog)[["id", "zh", "en", "level", "parent"]].reset_index(drop=True)
    rows = rows.assign(inventory=rows["id"].isin(counts["inventory"].index))
    for name, column in (("figures", "observations"), ("targets", "targets")):
        rows[name] = rows["id"].map(counts[column]).fillna(0).astype("int64")
    return rows


@dataclass(frozen=True)
class Region:
    """A region of the tables and what can be asked of it.

    Attributes:
        code: GB/T 2260 code.
        zh, en: its names.
        level: `country`, `province` or `city`.
        parent: code of the region it lies in.
        catalog: the tables (see `tanfeng.data.catalog.Catalog`).

    Example:
        >>> import tanfeng as tf
        >>> p = tf.region("330000")
        >>> p.zh, p.level
        ('浙江省', 'province')
    """

    code: str
    zh: str
    en: str
    level: str
    parent: str
    catalog: Catalog = field(repr=False)

    def __repr__(self) -> str:
        shipped = f", shipped tables of {self.catalog.vintage}" if self.catalog.root == SHIPPED else ""
        return f"<Region {self.code} {self.zh} {self.en}{shipped}>"

    def __str__(self) -> str:
        """Return its name and code."""
        return f"{self.zh} ({self.code})"

    def emissions(self, by: str = TOTAL, account: str = DIRECT) -> pd.DataFrame:
        """Return the CO2 of every year with a figure: published, corrected or estimated (see the status).

        Args:
            by: `total`, `field`, `subsector`, `fuel_group` (of a field) or `detail`; a city has the total only.
            account: `direct` (fuel burnt and the cement process), `indirect` (electricity used, by total or field) or
                `assessment` (direct and imported electricity, total only); accounts are never added.

        Returns:
            Columns year, field, co2_mt (Mt CO2), status, source_id (separated by spaces); subsector and fuel_group
            where they are asked for. Of a city its city inventory, which is not a part of the province's.

        Raises:
            ProjectError: if there is no such level or account, or the region does not have it.

        Example:
            >>> import tanfeng as tf
            >>> rows = tf.region("330000").emissions(by="field")
            >>> rows.columns.tolist()
            ['year', 'field', 'co2_mt', 'status', 'source_id']
        """
        from tanfeng.facts import accounts, emissions

        by = known("level", by, (TOTAL, *PARTS))
        account = known("account", account, accounts.ACCOUNTS)
        if self.level == "city" and account == DIRECT and by == TOTAL:
            return self._city_inventory()
        self._require_inventory()
        if account == DIRECT:
            return emissions.sourced(self.catalog, self.code, by)[["year", "field", *PARTS.get(by, ()), *EMITTED]]
        if by == TOTAL:
            rows = accounts.series(self.catalog, self.code, account).assign(field=TOTAL)
        elif by == "field" and account == "indirect":
            rows = accounts.indirect(self.catalog, self.code)
        else:
            raise ProjectError(f"the {account} account is not broken down by {by}; ask for by='total'")
        if rows.empty:
            raise ProjectError(f"the tables have no {account} account of {self}: its electricity is not in them")
        return rows[["year", "field", *EMITTED]]

    def _city_inventory(self) -> pd.DataFrame:
        from tanfeng.facts import tiers

        rows = tiers.city_inventories(self.catalog, self.parent).query("region == @self.code")
        if rows.empty:
            raise ProjectError(f"the tables have no inventory of {self}")
        return rows.assign(field=TOTAL)[["year", "field", *EMITTED]].reset_index(drop=True)

    def _require_inventory(self) -> None:
        if self.code not in set(self.catalog.read("inventory")["region"]):
            other = f"; its province may: tf.region({self.parent!r})" if self.level == "city" else "; see tf.regions()"
            raise ProjectError(f"data/inventory.csv has no emissions by field of {self}{other}")

    def indicators(self) -> pd.DataFrame:
        """Return the indicators with a figure in the region, to be asked one by one with `indicator`.

        Returns:
            Columns indicator (its id), zh, en, field, unit, kind, scope, first_year, last_year, figures (number),
            best_status, grades, sources ...: see `tanfeng.facts.coverage.by_indicator`.

        Raises:
            ProjectError: if the region has no figure at all.

        Example:
            >>> import tanfeng as tf
            >>> "pv_capacity" in set(tf.region("330000").indicators()["indicator"])
            True
        """
        from tanfeng.facts import coverage

        self._require_figures("")
        rows = coverage.by_indicator(self.catalog, self.code)
        return rows[rows["figures"] > 0]

    def indicator(self, name: str) -> pd.DataFrame:
        """Return the published figures of an indicator, oldest first, one a period.

        Args:
            name: its id (see `indicators`) or its name, if no other indicator has that.

        Returns:
            Columns indicator, period (`2024`, `2025-06`, `2020/2024` of a change), value, unit (those of the
            indicator), bound (`exact`, `at_least` ...), status, grade, source_id, published and published_unit (as the
            source has them), note_zh, note_en.

        Raises:
            ProjectError: if there is no such indicator, or no figure of it in the region.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").indicator("pv_capacity")["published_unit"].iloc[-1]
            '10^4 kW'
        """
        return self._observations(name)[["indicator", *PUBLISHED, "note_zh", "note_en"]]

    def _observations(self, name: str) -> pd.DataFrame:
        from tanfeng.facts import observations

        chosen = known("indicator", name, listed(self.catalog, "indicators"), "; see Region.indicators()")
        self._require_figures(chosen)
        return observations.observations(self.catalog, chosen, self.code)

    def _require_figures(self, indicator: str) -> None:
        rows = self.catalog.read("observations")
        rows = rows[(rows["region"] == self.code) & ((rows["indicator"] == indicator) | (indicator == ""))]
        if rows.empty:
            what = (
                f"{indicator} ({self.catalog.label('indicators', indicator, 'zh')})" if indicator else "any indicator"
            )
            raise ProjectError(f"data/observations.csv has no figure of {what} in {self}")

    def outlook(self, field: str = TOTAL, until: int = 2035, **levers: float) -> pd.DataFrame:
        """Return history and outlook of a field with intervals; without levers it is that of every page.

        Args:
            field: a field with emissions, `total`, or `all` for every one.
            until: last year, at most 2035; the figures of a year do not depend on it.
            **levers: what is different from the course of things, such as `gdp_growth=5.5` (see `levers`).

        Returns:
            Columns year, field, co2_mt, lo80, hi80, lo95, hi95 (Mt CO2; no interval of the past), status.

        Raises:
            ProjectError: if there is no such field or lever, a value or year is out of range, or the region has no
                inventory.

        Example:
            >>> import tanfeng as tf
            >>> rows = tf.region("330000").outlook("transport", until=2030, gdp_growth=5.5)
            >>> int(rows["year"].iloc[-1]), rows["status"].iloc[-1]
            (2030, 'forecast')
        """
        from tanfeng.outlook import paths

        chosen = self._field(field, ALL)
        self._require_inventory()
        rows = paths.fields(self.catalog, self.code, scenario=self._scenario(levers))
        first = int(rows.loc[rows["status"] == "forecast", "year"].min())
        if until not in range(first, paths.UNTIL + 1):
            raise ProjectError(f"until {until!r}: the outlook of {self} runs from {first} to {paths.UNTIL}")
        rows = rows[(rows["year"] <= until) & ((rows["field"] == chosen) | (chosen == ALL))]
        return rows[FAN].reset_index(drop=True)

    def _field(self, field: str, *more: str) -> str:
        from tanfeng.facts import emissions

        names, emitting = listed(self.catalog, "fields"), (TOTAL, *emissions.emitting_fields(self.catalog))
        return known("field", field, {**{one: names[one] for one in emitting}, **dict.fromkeys(more, ())})

    def peak(self, field: str = TOTAL, **levers: float) -> pd.DataFrame:
        """Return the probability that emissions have peaked, by year; never a single peak year.

        Args:
            field: a field with emissions, `total`, or `all` for every one.
            **levers: as `outlook`.

        Returns:
            Columns field, year, p_peaked_by (0 to 1; the first year is the last known one: already peaked), p_no_peak
            (none until 2035), trend (`rising`, `falling`, `plateau`), maximum_year (of the past).

        Raises:
            ProjectError: as `outlook`.

        Example:
            >>> import tanfeng as tf
            >>> bool(tf.region("330000").peak()["p_peaked_by"].is_monotonic_increasing)
            True
        """
        import pandas as pd

        from tanfeng.facts import emissions
        from tanfeng.outlook import paths

        chosen = self._field(field, ALL)
        self._require_inventory()
        names = (TOTAL, *emissions.emitting_fields(self.catalog)) if chosen == ALL else (chosen,)
        scenario = self._scenario(levers)
        parts = [paths.peak(self.catalog, self.code, one, scenario=scenario).assign(field=one) for one in names]
        rows = pd.concat(parts, ignore_index=True)
        return rows[["field", "year", "p_peaked_by", "p_no_peak", "trend", "maximum_year"]]

    @property
    def plan(self) -> str:
        """The Five-Year Plan that verdicts are counted of: the last that is over by the date of the tables.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").plan
            '14FYP'
        """
        from tanfeng.facts import plans

        return plans.closed(self.catalog)

    @property
    def running_plan(self) -> str:
        """The Five-Year Plan that runs in the year of the tables.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").running_plan
            '15FYP'
        """
        from tanfeng.facts import plans

        return plans.current(self.catalog)

    def targets(self, plan: str = ALL, field: str = ALL) -> Targets:
        """Return the targets of the region with their verdicts, by number.

        Args:
            plan: `14FYP`, `15FYP`, `2030` ... (see `data/plans.csv`), or `all`.
            field: a field, or `all`.

        Returns:
            A mapping from number to target (`verdict`, `probability`, `reason("zh")`, `evidence`, `requirement`), with
            `frame()` and `counts()`.

        Raises:
            ProjectError: if there is no such plan or field, or the region has no target of the plan.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP")["E02"].verdict
            'met'
        """
        from tanfeng.pages.objects import Targets
        from tanfeng.targets.verdict import judge

        names = {"plan": listed(self.catalog, "plans"), "field": listed(self.catalog, "fields")}
        chosen = known("plan", plan, {**names["plan"], ALL: ()})
        own = known("field", field, {**names["field"], ALL: ()})
        given = [None if one == ALL else one for one in (chosen, own)]
        about = " ".join([self.code, *(one for one in given if one)])
        return Targets(self.catalog, self.code, about, judge(self.catalog, self.code, *given))

    def sites(self, year: int | None = None) -> pd.DataFrame:
        """Return the key emitters with their emissions, the largest first.

        Args:
            year: by default the last with figures of sites, else the year whose state the list describes.

        Returns:
            Columns id, zh, en, city, county, owner, kind, fuel, capacity_mw ... co2_mt (Mt CO2), basis (`supplied`,
            `from_energy`, `from_capacity` ...), status, source_id: see `tanfeng.facts.sites.sites`, where what they
            explain (`parts`, `concentration`) and whom to ask (`chase`) is too.

        Raises:
            ProjectError: if the region has no sites.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("宁波").sites()["id"].iloc[0]
            'beilun'
        """
        from tanfeng.facts import sites

        return sites.sites(self.catalog, self.code, year)

    def roadmap(self) -> Roadmap:
        """Return what can be done: `gaps()`, `measures()`, `wedges()`, `least_cost()`, `front()`.

        Each of them says what is missing where the region does not have it.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").roadmap().gaps()["account"].unique().tolist()
            ['direct', 'assessment']
        """
        from tanfeng.pages.objects import Roadmap

        return Roadmap(self.catalog, self.code)

    def league(
        self,
        by: str = "",
        level: str = "",
        first: int | None = None,
        last: int | None = None,
        field: str = TOTAL,
        lang: str = "zh",
    ) -> pd.DataFrame:
        """Return where regions stand, the lowest first, as `tanfeng league --format csv` writes it.

        Args:
            by: `intensity` (default of provinces), `co2` (of cities), `per_head`, `per_gdp` ...
            level: `province`, or `city` for the cities of the province; by default that of the region.
            first: first year; that of the measure by default.
            last: last year; that of the measure by default.
            field: a field with emissions, or `total`.
            lang: language of the names.

        Returns:
            Columns region, name, measure, field, first_year, last_year, value, unit, rank, rank_lo80, rank_hi80, place,
            tied, moved, doubt ...: see `tanfeng.facts.league.standings`.

        Raises:
            ProjectError: if there is no such measure, level or field, or fewer than two regions have a figure.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").league(by="intensity")["rank"].tolist()[:3]
            [1, 2, 3]
        """
        from tanfeng.pages.reports import league

        return league.export(self.catalog, self._league(by, level, first, last, field), language(lang))

    def compare(self, *others: str | int) -> pd.DataFrame:
        """Return what the region and others were asked and did, as `tanfeng compare --format csv` writes it.

        Args:
            others: regions by code or name; by default those of `data/settings.yaml` that have targets.

        Returns:
            A row a target: field, indicator, scope, target_year, differs (empty where at least two are compared),
            region, target_value, unit, answer, verdict, published ...: see `tanfeng.targets.comparison.compare`.

        Raises:
            ProjectError: if a region has no target.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("浙江").compare("江苏").query("indicator == 'pv_capacity'")["answer"].tolist()
            ['met', 'met']
        """
        from tanfeng.targets import comparison

        named = [region(one, self.catalog.root).code for one in others]
        return comparison.compare(self.catalog, comparison.beside(self.catalog, self.code, named))

    def _league(self, by: str, level: str, first: int | None, last: int | None, field: str) -> Any:
        from tanfeng.facts import league

        levels = dict.fromkeys(one.level for one in league.MEASURES)
        own = known("level", level or ("city" if self.level == "city" else "province"), list(levels))
        measures = [one.id for one in league.MEASURES if one.level == own]
        by = known("measure", by or ("co2" if own == "city" else "intensity"), measures)
        province = self.parent if self.level == "city" else self.code
        return league.standings(self.catalog, by, own, province, first, last, self._field(field))

    def levers(self) -> pd.DataFrame:
        """Return what may be set in `whatif`, `outlook` and `peak`.

        Returns:
            Columns id, zh, en, low, high, default (missing where there is no single one), unit, source_id.

        Raises:
            ProjectError: if the region has none.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").levers()["id"].iloc[0]
            'gdp_growth'
        """
        import pandas as pd

        from tanfeng.roadmap import levers

        rows = [vars(one) for one in levers.levers(self.catalog, self.code).values()]
        return pd.DataFrame(rows)[["id", "zh", "en", "low", "high", "default", "unit", "source_id"]]

    def whatif(self, measures: str | Iterable[str] = (), **levers: float) -> WhatIf:
        """Return what a setting gives, beside the reference; no verdict on a target changes.

        Args:
            measures: numbers of measures that are on, or `all`.
            **levers: values of levers, such as `gdp_growth=5.5` (see `levers`).

        Returns:
            The two answers with `frame()`, `sentence("zh")`, `show()` and `save(name)`.

        Raises:
            ProjectError: if there is no such lever or measure, a value is out of its range, or the region has no
                levers.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").whatif(gdp_growth=5.5).frame()["item"].iloc[0]
            'co2_mt'
        """
        from tanfeng.pages.objects import WhatIf
        from tanfeng.roadmap import whatif

        chosen = self._setting(levers, [measures] if isinstance(measures, str) else list(measures))
        both = [deepcopy(whatif.answer(self.catalog, one)) for one in (self._setting({}), chosen)]
        return WhatIf(self.catalog, *both)

    def _setting(self, values: dict[str, float], measures: list[str] | None = None) -> Setting:
        from tanfeng.roadmap import levers

        names = {one.id: (one.zh, one.en) for one in levers.levers(self.catalog, self.code).values()}
        given = {known("lever", name, names): _number(name, value) for name, value in values.items()}
        counted = levers.measures_of(self.catalog, self.code) if measures else []
        on = counted if measures == [ALL] else [known("counted measure", one, counted) for one in measures or ()]
        return levers.setting(self.catalog, self.code, given, on)

    def _scenario(self, values: dict[str, float]) -> Scenario:
        from tanfeng.outlook.scenarios import BASELINE

        if not values:
            return BASELINE
        from tanfeng.roadmap import levers

        return levers.scenario(self.catalog, self._setting(values))

    def whatif_panel(self, lang: str = "zh") -> Panel:
        """Return the what-if as controls for JupyterLab; show its `box`.

        Returns:
            The panel (see `tanfeng.pages.whatif_panel.Panel`): `box`, `said`, `setting`, `set(...)`, `save(name)`.

        Raises:
            ProjectError: if the region has no levers.

        Example:
            >>> import tanfeng as tf
            >>> panel = tf.region("330000").whatif_panel("en")
            >>> panel.said[:18]
            'As the series runs'
        """
        from tanfeng.pages.page import open_page
        from tanfeng.pages.whatif_panel import Panel

        return Panel(open_page("whatif", self.code, language(lang), start=self.catalog.root))

    def show(self, what: str = "outlook", lang: str = "zh", **given: Any) -> Picture:
        """Return a figure for the notebook, as the pages draw it.

        Args:
            what: `emissions`, `outlook` (`field`, `until`, levers), `peak` (levers), `indicator` (`name`),
                `indicators` (the four), `targets` (`plan`), `roadmap`, `league` (`by`, `level`) or `whatif`
                (`measures`, levers).
            lang: language of the figure.
            **given: what it is about, as named in brackets above.

        Raises:
            ProjectError: if there is no such figure, or as the method of that name.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").show("outlook", field="energy", lang="en").alt[:34]
            'Line chart of CO2 emissions in Mt,'
        """
        from tanfeng.pages import objects

        what, lang = known("figure", what, [*DRAWN, "whatif"]), language(lang)
        if what == "whatif":
            return self.whatif(**given).show(lang)
        draw = DRAWN[what]
        names = [name for name, one in inspect.signature(draw).parameters.items() if one.kind is one.KEYWORD_ONLY]
        if not any(one.kind is one.VAR_KEYWORD for one in inspect.signature(draw).parameters.values()):
            given = {known(f"{what} option", name, names): value for name, value in given.items()}
        chart, caption = draw(self, lang, **given)
        mark = "：" if lang == "zh" else ": "
        return objects.figure(self.catalog, self.code, lang, chart, getattr(self, lang) + mark + caption)


def _number(name: str, value: object) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise ProjectError(f"{name}={value!r}: expected a number") from error


def _emissions(place: Region, lang: str) -> tuple[Chart, str]:
    from tanfeng.pages.charts import league as league_charts
    from tanfeng.pages.charts import structure as structure_charts

    caption = {"zh": "二氧化碳排放", "en": "CO2 emissions"}[lang]
    if place.level == "city":
        place.emissions()
        return league_charts.city_inventories(place.catalog, place.code, lang), caption
    place.emissions(by="field")
    return structure_charts.by_field(place.catalog, place.code, lang), caption


def _outlook(place: Region, lang: str, *, field: str = TOTAL, until: int = 2035, **levers: float) -> tuple[Chart, str]:
    from tanfeng.outlook import projection
    from tanfeng.pages.charts import outlooks as outlooks_charts

    chosen = place._field(field)
    rows, told = place.outlook(chosen, until, **levers), projection.last_told(place.catalog, place.code, chosen)
    name = place.catalog.label("fields", chosen, lang)
    caption = {"zh": f"{name}二氧化碳排放的历史与外推", "en": f"{name}, history and outlook of CO2 emissions"}[lang]
    return outlooks_charts.outlook(place.catalog, rows, chosen, lang, told), caption


def _peak(place: Region, lang: str, **levers: float) -> tuple[Chart, str]:
    from tanfeng.pages.charts import peaks as peaks_charts

    if "field" in levers:
        raise ProjectError("the figure of the peak shows the total and every field; leave field out")
    rows = place.peak(ALL, **levers)
    caption = {"zh": "该年及以前已达峰的概率", "en": "probability of having peaked by a year"}[lang]
    return peaks_charts.peak_by_year(place.catalog, rows, lang), caption


def _indicator(place: Region, lang: str, *, name: str = "") -> tuple[Chart, str]:
    from tanfeng.data import periods
    from tanfeng.pages.charts import indicators as indicators_charts

    rows = place._observations(name)
    rows = rows[rows["period_kind"] != periods.UNDATED]
    first = rows.iloc[0]
    targets = place.catalog.read("targets").query("region == @place.code and indicator == @first.indicator")
    targets = targets[targets["direction"].isin(["at_least", "at_most"]) & (targets["unit"] == first["unit"])]
    caption = place.catalog.label("indicators", first["indicator"], lang)
    return indicators_charts.indicator(place.catalog, rows, targets, f"{caption} ({first['unit']})", lang), caption


def _indicators(place: Region, lang: str) -> tuple[Chart, str]:
    from tanfeng.facts import indicators
    from tanfeng.pages.charts import indicators as indicators_charts

    place._require_inventory()
    place._require_figures("energy_consumption")
    caption = {"zh": "四个指标", "en": "the four indicators"}[lang]
    return indicators_charts.four_indicators(
        place.catalog, indicators.four_indicators(place.catalog, place.code), lang
    ), caption


def _targets(place: Region, lang: str, *, plan: str = ALL, field: str = ALL) -> tuple[Chart, str]:
    from tanfeng.pages.charts import verdicts as verdicts_charts
    from tanfeng.targets.verdict import counts_by_field

    judged = [one.judged for one in place.targets(plan, field).values()]
    caption = {"zh": "各领域目标判定数", "en": "targets by field and verdict"}[lang]
    return verdicts_charts.verdict_counts(place.catalog, counts_by_field(place.catalog, judged), lang), caption


def _roadmap(place: Region, lang: str) -> tuple[Chart, str]:
    from tanfeng.pages.charts import roadmap as roadmap_charts
    from tanfeng.roadmap import gaps, wedges

    rows = {account: place.roadmap().wedges(account) for account in wedges.ACCOUNTS}
    limits = {account: gaps.target_paths(place.catalog, place.code, account) for account in wedges.ACCOUNTS}
    caption = {"zh": "措施逐年减排量", "en": "what measures take off by year"}[lang]
    return roadmap_charts.wedge_areas(place.catalog, rows, limits, lang), caption


def _ranks(place: Region, lang: str, *, by: str = "", level: str = "", field: str = TOTAL) -> tuple[Chart, str]:
    from tanfeng.pages.charts import league as league_charts

    found = place._league(by, level, None, None, field)
    caption = {"zh": "名次与80%区间", "en": "ranks with 80% intervals"}[lang]
    return league_charts.rank_intervals(place.catalog, found, place.code, lang), caption


DRAWN: dict[str, Callable[..., tuple[Chart, str]]] = {
    "emissions": _emissions,
    "outlook": _outlook,
    "peak": _peak,
    "indicator": _indicator,
    "indicators": _indicators,
    "targets": _targets,
    "roadmap": _roadmap,
    "league": _ranks,
}
