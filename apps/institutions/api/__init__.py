"""Institutions through the API: their own applications, scope and licences with a token; public reading without one.
The same services and policies as the pages; serializers only say what may be sent and what is answered."""
