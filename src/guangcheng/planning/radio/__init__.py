"""How far the radio carries: path loss of TR 38.901, antennas, RSRP maps, reach of key places, exposure limits."""
