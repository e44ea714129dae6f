"""Fills the database of a Rolecall that is stopped, for the lists of administrators:
`python3 bench/fill_lists.py DATA_FOLDER PEOPLE ENTRIES [DATABASE_URL]`. Without the address of a PostgreSQL it is the SQLite file in
the data folder.

Each tenth of the people has a live session, each hundredth waits for a role that they asked for, and each twentieth was answered.
Whoever was there before, at least one person, gets a thousand sign-ins of the last weeks that are over. The entries of the audit
are chained as Rolecall chains them, and the ends are signed with the key in the data folder, so that the whole can be verified.
"""

import base64
import csv
import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import sys
import time

folder, people, entries, *postgres_url = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]
now_ms = time.time_ns() // 1_000_000
first = 1_000
HOUR_MS = 3_600_000
PAST_SIGN_INS = 1_000
# The roles of Rolecall; the names are made up.
NAMES = ["Ada", "Bea", "Cem", "Dag", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon"]
KINDS = ["signed_in", "signed_out", "access_denied", "role_changed"]


class Sqlite:
    """The SQLite file in the data folder."""

    def __init__(self):
        self.connection = sqlite3.connect(os.path.join(folder, "rolecall.sqlite3"))
        self.connection.execute("PRAGMA synchronous = OFF")

    def people(self):
        return self.connection.execute("SELECT id, issuer FROM users ORDER BY id").fetchall()

    def ends(self):
        return self.connection.execute("SELECT pruned, pruned_hash, head, head_hash FROM audit_chain").fetchone()

    def insert(self, table, columns, rows):
        places = ", ".join("?" for _ in columns.split(", "))
        self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    def set_head(self, head, head_hash, mac):
        self.connection.execute("UPDATE audit_chain SET head = ?, head_hash = ?, mac = ?", (head, head_hash, mac))

    def finish(self):
        self.connection.commit()
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Postgres:
    """The database at an address, through `psql`. Bytes are hexadecimal digits after `\\x`, and an empty cell is NULL."""

    def __init__(self, url):
        self.command = ["psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", url, "-c"]

    def ask(self, statement):
        return subprocess.run([*self.command, statement], check=True, capture_output=True, text=True).stdout.split()

    def people(self):
        # An issuer is an address, and has no spaces.
        lines = self.ask("SELECT concat_ws(',', id, issuer) FROM users ORDER BY id")
        return [(int(id), issuer) for id, issuer in (line.split(",", 1) for line in lines)]

    def ends(self):
        found = self.ask("SELECT concat_ws(',', pruned, encode(pruned_hash, 'hex'), head, encode(head_hash, 'hex')) FROM audit_chain")
        pruned, pruned_hash, head, head_hash = found[0].split(",")
        return int(pruned), bytes.fromhex(pruned_hash), int(head), bytes.fromhex(head_hash)

    def insert(self, table, columns, rows):
        copy = [*self.command, f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)"]
        with subprocess.Popen(copy, stdin=subprocess.PIPE, text=True) as psql:
            cells = csv.writer(psql.stdin)
            cells.writerows(["\\x" + cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows)
            psql.stdin.close()
        if psql.returncode != 0:
            sys.exit(f"{table} could not be filled.")

    def set_head(self, head, head_hash, mac):
        self.ask(f"UPDATE audit_chain SET head = {head}, head_hash = '\\x{head_hash.hex()}', mac = '\\x{mac.hex()}'")

    def finish(self):
        # What autovacuum would do within a minute.
        self.ask("ANALYZE")


database = Postgres(postgres_url[0]) if postgres_url else Sqlite()
before = database.people()
# People of another issuer than the provider's would have no role.
issuer = before[0][1]
database.insert(
    "sign_ins",
    "id, user_id, provider, role, roles_read_at, created_at, last_seen_at, ip, sealed_tokens, revoked_at, revoked_reason",
    (
        (os.urandom(16).hex(), person, "bench", "admin", at, at, at, "10.0.0.1", b"", at, "signed_out")
        for person, _ in before
        for n in range(PAST_SIGN_INS)
        for at in [now_ms - (n + 1) * HOUR_MS]
    ),
)
database.insert(
    "users",
    "id, issuer, subject, name, email, created_at, last_sign_in_at",
    (
        (first + n, issuer, f"subject-{n}", f"{NAMES[n % 10]} Person{n}", f"person{n}@example.com", now_ms, now_ms - n * 1_000)
        for n in range(people)
    ),
)
database.insert(
    "sign_ins",
    "id, user_id, provider, role, roles_read_at, created_at, last_seen_at, ip, sealed_tokens",
    (
        (os.urandom(16).hex(), first + n, "bench", ["read", "write", None][n % 3], at, at, at, f"10.0.{n % 250}.{n % 7}", b"")
        for n in range(0, people, 10)
        for at in [now_ms - n]
    ),
)
REASON = "For a measurement"
database.insert(
    "access_requests",
    "id, user_id, role, reason, asked_at",
    ((os.urandom(16).hex(), first + n, "write", REASON, now_ms - n) for n in range(0, people, 100)),
)
database.insert(
    "access_requests",
    "id, user_id, role, reason, asked_at, decided_at, decision, decided_by, answer",
    (
        (id, first + n, "write", REASON, now_ms - n - HOUR_MS, now_ms - n, ["given", "declined"][n % 40 // 20], first, REASON)
        for n in range(0, people, 20)
        for id in [os.urandom(16).hex()]
    ),
)


def part(value):
    """A part of what is hashed: its length before it, and what is missing told from what is empty."""
    return b"\0" if value is None else b"\1" + len(value).to_bytes(8, "big") + value


def number(value):
    return value.to_bytes(8, "big", signed=True)


pruned, pruned_hash, head, head_hash = database.ends()


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


database.insert("audit", "id, at, kind, actor_id, person_id, provider, ip, details, previous_hash, hash", rows())
with open(os.path.join(folder, "secret.key"), encoding="ascii") as file:
    secret = base64.b64decode(file.read().strip())
key = hmac.digest(secret, b"rolecall audit key 1", "sha256")
ends = number(pruned) + number(head) + len(pruned_hash).to_bytes(8, "big") + pruned_hash + head_hash
database.set_head(head, head_hash, hmac.digest(key, b"rolecall audit ends 1" + ends, "sha256"))
database.finish()
