"""How many there will be: diffusion curves, statistical baselines, back-tests, intervals, what a target implies."""
