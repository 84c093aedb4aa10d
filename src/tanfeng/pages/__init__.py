"""Words, sentences, tables, cards and figures in two languages."""
