"""Fills the database of a Rolecall that is stopped: `python3 bench/fill.py DATABASE NUMBER [DAYS]`.

The sign-ins began in the six hours before now, or before so many days ago: then they have expired.
"""

import os
import random
import sqlite3
import sys
import time

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TOKEN_BYTES = 1_500
SIGN_INS_A_PERSON = 4

database, number = sys.argv[1], int(sys.argv[2])
days = int(sys.argv[3]) if len(sys.argv) > 3 else 0
now_ms = time.time_ns() // 1_000_000 - days * DAY_MS
people = max(1, number // SIGN_INS_A_PERSON)
first = 1_000

connection = sqlite3.connect(database)
connection.execute("PRAGMA synchronous = OFF")
connection.executemany(
    "INSERT INTO users (id, issuer, subject, name, created_at, last_sign_in_at) VALUES (?, 'bench', ?, 'Somebody', ?, ?)",
    ((first + person, str(person), now_ms, now_ms) for person in range(people)),
)


def sign_ins():
    """One sign-in after the other, each at some time of the last six hours."""
    roles = ["read"] * 8 + ["write", None]
    for _ in range(number):
        at_ms = now_ms - random.randrange(6 * HOUR_MS)
        person = first + random.randrange(people)
        yield os.urandom(16).hex(), person, random.choice(roles), at_ms, at_ms, at_ms, os.urandom(TOKEN_BYTES)


connection.executemany(
    "INSERT INTO sign_ins (id, user_id, provider, role, roles_read_at, created_at, last_seen_at, sealed_tokens) "
    "VALUES (?, ?, 'bench', ?, ?, ?, ?, ?)",
    sign_ins(),
)
connection.commit()
connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
