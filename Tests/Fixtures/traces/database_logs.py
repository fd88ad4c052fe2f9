"""Databases of SQLite with a log or a rollback journal beside them, as programs that still run, or were killed, leave them.

  database_logs.py RPMDB OUTDIR   RPMDB is an rpm database with packages of the company

Of each database OUTDIR/NAME has the file, its log, and `committed`: the database after SQLite itself has read the log.
"""

import os
import shutil
import sqlite3
import struct
import subprocess
import sys

rpm, out = sys.argv[1:]


def keep(name: str, file: str, log: str = "-wal") -> None:
    """Copies database and log as they are now, and has sqlite3 apply the log to a further copy."""
    folder = os.path.join(out, name)
    os.makedirs(folder)
    for suffix in ("", log):
        shutil.copy(file + suffix, folder)
        shutil.copy(file + suffix, os.path.join(folder, "committed" + suffix))
    statement = "PRAGMA wal_checkpoint(TRUNCATE)" if log == "-wal" else "SELECT count(*) FROM sqlite_schema"
    subprocess.run(
        ["sqlite3", os.path.join(folder, "committed"), statement], check=True, stdout=subprocess.DEVNULL)
    for suffix in ("-wal", "-shm", "-journal"):
        if os.path.exists(os.path.join(folder, "committed" + suffix)):
            os.remove(os.path.join(folder, "committed" + suffix))


def database(name: str) -> tuple[str, sqlite3.Connection]:
    work = os.path.join(out, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    file = os.path.join(work, name)
    if name == "rpmdb.sqlite":
        shutil.copy(rpm, file)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    return file, connection


def checkpoint(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


# The company's packages are in the log only, which also lengthens the database.
file, c = database("rpmdb.sqlite")
rows = c.execute("SELECT hnum, blob FROM Packages ORDER BY hnum").fetchall()
c.execute("DELETE FROM Packages")
c.execute("VACUUM")
checkpoint(c)
c.execute("BEGIN")
c.executemany("INSERT INTO Packages VALUES(?, ?)", rows)
c.execute("CREATE TABLE more(x)")
c.execute("INSERT INTO more VALUES(zeroblob(50000))")
c.execute("COMMIT")
keep("grown", file)
c.close()

# They are in the database only: the log removes them, and shortens it.
file, c = database("rpmdb.sqlite")
c.execute("CREATE TABLE more(x)")
c.execute("INSERT INTO more VALUES(zeroblob(50000))")
checkpoint(c)
c.execute("DROP TABLE more")
c.execute("DELETE FROM Packages WHERE hnum < 3")
c.execute("VACUUM")
keep("shrunk", file)
c.close()

# The log was begun anew: its last frames are of an earlier round, in which they were removed.
file, c = database("rpmdb.sqlite")
c.execute("DELETE FROM Packages")
for number in range(40):
    c.execute("CREATE TABLE t%d(x)" % number)
assert c.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0
c.execute("BEGIN")
c.executemany("INSERT INTO Packages VALUES(?, ?)", rows)
c.execute("COMMIT")
keep("begun-anew", file)
c.close()

# A transaction that was not committed, too large for the cache, removes them.
file, c = database("rpmdb.sqlite")
checkpoint(c)
c.execute("CREATE TABLE kept(x)")
c.execute("PRAGMA cache_size=2")
c.execute("BEGIN")
c.execute("DELETE FROM Packages")
for number in range(200):
    c.execute("INSERT INTO kept VALUES(zeroblob(3000))")
assert os.path.getsize(file + "-wal") > 100_000
keep("not-committed", file)
c.close()

# The index of a quarantine (docs/facts.md#quarantine): one object in the database, two in the log.
objects = [
    ("{0A1B2C3D-0000-4000-8000-000000000001}", "C:\\Users\\anna", "eicar.com", "EICAR-Test-File", 1, "HOST\\anna"),
    ("{0A1B2C3D-0000-4000-8000-000000000002}", "C:\\Temp\\мусор.exe", "мусор.exe", "Trojan.Win32.Look.alike", 2, ""),
    ("{0A1B2C3D-0000-4000-8000-000000000003}", "D:\\", "a.doc", None, 3, "HOST\\bob"),
]
file, c = database("quarantine.db")
c.execute("CREATE TABLE objects(uuid TEXT, size INT, path TEXT, name TEXT, virname TEXT, virtype INT, user TEXT)")
c.execute("CREATE TABLE objattrs(uuid TEXT, attrs INT, rights BLOB)")
insert = "INSERT INTO objects(uuid, path, name, virname, virtype, user) VALUES(?, ?, ?, ?, ?, ?)"
c.execute(insert, objects[0])
checkpoint(c)
c.executemany(insert, objects[1:])
keep("quarantine", file)
c.close()
with open(os.path.join(out, "quarantine", "list"), "w") as listing:
    query = "SELECT uuid, path, name, virname, user FROM objects ORDER BY rowid"
    subprocess.run(
        ["sqlite3", "-separator", "\t", os.path.join(out, "quarantine", "committed"), query],
        check=True, stdout=listing)


# Rollback journals.
def journalled(name: str, page_size: int = 4096) -> tuple[str, sqlite3.Connection]:
    """A database with a cache of few pages: transactions write to it before they end."""
    file, c = database(name)
    c.execute("PRAGMA journal_mode=DELETE")
    c.execute("PRAGMA page_size=%d" % page_size)
    c.execute("VACUUM")
    c.execute("PRAGMA cache_size=2")
    return file, c


def fill(c: sqlite3.Connection, table: str) -> None:
    for _ in range(200):
        c.execute("INSERT INTO %s VALUES(randomblob(3000))" % table)


def unfinished(name: str, setting: str = "", page_size: int = 4096) -> None:
    """A transaction that removes the company's packages, and did not end."""
    file, c = journalled("rpmdb.sqlite", page_size)
    c.execute("CREATE TABLE kept(x)")
    if setting:
        c.execute(setting)
    c.execute("BEGIN")
    c.execute("DELETE FROM Packages")
    fill(c, "kept")
    keep(name, file, "-journal")
    c.close()


unfinished("removing")
unfinished("unsynchronised", "PRAGMA synchronous=OFF")
unfinished("small-pages", page_size=512)

# One that adds them, to a database that grows.
file, c = journalled("rpmdb.sqlite")
c.execute("DELETE FROM Packages")
c.execute("CREATE TABLE kept(x)")
c.execute("VACUUM")
c.execute("BEGIN")
c.executemany("INSERT INTO Packages VALUES(?, ?)", rows)
fill(c, "kept")
keep("adding", file, "-journal")
c.close()

# One that makes the database.
work = os.path.join(out, "work")
os.remove(os.path.join(work, "rpmdb.sqlite"))
file = os.path.join(work, "rpmdb.sqlite")
c = sqlite3.connect(file, isolation_level=None)
c.execute("PRAGMA cache_size=2")
c.execute("BEGIN")
c.execute("CREATE TABLE Packages(hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
c.executemany("INSERT INTO Packages VALUES(?, ?)", rows)
c.execute("CREATE TABLE kept(x)")
fill(c, "kept")
keep("making", file, "-journal")
c.close()

file, c = journalled("quarantine.db")
c.execute("CREATE TABLE objects(uuid TEXT, size INT, path TEXT, name TEXT, virname TEXT, virtype INT, user TEXT)")
c.execute("CREATE TABLE objattrs(uuid TEXT, attrs INT, rights BLOB)")
c.execute("CREATE TABLE kept(x)")
c.executemany(insert, objects)
c.execute("BEGIN")
c.execute("DELETE FROM objects WHERE rowid > 1")
fill(c, "kept")
keep("quarantining", file, "-journal")
c.close()

# A transaction has ended: its journal stays, and begins with zeros.
file, c = journalled("rpmdb.sqlite")
c.execute("PRAGMA journal_mode=PERSIST")
c.execute("CREATE TABLE kept(x)")
c.execute("DELETE FROM Packages WHERE hnum < 3")
keep("persistent", file, "-journal")
c.close()

# The journal names a super-journal, which is gone: the transaction of several databases has ended ("Database File
# Format" does not describe it; pager.c, writeSuperJournal).
file = os.path.join(out, "removing", "rpmdb.sqlite")
for suffix in ("", "-journal"):
    shutil.copy(file + suffix, os.path.join(out, "work"))
file = os.path.join(out, "work", "rpmdb.sqlite")
name = b"/var/lib/rpm/rpmdb.sqlite-mj0123456789"
with open(file + "-journal", "ab") as journal:
    journal.write(struct.pack(">I", (1 << 30) // 4096 + 1) + name + struct.pack(">II", len(name), sum(name)))
    journal.write(bytes.fromhex("d9d505f920a163d7"))
keep("of-several", file, "-journal")
shutil.rmtree(os.path.join(out, "work"))
