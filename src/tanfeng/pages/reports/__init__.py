"""One module a report: its key figures, tables and texts."""
