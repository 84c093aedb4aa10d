"""What is wrong or unlikely in the tables and in files of others."""
