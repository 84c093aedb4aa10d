"""What plans ask for and whether it is met."""
