"""What a notebook holds in its hand: targets with their verdicts, a roadmap, a what-if, a figure.

Nothing is computed here: each object knows its region and asks the rooms below. What draws is loaded when it draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tanfeng.data.catalog import Catalog
from tanfeng.data.names import known, language, listed
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.pages import sentences
from tanfeng.pages.page import open_page
from tanfeng.pages.reports import targets
from tanfeng.pages.reports import whatif as whatif_tables
from tanfeng.roadmap import front, gaps, least_cost, levers, registers, wedges, whatif
from tanfeng.targets import intensity, verdict
from tanfeng.targets.rules import Requirement
from tanfeng.targets.verdict import Verdict

if TYPE_CHECKING:
    from tanfeng.pages.charts.style import Chart

ALL = "all"
FIRST_YEAR = 2005  # from which the history stands before a fan


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure as a notebook shows it and as a file.

    Attributes:
        chart: the figure of `tanfeng.pages.charts`.
        html: the figure with its caption and the key of its marks.

    Example:
        >>> import tanfeng as tf
        >>> shown = tf.region("330000").show("outlook", lang="en")
        >>> shown.alt[:34], shown.address[:18]
        ('Line chart of CO2 emissions in Mt,', 'data:image/svg+xml')
    """

    chart: Chart
    html: str

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"

    @property
    def alt(self) -> str:
        """The figure in words, for who cannot see it."""
        return self.chart.alt

    @property
    def address(self) -> str:
        """The figure as a data address, for an `img` of HTML."""
        return self.chart.address

    def save(self, path: str | Path) -> Path:
        """Write the figure as SVG and return the file.

        Example:
            >>> import tempfile
            >>> import tanfeng as tf
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     tf.region("330000").show("outlook").save(Path(folder, "outlook.svg")).name
            'outlook.svg'
        """
        Path(path).write_text(self.chart.svg, encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        return self.html


def figure(catalog: Catalog, region: str, lang: str, chart: Chart, caption: str) -> Picture:
    """Return a drawn figure as a page of the reports shows it, with a caption."""
    texts = {"caption": ("{{ caption }}", "{{ caption }}")}
    page = open_page("notebook", region, lang, texts=texts, start=catalog.root)
    return Picture(chart, page.chart(chart, "caption", {"caption": caption}).data)


@dataclass(frozen=True, eq=False)
class Target:
    """One target with its verdict; `judged` holds everything (see `tanfeng.targets.verdict.Verdict`).

    Example:
        >>> import tanfeng as tf
        >>> tf.region("330000").targets("14FYP")["E02"]
        <Target E02 光伏发电装机容量: met>
    """

    judged: Verdict
    catalog: Catalog

    def __repr__(self) -> str:
        return f"<Target {self.id} {self.name()}: {self.verdict}>"

    @property
    def id(self) -> str:
        """Its number in `data/targets.csv`."""
        return str(self.judged.target["id"])

    @property
    def plan(self) -> str:
        """The plan it belongs to."""
        return str(self.judged.target["plan"])

    @property
    def verdict(self) -> str:
        """`met`, `missed`, `open` (not judged, but there is evidence) or `not_assessable` (no public evidence)."""
        return self.judged.verdict

    @property
    def lean(self) -> str:
        """Where evidence points if nothing decides: `likely_met`, `likely_missed` or `open`; else empty."""
        return self.judged.lean

    @property
    def probability_range(self) -> tuple[float, float] | None:
        """The judged range of the probability that it is met (0 to 1), where there is one."""
        return self.judged.probability_range

    @property
    def probability(self) -> float | None:
        """Probability that it is met (0 to 1), where the outlook gives one."""
        return self.judged.probability

    @property
    def requirement(self) -> Requirement | None:
        """What it asks for in the unit of its indicator; None if its base or scope is not published."""
        return self.judged.required

    @property
    def evidence(self) -> pd.DataFrame:
        """The figures it rests on, as published: indicator, period, published, published_unit, status, role ..."""
        return pd.DataFrame(list(self.judged.evidence), columns=["role", *verdict.KEPT])

    def name(self, lang: str = "zh") -> str:
        """Return its name in a language (`zh` or `en`)."""
        return str(self.judged.target[language(lang)])

    def asks(self, lang: str = "zh") -> str:
        """Return what it asks for as a phrase.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("15FYP")["P05"].asks("en")
            'a reduction of 65% from 2005 to 2030'
        """
        return sentences.target_value(self.catalog, self.judged.target, language(lang))

    def settles(self, lang: str = "zh") -> str:
        """Return which figure would settle it; empty if it is judged or nothing is said of it.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP")["E04"].settles("zh")
            '2025年末海上风电并网容量'
        """
        return sentences.guidance(self.judged, "settles", language(lang))

    def holder(self, lang: str = "zh") -> str:
        """Return the body that holds what would settle it, with the form or document; empty as above.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP")["E04"].holder("zh")[:4]
            '省能源局'
        """
        return sentences.guidance(self.judged, "holder", language(lang))

    def reason(self, lang: str = "zh") -> str:
        """Return why the verdict is what it is, as one sentence.

        Raises:
            ProjectError: if `lang` is neither `zh` nor `en`.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP")["E02"].reason("zh")
            '光伏发电装机容量：2025年6月为5947万千瓦，已超过2025年2762万千瓦的目标，判定为已完成。'
        """
        return sentences.reason(self.catalog, self.judged, language(lang))


class NoSuchTarget(ProjectError, KeyError):
    """No target of the region has the number that was asked for."""

    __str__ = Exception.__str__  # that of KeyError would quote the sentence


def _target(catalog: Catalog, number: str, region: str) -> Target:
    """Return a target of its own: whoever asks may change what it holds."""
    return Target(deepcopy(verdict.judge_target(catalog, number, region)), catalog)


class Targets(Mapping[str, Target]):
    """Targets by number, those of a plan in the order of the table.

    Looking one up reaches every target of the region, whatever its plan: numbers are unique in a region, and what is
    due in 2030 against 2005 (such as P05) stands under the plan `2030`. It is listed and counted there only.

    Example:
        >>> import tanfeng as tf
        >>> found = tf.region("330000").targets("15FYP")
        >>> found["K01"].verdict in {one.verdict for one in found.values()}, found["P05"].plan
        (True, '2030')
    """

    def __init__(self, catalog: Catalog, region: str, about: str, judged: list[Verdict]) -> None:
        self._catalog, self._region, self._about = catalog, region, about
        self._own = {str(one.target["id"]): Target(deepcopy(one), catalog) for one in judged}

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in self.counts().items() if count)
        return f"<Targets {self._about}: {len(self)}; counted: {told or 'none'}>"

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def __getitem__(self, number: str) -> Target:
        if number in self._own:
            return self._own[number]
        try:
            meant = known("target", number, listed(self._catalog, "targets", self._region))
        except ProjectError as error:
            raise NoSuchTarget(str(error)) from error
        return _target(self._catalog, meant, self._region)

    def frame(self, lang: str = "zh") -> pd.DataFrame:
        """Return the targets as a table, as `tanfeng targets --format csv` writes it.

        Returns:
            Columns id, name, indicator, region, field, plan, target (what is asked), variant, verdict, lean,
            probability (0 to 1), probability_range, light, reason, evidence, settles, holder; in the language.

        Raises:
            ProjectError: if `lang` is neither `zh` nor `en`.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP").frame("en").set_index("id").at["E02", "verdict"]
            'met'
        """
        return targets.verdict_export(self._catalog, [one.judged for one in self.values()], language(lang))

    def counts(self) -> pd.Series:
        """Return how many count, by answer (a lean is no verdict): no drafts, stretch values or repetitions.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").targets("14FYP").counts().index[0]
            'met'
        """
        return verdict.counts([one.judged for one in self.values()])


@dataclass(frozen=True, eq=False)
class Roadmap:
    """What can be done in a region: measures, what they take off the outlook, gaps of the targets, least investment.

    Accounts are `direct` and `assessment` (with imported electricity); amounts are Mt CO2, money 10^8 yuan.

    Example:
        >>> import tanfeng as tf
        >>> tf.region("330000").roadmap()
        <Roadmap 330000 浙江省>
    """

    catalog: Catalog
    region: str

    def __repr__(self) -> str:
        return f"<Roadmap {self.region} {self.catalog.label('regions', self.region, 'zh')}>"

    def gaps(self, account: str = ALL) -> pd.DataFrame:
        """Return the gap of every target on CO2 intensity that is not over, before and after the measures.

        Args:
            account: `direct`, `assessment` or `all`.

        Returns:
            Columns target, account, year, limit_mt, reference_mt, saved_mt, remaining_mt, gap_mt, uncovered_mt (Mt CO2;
            below zero: room), p_with (0 to 1) ...: see `tanfeng.roadmap.gaps.gaps`.

        Raises:
            ProjectError: if there is no such account, or the region lacks growth targets, measures or an inventory.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").roadmap().gaps("direct")["target"].tolist()
            ['N03', 'P05']
        """
        return self._of(gaps.gaps(self.catalog, self.region), account)

    def measures(self, field: str = ALL, due: str = ALL) -> pd.DataFrame:
        """Return the register of measures, of a province with those of its cities.

        Args:
            field: a field, or `all`.
            due: `overdue`, `soon` or `all`.

        Returns:
            Columns id, zh, en, field, state, due, target_id, bodies_zh, evidence ...: see
            `tanfeng.roadmap.registers.measures`.

        Raises:
            ProjectError: if there is no such field or list, or the region has no measures.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").roadmap().measures(due="soon")["due"].unique().tolist()
            ['soon']
        """
        chosen = None if field == ALL else known("field", field, listed(self.catalog, "fields"))
        chosen_due = None if due == ALL else known("due date", due, (*registers.DUE, ALL))
        return registers.measures(self.catalog, self.region, chosen, chosen_due)

    def wedges(self, account: str = "direct") -> pd.DataFrame:
        """Return what each counted measure takes off the reference by year, as `tanfeng roadmap` writes it.

        Returns:
            Columns measure (`reference` and `remaining` too), year, co2_mt, lo80, hi80 (Mt CO2).

        Raises:
            ProjectError: if there is no such account, or the region has no measures or no inventory.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").roadmap().wedges()["measure"].iloc[0]
            'reference'
        """
        return wedges.table(self.catalog, self.region, self._account(account))

    def least_cost(self, account: str = ALL) -> pd.DataFrame:
        """Return what each target costs at least, or by how much it is out of reach.

        Args:
            account: `direct`, `assessment` or `all`.

        Returns:
            Columns target, account, needed_mt, feasible, missed_mt (Mt CO2), cost, cost_low, cost_high (10^8 yuan)
            ...: see `tanfeng.roadmap.least_cost.answers`.

        Raises:
            ProjectError: as `gaps`, or if no measure has a published cost.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").roadmap().least_cost("direct")["feasible"].tolist()
            [True, True]
        """
        return self._of(least_cost.answers(self.catalog, self.region), account)

    def front(self, account: str = "direct") -> pd.DataFrame:
        """Return the ways to choose from, cheapest first, as `tanfeng roadmap --front` writes them.

        Returns:
            Columns point, cost (10^8 yuan), emissions_mt (Mt CO2), dependence_twh (sums over the years), economy,
            security, emissions (percent), residents (yuan a head), sources.

        Raises:
            ProjectError: as `least_cost`.

        Example:
            >>> import tanfeng as tf
            >>> bool(tf.region("330000").roadmap().front()["cost"].is_monotonic_increasing)
            True
        """
        catalog, code, account = self.catalog, self.region, self._account(account)
        own = least_cost.options(catalog, code, account)
        return front.scores(catalog, code, own, least_cost.front(catalog, code, account, steps=5))

    def _account(self, account: str) -> str:
        return known("account", account, intensity.ACCOUNTS)

    def _of(self, rows: pd.DataFrame, account: str) -> pd.DataFrame:
        chosen = rows["account"] == (account if account == ALL else self._account(account))
        return rows[chosen | (account == ALL)].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What a setting gives, beside the reference.

    Attributes:
        catalog: the tables.
        reference: the answer with nothing set (see `tanfeng.roadmap.whatif.Answer`).
        answer: the answer to the setting: `fan`, `peak`, `p_no_peak`, `targets`, `measures`.

    Example:
        >>> import tanfeng as tf
        >>> found = tf.region("330000").whatif(gdp_growth=5.5)
        >>> found.answer.peaked_by(2030) < found.reference.peaked_by(2030)
        True
    """

    catalog: Catalog
    reference: whatif.Answer
    answer: whatif.Answer

    def __repr__(self) -> str:
        return f"<WhatIf {self.answer.setting.region}: {self.sentence('en')}>"

    def frame(self) -> pd.DataFrame:
        """Return reference and setting side by side, as `tanfeng whatif --format csv` writes them.

        Returns:
            Columns item (`co2_mt`, `p_peaked_by`, `p_no_peak`, `reduction_pct`, `p_reached`), target, account, year,
            unit (`Mt CO2`, `%`), reference, setting, their lo80 and hi80, verdicts, difference.

        Example:
            >>> import tanfeng as tf
            >>> rows = tf.region("330000").whatif(gdp_growth=5.5).frame()
            >>> bool((rows.query("item == 'co2_mt' and year == 2030")["difference"] > 0).all())
            True
        """
        return whatif.compared(self.reference, self.answer)

    def sentence(self, lang: str = "zh") -> str:
        """Return the answer as a sentence.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").whatif(gdp_growth=5.5).sentence("en")[:17]
            'With this setting'
        """
        return whatif_tables.sentence(self.catalog, self.reference, self.answer, language(lang))

    def show(self, lang: str = "zh") -> Picture:
        """Return the fan of the setting beside that of the reference, after the history.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").whatif(gdp_growth=5.5).show("en").alt[:18]
            'CO2 emissions (Mt)'
        """
        from tanfeng.pages.charts.fans import fan

        region, caption = self.answer.setting.region, whatif_tables.sentence
        rows = emissions.series(self.catalog, region, "total").set_index("year")["co2_mt"]
        drawn = fan(rows.loc[FIRST_YEAR:], self.reference.fan, self.answer.fan, language(lang))
        return figure(self.catalog, region, lang, drawn, caption(self.catalog, self.reference, self.answer, lang))

    def save(self, name: str) -> Path:
        """Save the setting as `data/scenarios/NAME.yaml`, which the report on the peak lists, and return the file.

        Raises:
            ProjectError: if the name is taken or no name, or nothing is set.

        Example:
            >>> import tanfeng as tf
            >>> tf.region("330000").whatif().save("nothing")
            Traceback (most recent call last):
            tanfeng.data.project.ProjectError: nothing is set: there is no scenario to save
        """
        return levers.save(self.catalog, self.answer.setting, name)
