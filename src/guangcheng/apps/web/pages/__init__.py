"""The pages, one module per room of the programme; each has its ``urlpatterns``."""
