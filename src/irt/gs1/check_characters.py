"""Check digits and check characters of GS1 keys: worked out, and compared with what stands there."""

from collections.abc import Set as AbstractSet

# The order of the signs is part of the check, as is the set without I, O, 0 and 1 that its two characters use.
CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_PAIR_MODULUS = 1021
_IBAN_LENGTH_MIN = 5
_IBAN_MODULUS = 97


def check_digit(digits: str) -> str:
    """The digit that completes a GTIN, SSCC, GLN or other key of digits: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def check_digit_fault(value: str) -> str | None:
    """What is wrong with the last digit of a key."""
    wanted = check_digit(value[:-1])
    return None if value[-1] == wanted else f"the check digit of {value} is {value[-1]} and should be {wanted}"


def check_pair(text: str) -> str:
    """The two characters that complete a key of letters and digits, as a GMN; ValueError where it is too long."""
    if len(text) > len(_PRIMES):
        raise ValueError(f"{text} is too long for its check characters")
    weights = reversed(_PRIMES[: len(text)])
    total = sum(CSET_82.index(sign) * prime for sign, prime in zip(text, weights, strict=True)) % _PAIR_MODULUS
    return _CSET_32[total // len(_CSET_32)] + _CSET_32[total % len(_CSET_32)]


def check_pair_fault(value: str) -> str | None:
    """What is wrong with the last two characters of a key of letters and digits."""
    if len(value) < 3:
        return f"{value} is too short to end in check characters"
    wanted = check_pair(value[:-2])
    return None if value.endswith(wanted) else f"the check characters of {value} should be {wanted}"


def iban_fault(value: str, countries: AbstractSet[str]) -> str | None:
    """What is wrong with a bank account number (ISO 13616)."""
    if len(value) < _IBAN_LENGTH_MIN or not value.isalnum() or value.upper() != value:
        return f"{value} is not an IBAN"
    if value[:2] not in countries:
        return f"{value[:2]} is not a country"
    digits = "".join(str(int(sign, 36)) for sign in value[4:] + value[:4])
    return None if int(digits) % _IBAN_MODULUS == 1 else f"the check digits of {value} are wrong"
