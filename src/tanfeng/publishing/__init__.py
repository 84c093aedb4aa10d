"""Reports: which there are, what makes them out of date, running, rendering and publishing them."""
