"""The web door: settings, pages, API, tiles and the server. Rules live in ``programme``; here is only HTTP."""
