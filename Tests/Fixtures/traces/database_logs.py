"""Databases of SQLite with a write-ahead log beside them, as programs that still run, or were killed, leave them.

  database_logs.py RPMDB OUTDIR   RPMDB is an rpm database with packages of the company

Of each database OUTDIR/NAME has the file, its log, and `committed`: the database after SQLite itself has read the log.
"""

import os
import shutil
import sqlite3
import subprocess
import sys

rpm, out = sys.argv[1:]


def keep(name: str, file: str) -> None:
    """Copies database and log as they are now, and has sqlite3 write the log into a further copy."""
    folder = os.path.join(out, name)
    os.makedirs(folder)
    for suffix in ("", "-wal"):
        shutil.copy(file + suffix, folder)
        shutil.copy(file + suffix, os.path.join(folder, "committed" + suffix))
    subprocess.run(
        ["sqlite3", os.path.join(folder, "committed"), "PRAGMA wal_checkpoint(TRUNCATE)"],
        check=True, stdout=subprocess.DEVNULL)
    for suffix in ("-wal", "-shm"):
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
shutil.rmtree(os.path.join(out, "work"))
