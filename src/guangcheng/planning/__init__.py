"""What to build: forecast, routes, PON, sites, radio, cost, phases. Empty until the planning issues fill it."""
