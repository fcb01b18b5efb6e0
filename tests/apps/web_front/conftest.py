"""The city and people for days in the browser."""

from tests.people import body, city_folder, city_made, emptied, person, triggers_back

__all__ = ["body", "city_folder", "city_made", "emptied", "person", "triggers_back"]
