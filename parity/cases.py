"""Every case of `decoder_gradients.py` under its name."""

import zlib

import expert_families
import families
import more_families

CASES = {**families.CASES, **expert_families.CASES, **more_families.CASES}


def seed_of(name):
    """Stays the same when cases come and go."""
    if name in families.FIRST:
        return 1000 + 10 * list(families.FIRST).index(name)
    return 10 * (zlib.crc32(name.encode()) % 10000)
