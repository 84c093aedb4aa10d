"""Figures: one style, drawn as SVG; history solid, estimates dotted with hollow points, forecasts as a fan.

`style` holds the style and what several figures share; each other module draws the figures of one subject.
"""
