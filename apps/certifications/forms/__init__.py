"""Plain forms of the registry, by audience. Rules live in services; a form only turns text into values."""
