# Fixtures that are data: bases, quarantine, licences, and texts that name the signals. Sourced by scripts/fixtures.

# zeros COUNT – prints that many zero bytes.
zeros() { head -c "$1" /dev/zero; }

data() {
  local rule

  rule=kaspersky_any_database_avc
  { printf 'AVP Antiviral Database. (c)Kaspersky Lab 1997-2003.\r\n'; zeros 200; } > "$(positive $rule base001.avc)"
  cp "$sources/data/packer-list.txt" "$(near_miss $rule packer-list.txt)"
  printf '\xEF\xBB\xBFAVP Antiviral Database. (c)Kaspersky Lab 1997-2003.' > "$(near_miss $rule not-the-first-bytes.txt)"
  printf 'AVP bases begin with: AVP Antiviral Database. (c)Kaspersky Lab 1997-2003.' > "$(near_miss $rule description.txt)"
  printf 'AVP Antiviral Database. (c)Northwind 1997-2003.' > "$(near_miss $rule other-vendor.avc)"

  # Header as forensics.wiki describes it (cited in A1.7); the content is obfuscated, here zeros instead.
  rule=kaspersky_any_quarantine_klqb
  {
    printf 'KLQB\1\0\0\0\100\0\0\0\0\0\0\0\200'; zeros 39
    printf '\1\0\0\0\0\0\0\0'; zeros 128
  } > "$(positive $rule container.klq)"
  printf 'KLQB is the signature of the containers in the folder QB: a header of 64 bytes, then the file.\n' \
    > "$(near_miss $rule description.txt)"
  printf 'KLQB\1\0\0\0' > "$(near_miss $rule too-short.klq)"
  { zeros 4; printf 'KLQB\1\0\0\0'; zeros 128; } > "$(near_miss $rule not-the-first-bytes)"

  rule=kaspersky_any_licence_klsw
  { printf 'KLsw\0\0KLsw\4'; zeros 64; } > "$(positive $rule LicStorage.bin)"
  printf 'KLsw KLsw marks a licence storage\n' > "$(near_miss $rule description.txt)"
  { printf 'KLsw\0\0\0\0KLsw\0\0KLsw\4'; zeros 64; } > "$(near_miss $rule header-later.bin)"
  { zeros 16; printf 'KLsw\0\0KLsw\4'; zeros 64; } > "$(near_miss $rule not-the-first-bytes)"

  cp "$sources"/data/{packer-list,detection-rule,build.gradle,av-scanners,source-file}.txt \
    "$sources/data/kesl.service" "$stage/near-miss/any/"
  printf 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\KasperskyLab\\AVP21.15\\environment]\r\n"ProductName"="Kaspersky"\r\n' |
    iconv -t UTF-16LE > "$(near_miss any exported.reg)"
  : > "$(near_miss any empty)"
}
