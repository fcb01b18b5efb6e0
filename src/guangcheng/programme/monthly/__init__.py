"""The monthly report (指标月报): frozen with its files, corrected by a new version, its receipt by both recipients."""
