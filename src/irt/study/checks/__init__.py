"""What a study definition must keep to beyond its form: one small named check each."""
