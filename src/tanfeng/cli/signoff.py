"""The command `signoff`: the sheet that an edition is signed off on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanfeng.cli import common
from tanfeng.cli.common import Failure, Output, app, emit, tell
from tanfeng.data.names import language
from tanfeng.data.wording import say


@app.command()
def signoff(
    lang: Annotated[str, typer.Option(help="Language of the sheet: zh or en.")] = "zh",
    tests: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JUnit file of the tests; by default build/tests.xml.")
    ] = None,
    out: Output = None,
) -> None:
    """Write the sign-off sheet of the edition, one HTML page for A4: what it is, what was checked, who answers for it.

    Names, dates and signatures stay blank. Exit status 1 if a check is not good; the sheet says which.
    """
    language(lang)
    catalog = common.project()
    from tanfeng.publishing import signoff as form

    found = form.checks(catalog, tests)
    emit(form.sheet(catalog, found, lang), out)
    bad = [one for one in found if one.state == form.BAD]
    for one in bad:
        tell(say("{name}：{result}", "{name}: {result}", name=say(*one.name), result=say(*one.result)))
    if bad:
        raise Failure(say("{count}项检查不合格", "{count} checks are not good", count=len(bad)))
