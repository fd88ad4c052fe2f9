# Code signatures of every form, for tests of what is proven. Sourced by scripts/fixtures, after windows.
#
#   OUTDIR/signed/authority/FILE   by the authority of the fixtures
#   OUTDIR/signed/self-made/FILE   by a certificate that its owner made for himself
#   OUTDIR/signed/none/FILE        without a signature

# signed FOLDER FILE – where that fixture belongs.
signed() { fixture signed "$@"; }

# A driver that is code of Kaspersky by no rule, and claims to be by its version resource.
claiming_driver() { pe x86_64 driver "$1" "$claim"; }

code_signatures() {
  local claim file algorithm i
  claim=$(version x86_64 58.0.28.0 COMPANY='AO Kaspersky Lab' DESCRIPTION=klhk PRODUCT='Coretech Delivery')
  certificate other-vendor authority '/C=DE/O=Northwind/CN=Northwind'

  claiming_driver "$(signed none unsigned.sys)"
  file=$(signed none stripped.sys)
  claiming_driver "$file"
  sign "$file" kaspersky
  osslsigncode remove-signature -in "$file" -out "$file.stripped" > /dev/null
  mv "$file.stripped" "$file"

  for algorithm in md5 sha1 sha256 sha384 sha512; do
    file=$(signed authority "$algorithm.sys")
    claiming_driver "$file"
    sign "$file" kaspersky -h "$algorithm"
  done
  file=$(signed authority 32-bit.exe)
  pe i686 program "$file"
  sign "$file" kaspersky

  # The layouts of 2017, 2023 and 2025 (kaspersky.md A1.1), and far more nested signatures than those.
  file=$(signed authority kaspersky-first.sys)
  claiming_driver "$file"
  sign "$file" kaspersky -h sha1
  sign "$file" microsoft -nest
  file=$(signed authority kaspersky-last.sys)
  claiming_driver "$file"
  sign "$file" microsoft -n 'Kaspersky Lab Switzerland GmbH'
  for i in kaspersky-own kaspersky-own kaspersky-ev; do sign "$file" "$i" -nest; done
  file=$(signed authority twenty-nested.sys)
  claiming_driver "$file"
  sign "$file" other-vendor
  for ((i = 0; i < 20; i++)); do sign "$file" kaspersky -nest; done

  # Who is named where.
  file=$(signed authority submitted.sys)
  claiming_driver "$file"
  sign "$file" microsoft -n 'AO Kaspersky Lab'
  file=$(signed authority unicode-name.sys)
  claiming_driver "$file"
  sign "$file" microsoft -n '--------------------------------'
  python3 "$sources/signatures/unicode_name.py" "$file" '--------------------------------' \
    'AO Kaspersky Lab' "$scratch/signing.key"
  file=$(signed authority other-names-itself.sys)
  claiming_driver "$file"
  sign "$file" other-vendor -n 'AO Kaspersky Lab'
  file=$(signed authority other-vendor.sys)
  claiming_driver "$file"
  sign "$file" other-vendor

  # Encodings of names and numbers.
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" -utf8 \
    -subj '/C=RU/O=ЗАО Лаборатория Касперского/CN=ЗАО Лаборатория Касперского' \
    -set_serial -0x6d8ed28408a1a447bb9dec7e0c75da6a -out "$scratch/negative.pem"
  file=$(signed self-made negative-serial.sys)
  claiming_driver "$file"
  sign "$file" negative
  printf '%s\n' '[req]' 'string_mask = MASK:0x800' 'distinguished_name = name' '[name]' > "$scratch/bmp.conf"
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" -config "$scratch/bmp.conf" \
    -subj '/O=Kaspersky Lab/CN=Kaspersky Lab' -out "$scratch/bmp.pem"
  file=$(signed self-made bmp-string.sys)
  claiming_driver "$file"
  sign "$file" bmp
  file=$(signed self-made kaspersky.sys)
  claiming_driver "$file"
  sign "$file" kaspersky-own

  cat "$scratch"/{authority,kaspersky-own,negative,bmp}.pem > "$stage/authorities.pem"

  # osslsigncode is its own authority for time.
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" -subj '/O=Trawl Test Authority/CN=Time' \
    -addext extendedKeyUsage=critical,timeStamping -out "$scratch/time.pem"
  # Debian 12's own osslsigncode (2.5) makes no timestamps without a server; the one of its backports does.
  osslsigncode sign --help 2>&1 | grep -q -- -TSA-certs || return 0
  file=$(signed authority timestamped.sys)
  claiming_driver "$file"
  sign "$file" kaspersky -TSA-certs "$scratch/time.pem" -TSA-key "$scratch/signing.key" -TSA-time 1600000000
}
