"""The what-if as controls in JupyterLab: a lever each, measures on and off, and the answer below.

Every move of a control asks `tanfeng.roadmap.whatif` again. Without a browser the panel works as well: `set` and
`switch` move the controls, `shown` gives what stands below them.
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML

from tanfeng.data.catalog import Catalog
from tanfeng.data.project import ProjectError
from tanfeng.facts import emissions
from tanfeng.pages.charts.fans import fan
from tanfeng.pages.page import Page
from tanfeng.pages.reports import whatif as whatif_tables
from tanfeng.roadmap import levers, whatif
from tanfeng.roadmap.levers import Lever, Setting
from tanfeng.roadmap.whatif import Answer

WIDE = ipywidgets.Layout(width="52em")
FIRST_YEAR = 2005
ALONE = ""  # value of a control that leaves its lever alone


class Panel:
    """The controls of a region and the answer to what they are set to.

    Args:
        page: an open page (`tanfeng.pages.page.open_page`); its language is that of the panel.

    Attributes:
        box: what to show in a notebook: controls, buttons and the answer.
        reference: the answer with nothing set.

    Raises:
        ProjectError: if the region has no levers.

    Example:
        >>> from tanfeng.pages.page import open_page
        >>> panel = Panel(open_page("whatif", "330000", "en"))
        >>> panel.set(gdp_growth=5.5)
        >>> panel.setting.given
        (('gdp_growth', 5.5),)
    """

    def __init__(self, page: Page) -> None:
        self.page, self.region, self.lang = page, page.region, page.lang
        self._silent, page.texts = False, {**whatif_tables.TEXTS, **page.texts}
        self.reference = whatif.answer(self.catalog, Setting(self.region))
        known = levers.levers(self.catalog, self.region)
        self.controls = {name: self._control(lever) for name, lever in known.items()}
        self.boxes = {name: self._box(name) for name in levers.measures_of(self.catalog, self.region)}
        whatif.answer(self.catalog, levers.setting(self.catalog, self.region, {}, self.boxes))  # the first one is slow
        self._shown, self._said = ipywidgets.HTML(), ipywidgets.HTML()
        self._name = ipywidgets.Text(placeholder=page.say("name"))
        self.box = ipywidgets.VBox(
            [*self.controls.values(), *self._switches(), self._buttons(), self._said, self._shown]
        )
        for control in (*self.controls.values(), *self.boxes.values()):
            control.observe(self._refresh, names="value")
        self._refresh()

    @property
    def catalog(self) -> Catalog:
        """The tables."""
        return self.page.catalog

    @property
    def setting(self) -> Setting:
        """What the controls are set to."""
        values = {name: control.value for name, control in self.controls.items() if control.value != ALONE}
        on = [name for name, box in self.boxes.items() if box.value]
        return levers.setting(self.catalog, self.region, values, on)

    @property
    def answer(self) -> Answer:
        """The answer to it."""
        return whatif.answer(self.catalog, self.setting)

    def set(self, **values: float | None) -> None:
        """Move controls; None leaves a lever alone.

        Raises:
            ProjectError: if there is no such lever, or a value is outside its range.
        """
        given = {name: value for name, value in values.items() if value is not None}
        levers.setting(self.catalog, self.region, given)
        known = levers.levers(self.catalog, self.region)
        moves = {
            name: ALONE if value is None or value == known[name].default else value for name, value in values.items()
        }
        self._quietly([(self._offering(name, value), value) for name, value in moves.items()])

    def switch(self, *measures: str) -> None:
        """Switch these measures on and all others off.

        Raises:
            ProjectError: if one of them cannot be switched.
        """
        levers.setting(self.catalog, self.region, {}, measures)
        self._quietly([(box, name in measures) for name, box in self.boxes.items()])

    def reset(self) -> None:
        """Set everything back to the reference."""
        controls = [(control, ALONE) for control in self.controls.values()]
        self._quietly([*controls, *((box, False) for box in self.boxes.values())])

    def save(self, name: str) -> str:
        """Save the setting as a scenario and return its file within the project.

        Raises:
            ProjectError: as `tanfeng.roadmap.levers.save`.
        """
        return levers.save(self.catalog, self.setting, name).relative_to(self.catalog.root).as_posix()

    @property
    def said(self) -> str:
        """The answer as a sentence."""
        return whatif_tables.sentence(self.catalog, self.reference, self.answer, self.lang)

    def shown(self, answer: Answer | None = None) -> HTML:
        """Return an answer (that of the controls): sentence, fan, table beside the reference, what to know."""
        found, lang = answer or self.answer, self.lang
        rows = whatif_tables.beside(self.catalog, self.reference, found)
        supposed = whatif_tables.supposed(self.catalog, found.setting, lang)
        table = whatif_tables.COMPARED.table(self.catalog, rows, lang, supposed)
        notes = "".join(f"<p>{escape(note)}</p>" for note in whatif_tables.notes(self.catalog, found, lang))
        said = escape(whatif_tables.sentence(self.catalog, self.reference, found, lang))
        drawn = fan(self._past(), self.reference.fan, found.fan, lang)
        parts = [self.page.chart(drawn, "history").data, self.page.table(table).data, notes]
        return HTML(f'<div class="whatif"><p class="whatif-answer"><strong>{said}</strong></p>{"".join(parts)}</div>')

    def _past(self) -> pd.Series:
        rows = emissions.series(self.catalog, self.region, "total").set_index("year")["co2_mt"]
        return rows.loc[FIRST_YEAR:]

    def _refresh(self, _: Any = None) -> None:
        if not self._silent:
            self._shown.value = self.shown().data

    def _quietly(self, moves: list[tuple[Any, Any]]) -> None:
        """Move several controls and answer once."""
        self._silent = True
        try:
            for control, value in moves:
                control.value = value
        finally:
            self._silent = False
        self._refresh()

    def _offering(self, name: str, value: float | str) -> Any:
        """Return the control of a lever after adding a value that it does not offer yet."""
        control = self.controls[name]
        offered = [one for _, one in control.options]
        if value not in offered:
            lever = levers.levers(self.catalog, self.region)[name]
            control.options = self._options(lever, sorted({value, *(one for one in offered if one != ALONE)}))
        return control

    def _options(self, lever: Lever, values: list[Any]) -> list[tuple[str, float | str]]:
        """Return what a control offers; leaving the lever alone stands where its default does, or first."""
        place = lever.low if lever.default is None else lever.default
        shown = [(whatif_tables.lever_value(self.catalog, lever, one, self.lang), one) for one in values]
        below = sum(one < place for one in values)
        alone = (whatif_tables.untouched_word(self.catalog, lever, self.lang), ALONE)
        return [*shown[:below], alone, *(one for one in shown[below:] if one[1] != lever.default)]

    def _control(self, lever: Lever) -> Any:
        return ipywidgets.SelectionSlider(
            options=self._options(lever, list(lever.choices)),
            value=ALONE,
            description=str(getattr(lever, self.lang)),
            tooltip=str(getattr(lever, f"note_{self.lang}")),
            continuous_update=False,
            style={"description_width": "26em"},
            layout=WIDE,
        )

    def _box(self, measure: str) -> Any:
        name = self.catalog.read("measures").set_index("id").at[measure, self.lang]
        return ipywidgets.Checkbox(description=f"{measure} {name}", indent=False, layout=WIDE)

    def _switches(self) -> list[Any]:
        title = self.page.say("measures")
        return [ipywidgets.HTML(f"<strong>{escape(title)}</strong>"), *self.boxes.values()] if self.boxes else []

    def _buttons(self) -> Any:
        back = ipywidgets.Button(description=self.page.say("back"))
        keep = ipywidgets.Button(description=self.page.say("save"))
        back.on_click(lambda _: self.reset())
        keep.on_click(lambda _: self._keep())
        return ipywidgets.HBox([back, self._name, keep])

    def _keep(self) -> None:
        """Save under the name that was typed, and say so or why not."""
        try:
            said = self.page.say("saved") + self.save(self._name.value)
        except ProjectError as error:
            said = str(error)
        self._said.value = escape(said)
