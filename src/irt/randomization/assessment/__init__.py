"""What a design does before its first subject: balance, predictability, bias and power, exactly where possible."""
