"""Bills as customers see them: their lines in words, as a page and as a qualified invoice, and what became of them."""
