"""Earlier plans and earlier outlooks, held against what came."""
