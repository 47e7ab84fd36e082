"""What an adversary could guess treatments by: fields that blinded people see, judged by statistics alone."""
