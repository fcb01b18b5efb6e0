"""From street lines, premises and prices to a graph a cable can be laid in, and the cheapest routes in it."""
