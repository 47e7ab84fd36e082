"""What to ship and to pack, and when: models that answer, and know no database."""
