"""The REST API: base class, bodies, schemas, the OpenAPI document."""
