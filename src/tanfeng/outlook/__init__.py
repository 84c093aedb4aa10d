"""What is likely: emissions with intervals, peaks and scenarios."""
