"""Tanfeng (碳峰): reproducible, honest tracking of a Chinese province's road to the carbon peak."""

__version__ = "0.1.0"
