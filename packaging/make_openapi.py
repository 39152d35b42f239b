"""Write resources/openapi.json from the server's own routes. Run it after changing a route or a message."""

from __future__ import annotations

from hsdesk.city.http.app import OPERATIONS
from hsdesk.city.http.openapi import text
from hsdesk.model.resource import resource_dir

if __name__ == "__main__":
    (resource_dir() / "openapi.json").write_text(text(OPERATIONS), encoding="utf-8")
