"""How a quantity moves against GDP: elasticity and the eight states of Tapio, on plain numbers.

Source: Tapio, P. (2005), Towards a theory of decoupling, Transport Policy 12:137-151.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tanfeng.data.project import ProjectError

COUPLED = (0.8, 1.2)
UNDEFINED = "undefined"


@dataclass(frozen=True)
class Decoupling:
    """How a quantity moved against GDP.

    Attributes:
        quantity: relative change of the quantity (0.1 is plus 10 %).
        gdp: relative change of GDP at constant prices.
        elasticity: the first over the second; None where GDP did not change.
        state: one of the eight states of Tapio, or `undefined` where GDP did not change.
    """

    quantity: float
    gdp: float
    elasticity: float | None
    state: str


def tapio(quantity: tuple[float, float], gdp: tuple[float, float]) -> Decoupling:
    """Return the decoupling state of a quantity against GDP between two years.

    GDP up: `strong` below an elasticity of 0, `weak` below 0.8, `expansive_coupling` to 1.2, above it
    `expansive_negative`.
    GDP down: `strong_negative` below 0, `weak_negative` below 0.8, `recessive_coupling` to 1.2, `recessive` above.

    A quantity that did not change has the elasticity 0. Without a change of GDP there is no elasticity and no state.

    Args:
        quantity: energy or emissions of the first and the last year, above zero.
        gdp: GDP at constant prices of the same years, above zero.

    Raises:
        ProjectError: if a figure is missing, infinite, zero or negative.

    Source: Tapio (2005), with its limits of 0.8 and 1.2.

    Example:
        >>> tapio((100.0, 110.0), (100.0, 150.0))
        Decoupling(quantity=0.1, gdp=0.5, elasticity=0.2, state='weak')
    """
    figures = np.array([*quantity, *gdp], dtype="float64")
    if not (np.isfinite(figures) & (figures > 0)).all():
        raise ProjectError(f"decoupling needs two figures of each above zero; found {quantity} and {gdp}")
    changes = [float((last - first) / first) for first, last in (quantity, gdp)]
    if changes[1] == 0:
        return Decoupling(changes[0], 0.0, None, UNDEFINED)
    elasticity = round(changes[0] / changes[1], 12)  # 8 % over 10 % is 0.8, not a hair below
    return Decoupling(changes[0], changes[1], elasticity, _tapio_state(elasticity, changes[1] > 0))


def _tapio_state(elasticity: float, growing: bool) -> str:
    if elasticity < 0:
        return "strong" if growing else "strong_negative"
    if elasticity < COUPLED[0]:
        return "weak" if growing else "weak_negative"
    if elasticity <= COUPLED[1]:
        return "expansive_coupling" if growing else "recessive_coupling"
    return "expansive_negative" if growing else "recessive"
