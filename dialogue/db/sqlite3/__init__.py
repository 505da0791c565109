"""Django's database backend for SQLite, with triggers that outlive a migration."""
