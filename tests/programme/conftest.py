"""People and the city for tests of the programme."""

from tests.people import body, city_folder, city_made, person

__all__ = ["body", "city_folder", "city_made", "person"]
