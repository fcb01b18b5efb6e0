"""The registers desk: files handed in, checked, mended and committed as snapshots; findings looked at."""
