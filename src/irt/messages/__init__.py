"""What depots, carriers and their systems tell us and are told: values, and their spellings. Pure."""
