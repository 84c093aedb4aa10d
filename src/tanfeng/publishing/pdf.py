"""Pages as PDF, by headless Chromium: A4, and A3 for the wall chart, as the style of the pages asks for."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tanfeng.publishing import publish
from tanfeng.publishing import stale as fingerprint
from tanfeng.publishing.plan import Report
from tanfeng.publishing.stale import STATE

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
OPTIONS = ("--headless=new", "--disable-gpu", "--no-sandbox", "--no-first-run", "--disable-background-networking")
PRINTING = ("--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf")
SECONDS = 120


class NotPrinted(Exception):
    """A page was not printed: the message says which and why."""


def chromium() -> str | None:
    """Return the command of a Chromium on this machine, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def stale(out: Path, reports: list[Report]) -> list[Report]:
    """Return the reports whose page is there and whose PDF is not one of that page."""
    return [report for report in reports if (out / report.page).is_file() and not _printed(out, report)]


def _printed(out: Path, report: Report) -> bool:
    known = _record(out, report)
    return (
        pdf(out, report).is_file() and known.is_file() and known.read_text() == fingerprint.file_hash(out / report.page)
    )


def pdf(out: Path, report: Report) -> Path:
    """Return where the PDF of a page is: beside it."""
    return (out / report.page).with_suffix(".pdf")


def _record(out: Path, report: Report) -> Path:
    return out / STATE / f"{report.name}.pdf.sha256"


def printed(out: Path, reports: list[Report], command: str, slots: int) -> Iterator[Path]:
    """Print pages and yield each PDF as it is there.

    Args:
        out: folder of the pages.
        reports: what to print; their pages are there.
        command: Chromium, see `chromium`.
        slots: how many at a time.

    Raises:
        NotPrinted: if Chromium did not write a PDF.
    """
    with ThreadPoolExecutor(slots) as pool:
        yield from pool.map(lambda report: _print(out, report, command), reports)


def _print(out: Path, report: Report, command: str) -> Path:
    page = out / report.page
    content = page.read_bytes()
    with tempfile.TemporaryDirectory(prefix="tanfeng-pdf-") as folder:
        made = Path(folder, "page.pdf")
        arguments = [*OPTIONS, *PRINTING, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", page.as_uri()]
        try:
            ran = subprocess.run([command, *arguments], capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotPrinted(f"{report.page}: {error}") from error
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            last = ran.stderr.decode(errors="replace").strip().split("\n")[-1]
            raise NotPrinted(f"{report.page}: Chromium wrote no PDF (exit status {ran.returncode}; {last})")
        publish.write(pdf(out, report), made.read_bytes())
    publish.write(_record(out, report), fingerprint.hashed(content).encode())
    return pdf(out, report)
