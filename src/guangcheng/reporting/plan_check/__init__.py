"""Hold a fibre plan that somebody sent against itself: read from its files alone, every fibre traced again."""
