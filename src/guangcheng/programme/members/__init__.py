"""Member bodies of the leading group: who belongs, their one liaison each, licences; who may act for a unit."""
