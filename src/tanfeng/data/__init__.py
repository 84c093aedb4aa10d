"""Reading the tables: the folder, the catalogue, checks of form, links, units and periods."""
