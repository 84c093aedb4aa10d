"""Measures, what they bring, and what they leave open."""
