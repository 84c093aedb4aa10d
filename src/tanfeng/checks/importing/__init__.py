"""Files of others: CEADs workbooks, energy balances, monthly and tidy tables, read into our tables.

Nothing is guessed: what does not fit is a finding with sheet and cell. `intake` reads a file, `levels` compares
it with what is known, `local` puts the rows into `data/local/`.
"""
