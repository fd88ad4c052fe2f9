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
  for ((i = 0; i < 19; i++)); do sign "$file" other-vendor -nest; done
  sign "$file" kaspersky -nest

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

  # Encodings of names and numbers, each in a certificate of its owner's making and in one of the authority.
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" -utf8 \
    -subj '/C=RU/O=ЗАО Лаборатория Касперского/CN=ЗАО Лаборатория Касперского' \
    -set_serial -0x6d8ed28408a1a447bb9dec7e0c75da6a -out "$scratch/negative.pem"
  file=$(signed self-made negative-serial.sys)
  claiming_driver "$file"
  sign "$file" negative
  certificate negative-issued authority '/O=AO Kaspersky Lab/CN=AO Kaspersky Lab' \
    -set_serial -0x6d8ed28408a1a447bb9dec7e0c75da6b
  file=$(signed authority negative-serial.sys)
  claiming_driver "$file"
  sign "$file" negative-issued
  printf '%s\n' '[req]' 'string_mask = MASK:0x800' 'distinguished_name = name' '[name]' > "$scratch/bmp.conf"
  certificate bmp - '/O=Kaspersky Lab/CN=Kaspersky Lab' -config "$scratch/bmp.conf"
  file=$(signed self-made bmp-string.sys)
  claiming_driver "$file"
  sign "$file" bmp
  certificate bmp-issued authority '/O=AO Kaspersky Lab/CN=AO Kaspersky Lab' -config "$scratch/bmp.conf"
  file=$(signed authority bmp-string.sys)
  claiming_driver "$file"
  sign "$file" bmp-issued
  file=$(signed self-made kaspersky.sys)
  claiming_driver "$file"
  sign "$file" kaspersky-own

  certificate constructed authority '/C=RU/L=Moscow/O=AO Kaspersky Lab/CN=AO Kaspersky Lab'
  constructed_strings constructed
  file=$(signed authority constructed-strings.sys)
  claiming_driver "$file"
  sign "$file" constructed
  certificate constructed-own - '/C=RU/L=Moscow/O=Kaspersky Lab JSC/CN=Kaspersky Lab JSC'
  constructed_strings constructed-own
  file=$(signed self-made constructed-strings.sys)
  claiming_driver "$file"
  sign "$file" constructed-own

  # A copy that somebody else signed in place of its maker, and code identity with signatures that prove nothing.
  file=$(signed authority re-signed.sys)
  claiming_driver "$file"
  sign "$file" kaspersky
  re_sign "$file"
  file=$(signed authority klif.sys)
  identified_driver "$file"
  sign "$file" kaspersky
  file=$(signed authority klif-re-signed.sys)
  identified_driver "$file"
  sign "$file" kaspersky
  re_sign "$file"
  file=$(signed self-made klif.sys)
  identified_driver "$file"
  sign "$file" kaspersky-own

  cat "$scratch"/{authority,kaspersky-own,constructed-own,negative,bmp}.pem > "$stage/authorities.pem"
  timestamps
}

# constructed_strings NAME – makes the strings in the subject of the certificate NAME constructed ones.
constructed_strings() {
  local file=$scratch/$1.pem
  # The certificate itself, then that of its authority if there is one.
  python3 "$sources/signatures/constructed_strings.py" "$file" "$scratch/signing.key" > "$file.new"
  sed '1,/END CERTIFICATE/d' "$file" >> "$file.new"
  mv "$file.new" "$file"
}

# re_sign FILE – removes the signatures of FILE and signs it as another vendor.
re_sign() {
  osslsigncode remove-signature -in "$1" -out "$1.stripped" > /dev/null
  mv "$1.stripped" "$1"
  sign "$1" other-vendor
}

# A driver that is code of Kaspersky by its banner, and claims to be by its version resource.
identified_driver() { pe x86_64 driver "$1" "$claim" -DWIDE='L"[[[ KLIF.SYS;%d.%d.%d.%d ]]]"'; }

# Timestamps of both kinds, true ones and those of another file's signature. osslsigncode would ask a server for them.
timestamps() {
  local kind name
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" -subj '/O=Trawl Test Authority/CN=Time' \
    -addext extendedKeyUsage=critical,timeStamping -out "$scratch/time.pem"
  cat "$scratch/time.pem" >> "$stage/authorities.pem"
  for kind in rfc3161 pkcs9; do
    for name in authority self-made; do
      file=$(signed $name $kind.sys)
      claiming_driver "$file"
      [[ $name == authority ]] && sign "$file" kaspersky
      [[ $name == self-made ]] && sign "$file" kaspersky-own
      timestamp "$file" $kind
    done
    file=$(signed authority $kind-of-another.sys)
    claiming_driver "$file"
    sign "$file" kaspersky
    timestamp "$file" $kind "$(signed authority sha384.sys)"
  done
}

# timestamp FILE KIND [OTHER]
timestamp() {
  local file=$1 kind=$2
  shift 2
  python3 "$sources/signatures/timestamp.py" "$file" "$kind" "$scratch/time.pem" "$scratch/signing.key" "$@"
}
