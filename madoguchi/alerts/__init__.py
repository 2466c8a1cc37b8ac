"""What customers ask to be told of their usage: a month that passes an amount, a first call abroad, a sudden rise."""
