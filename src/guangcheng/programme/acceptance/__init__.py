"""From the self-check to the plaque (达标自查—审核—审定—通报—授牌), demonstration sites, the public list."""
