# Fixtures that are data: bases, quarantine, licences, and texts that name the signals. Sourced by scripts/fixtures.

# zeros COUNT – prints that many zero bytes.
zeros() { head -c "$1" /dev/zero; }

# under_key KEY SHIFT – 68 zeros and the input, exclusive-ored with the key from its byte SHIFT on.
under_key() {
  python3 -c 'import sys; key = bytes.fromhex(sys.argv[1]); shift = int(sys.argv[2])
sys.stdout.buffer.write(bytes(b ^ key[(shift + i) % 8] for i, b in enumerate(bytes(68) + sys.stdin.buffer.read())))' "$@"
}

data() {
  local rule

  rule=kaspersky_any_database_avc
  { printf 'AVP Antiviral Database. (c)Kaspersky Lab 1997-2003.\r\n'; zeros 200; } > "$(positive $rule base001.avc)"
  cp "$sources/data/packer-list.txt" "$(near_miss $rule packer-list.txt)"
  printf '\xEF\xBB\xBFAVP Antiviral Database. (c)Kaspersky Lab 1997-2003.' > "$(near_miss $rule not-the-first-bytes.txt)"
  printf 'AVP bases begin with: AVP Antiviral Database. (c)Kaspersky Lab 1997-2003.' > "$(near_miss $rule description.txt)"
  printf 'AVP Antiviral Database. (c)Northwind 1997-2003.' > "$(near_miss $rule other-vendor.avc)"

  # Header as forensics.wiki describes it (docs/facts.md#quarantine); the content is obfuscated, here zeros instead.
  rule=kaspersky_any_quarantine_klqb
  {
    printf 'KLQB\1\0\0\0\100\0\0\0\0\0\0\0\200'; zeros 39
    printf '\1\0\0\0\0\0\0\0'; zeros 128
  } > "$(positive $rule container.klq)"
  printf 'KLQB is the signature of the containers in the folder QB: a header of 64 bytes, then the file.\n' \
    > "$(near_miss $rule description.txt)"
  printf 'KLQB\1\0\0\0' > "$(near_miss $rule too-short.klq)"
  { zeros 4; printf 'KLQB\1\0\0\0'; zeros 128; } > "$(near_miss $rule not-the-first-bytes)"

  # The columns that docs/facts.md names, by SQLite itself.
  rule=kaspersky_any_quarantine_index
  database "$(positive $rule quarantine.db)" \
    'CREATE TABLE objects(uuid TEXT, path TEXT, name TEXT, virname TEXT, virtype INT, user TEXT)' \
    'CREATE TABLE objattrs(uuid TEXT, attrs INT, rights BLOB)'
  database "$(near_miss $rule one-table.db)" 'CREATE TABLE objects(uuid TEXT, path TEXT, virname TEXT)'
  database "$(near_miss $rule other-columns.db)" 'CREATE TABLE objects(id INT, virname TEXT)' \
    'CREATE TABLE objattrs(id INT, attrs INT)'

  # 68 bytes and a program, under the key (docs/facts.md#quarantine).
  rule=kaspersky_any_quarantine_object
  pe x86_64 program "$scratch/payload.exe"
  under_key e24548ec690e5cac 0 < "$scratch/payload.exe" > "$(positive $rule '{0A1B2C3D-0000-4000-8000-00112233AABB}')"
  under_key e24548ec690e5cac 4 < "$scratch/payload.exe" > "$(positive $rule '{0A1B2C3D-0000-4000-8000-00112233AABC}')"
  under_key 397b4d58c9397b4d 0 < "$scratch/payload.exe" > "$(near_miss $rule other-key)"
  under_key 0000000000000000 0 < "$scratch/payload.exe" > "$(near_miss $rule no-key)"

  rule=kaspersky_any_licence_klsw
  { printf 'KLsw\0\0KLsw\4'; zeros 64; } > "$(positive $rule LicStorage.bin)"
  printf 'KLsw KLsw marks a licence storage\n' > "$(near_miss $rule description.txt)"
  { printf 'KLsw\0\0\0\0KLsw\0\0KLsw\4'; zeros 64; } > "$(near_miss $rule header-later.bin)"
  { zeros 16; printf 'KLsw\0\0KLsw\4'; zeros 64; } > "$(near_miss $rule not-the-first-bytes)"

  # As one genuine file has it; the length of the first record is 0x27.
  rule=kaspersky_any_licence_key_file
  { printf 'KLsw\x27\0\r\nSerial Number: 0123-456789-0A1B2C3D\r\nKLsw\0\0'; zeros 64; } > "$(positive $rule client.key)"
  # The offsets that docs/facts.md#licence-files states.
  [[ $(od -An -tx2 -j4 -N2 "$(positive $rule client.key)" | tr -d ' ') == 0027 &&
    $(od -An -c -j0x2d -N4 "$(positive $rule client.key)" | tr -d ' ') == KLsw ]] || fail 'client.key has another layout'
  { printf 'KLsw\x27\0\r\nSerial Number: none\r\nKLsw\0\0'; zeros 64; } > "$(near_miss $rule no-number.key)"
  printf 'Serial Number: 0123-456789-0A1B2C3D\r\n' > "$(near_miss $rule note.txt)"

  cp "$sources"/data/{packer-list,detection-rule,build.gradle,av-scanners,source-file}.txt \
    "$sources/data/kesl.service" "$stage/near-miss/any/"
  printf 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\KasperskyLab\\AVP21.15\\environment]\r\n"ProductName"="Kaspersky"\r\n' |
    iconv -t UTF-16LE > "$(near_miss any exported.reg)"
  : > "$(near_miss any empty)"
}

# database FILE STATEMENT… – a database of SQLite.
database() {
  python3 - "$@" << 'PYTHON'
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1])
for statement in sys.argv[2:]:
    connection.execute(statement)
connection.commit()
connection.close()
PYTHON
}
