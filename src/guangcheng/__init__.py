"""Guangcheng 光城: from the broadband plan a city signed to the plaque on the wall.

Nine rooms, arrows only downward (docs/architecture.md): ``apps`` → ``programme`` → ``reporting`` | ``planning``
→ ``coverage`` → ``registers`` | ``standards`` → ``store`` → ``base``.
"""

__version__ = "0.1.0"
