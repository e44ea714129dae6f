"""Fills the database of a Rolecall that is stopped, for the lists of administrators:
`python3 bench/fill_lists.py DATA_FOLDER PEOPLE ENTRIES`.

Each tenth of the people has a live session, each hundredth waits for a role that they asked for, and each twentieth was answered.
Whoever was there before has a thousand sign-ins of the last weeks that are over. The entries of the audit are chained as
Rolecall chains them, and the ends are signed with the key in the data folder, so that the whole can be verified.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time

folder, people, entries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now_ms = time.time_ns() // 1_000_000
first = 1_000
HOUR_MS = 3_600_000
PAST_SIGN_INS = 1_000
# Roles are as in the rest of Rolecall, and the names are those of nobody.
NAMES = ["Ada", "Bea", "Cem", "Dag", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon"]
KINDS = ["signed_in", "signed_out", "access_denied", "role_changed"]

connection = sqlite3.connect(os.path.join(folder, "rolecall.sqlite3"))
connection.execute("PRAGMA synchronous = OFF")
known = [row[0] for row in connection.execute("SELECT id FROM users")]
connection.executemany(
    "INSERT INTO sign_ins (id, user_id, provider, role, roles_read_at, created_at, last_seen_at, ip, sealed_tokens, revoked_at, "
    "revoked_reason) VALUES (?, ?, 'bench', 'admin', ?, ?, ?, '10.0.0.1', x'', ?, 'signed_out')",
    (
        (os.urandom(16).hex(), person, at, at, at, at)
        for person in known
        for n in range(PAST_SIGN_INS)
        for at in [now_ms - (n + 1) * HOUR_MS]
    ),
)
connection.executemany(
    "INSERT INTO users (id, issuer, subject, name, email, created_at, last_sign_in_at) VALUES (?, 'bench', ?, ?, ?, ?, ?)",
    (
        (first + n, f"subject-{n}", f"{NAMES[n % 10]} Person{n}", f"person{n}@example.com", now_ms, now_ms - n * 1_000)
        for n in range(people)
    ),
)
connection.executemany(
    "INSERT INTO sign_ins (id, user_id, provider, role, roles_read_at, created_at, last_seen_at, ip, sealed_tokens) "
    "VALUES (?, ?, 'bench', ?, ?, ?, ?, ?, x'')",
    (
        (os.urandom(16).hex(), first + n, ["read", "write", None][n % 3], at, at, at, f"10.0.{n % 250}.{n % 7}")
        for n in range(0, people, 10)
        for at in [now_ms - n]
    ),
)
connection.executemany(
    "INSERT INTO access_requests (id, user_id, role, reason, asked_at) VALUES (?, ?, 'write', 'For a measurement', ?)",
    ((os.urandom(16).hex(), first + n, now_ms - n) for n in range(0, people, 100)),
)
connection.executemany(
    "INSERT INTO access_requests (id, user_id, role, reason, asked_at, decided_at, decision, decided_by, answer) "
    "VALUES (?, ?, 'write', 'For a measurement', ?, ?, ?, ?, 'For a measurement')",
    (
        (os.urandom(16).hex(), first + n, now_ms - n - HOUR_MS, now_ms - n, ["given", "declined"][n % 40 // 20], first)
        for n in range(0, people, 20)
    ),
)


def part(value):
    """A part of what is hashed: its length before it, and what is missing told from what is empty."""
    return b"\0" if value is None else b"\1" + len(value).to_bytes(8, "big") + value


def number(value):
    return value.to_bytes(8, "big", signed=True)


pruned, pruned_hash, head, head_hash = connection.execute(
    "SELECT pruned, pruned_hash, head, head_hash FROM audit_chain"
).fetchone()


def rows():
    global head, head_hash
    for n in range(entries):
        head += 1
        at, kind, person, ip = now_ms - (entries - n) * 100, KINDS[n % 4], first + n % people, f"10.0.{n % 250}.{n % 7}"
        details = json.dumps({"role": "read"}, separators=(",", ":"))
        parts = [head_hash, number(head), number(at), kind.encode(), number(person), number(person), b"bench", ip.encode()]
        content = b"".join(part(value) for value in [*parts, details.encode()])
        row_hash = hashlib.sha256(b"rolecall audit row 1" + content).digest()
        yield head, at, kind, person, person, "bench", ip, details, head_hash, row_hash
        head_hash = row_hash


connection.executemany(
    "INSERT INTO audit (id, at, kind, actor_id, person_id, provider, ip, details, previous_hash, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    rows(),
)
with open(os.path.join(folder, "secret.key"), encoding="ascii") as file:
    secret = base64.b64decode(file.read().strip())
key = hmac.digest(secret, b"rolecall audit key 1", "sha256")
ends = number(pruned) + number(head) + len(pruned_hash).to_bytes(8, "big") + pruned_hash + head_hash
connection.execute(
    "UPDATE audit_chain SET head = ?, head_hash = ?, mac = ?",
    (head, head_hash, hmac.digest(key, b"rolecall audit ends 1" + ends, "sha256")),
)
connection.commit()
connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
