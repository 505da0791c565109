"""SQLite as Django has it, except that a migration which makes a table anew keeps every trigger of the database.

SQLite alters most of a table by making it anew, and drops its triggers with the old one; and it refuses to rename a
table while a trigger of another one names what is not there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base, schema
from django.db.models import Model


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Sets the triggers aside while a table is made anew."""

    def _remake_table(self, model: type[Model], *given: Any, **named: Any) -> None:
        with self.triggers_set_aside():
            super()._remake_table(model, *given, **named)  # type: ignore[misc]

    @contextmanager
    def triggers_set_aside(self) -> Iterator[None]:
        """Drop every trigger, and create each again as it was written."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            triggers = cursor.fetchall()
        for name, _written in triggers:
            self.execute(f"DROP TRIGGER {self.quote_name(name)}")
        yield
        for _name, written in triggers:
            self.execute(written)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django’s own, with that schema editor."""

    SchemaEditorClass = SchemaEditor
