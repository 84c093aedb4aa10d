"""What the tables say, with unit, status and source."""
