"""Planning again: what still fits of an earlier plan is kept, and what does not is planned anew."""
