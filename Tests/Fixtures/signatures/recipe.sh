# Code signatures of every form, for tests of what is proven. Sourced by scripts/fixtures, after windows.
#
#   OUTDIR/signed/authority/FILE   by the authority of the fixtures
#   OUTDIR/signed/self-made/FILE   by a certificate that its owner made for himself
#   OUTDIR/signed/none/FILE        without a signature
#   OUTDIR/catalogues/CASE/FILE    unsigned drivers beside a catalogue file

# signed FOLDER FILE – where that fixture belongs.
signed() { new_fixture signed "$@"; }

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

  # The layouts of 2017, 2023 and 2025 (docs/facts.md#certificates), and far more nested signatures than those.
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
  borrowed_code
  mixed_code
  program_in_resource

  # A third party's library that the vendor signs along, and one under whose name the vendor's signature was put.
  file=$(signed authority third-party.dll)
  pe x86_64 library "$file" "$(version x86_64 1.8.1.0 COMPANY='Northwind' PRODUCT='Northwind Vectors')"
  sign "$file" kaspersky

  cat "$scratch"/{authority,kaspersky-own,constructed-own,negative,bmp}.pem > "$stage/authorities.pem"
  timestamps
  catalogues
}

# Drivers without a signature, and what catalogue files say of them. osslsigncode reads back that they list them.
catalogues() {
  local case driver catalogue algorithm
  for case in sha1 sha256 other-vendor changed unsigned; do
    driver=$(new_fixture catalogues/$case/System32 drivers klhk.sys)
    catalogue=$(new_fixture catalogues/$case/System32 CatRoot oem1.cat)
    claiming_driver "$driver"
    algorithm=sha256
    [[ $case == sha1 ]] && algorithm=sha1
    PYTHONDONTWRITEBYTECODE=1 python3 "$sources/signatures/catalogue.py" "$scratch/list.cat" $algorithm \
      "$(signed none banner-appended.sys)" "$driver"
    case $case in
      unsigned) cp "$scratch/list.cat" "$catalogue" ;;
      other-vendor) sign_catalogue other-vendor "$catalogue" ;;
      *) sign_catalogue kaspersky "$catalogue" ;;
    esac
    if [[ $case == sha* ]]; then
      osslsigncode verify -catalog "$catalogue" -CAfile "$scratch/authority.pem" -in "$driver" |
        grep -F 'File is signed in catalog' > /dev/null || fail "osslsigncode does not find $driver in $catalogue"
    fi
    if [[ $case == changed ]]; then printf x | dd of="$driver" bs=1 seek=80 conv=notrunc status=none; fi
  done
}

# sign_catalogue CERTIFICATE FILE – signs the list made before.
sign_catalogue() {
  osslsigncode sign -certs "$scratch/$1.pem" -key "$scratch/signing.key" -h sha256 -in "$scratch/list.cat" -out "$2" > /dev/null
}

# Drivers of another vendor that carry the banner where no code of theirs is. The banner is in UTF-16.
borrowed_code() {
  local file inner
  printf '[[[ KLIF.SYS;%%d.%%d.%%d.%%d ]]]' | iconv -f ASCII -t UTF-16LE > "$scratch/banner"
  # Behind the sections, before and after signing.
  file=$(signed authority banner-appended.sys)
  pe x86_64 driver "$file"
  cat "$scratch/banner" >> "$file"
  sign "$file" other-vendor
  file=$(signed none banner-appended.sys)
  claiming_driver "$file"
  cat "$scratch/banner" >> "$file"
  # In a resource: another driver, whole.
  inner=$scratch/inner.sys
  identified_driver "$inner"
  printf '101 RCDATA "%s"\n' "$inner" > "$scratch/inner.rc"
  x86_64-w64-mingw32-windres -O coff -i "$scratch/inner.rc" -o "$scratch/inner.o"
  file=$(signed authority driver-in-resource.sys)
  pe x86_64 driver "$file" "$scratch/inner.o"
  sign "$file" other-vendor
  file=$(signed none driver-in-resource.sys)
  pe x86_64 driver "$file" "$scratch/inner.o"
}

# The signed driver of another vendor, of which one sector was overwritten by a sector of a driver of Kaspersky with its
# banner: as a deleted file whose space was used again, or what is carved from there.
mixed_code() {
  local file from to
  identified_driver "$scratch/klif.sys"
  file=$(signed authority overwritten.sys)
  pe x86_64 driver "$file" "$(version x86_64 1.0.0.0 COMPANY=Northwind)" -DWIDE="L\"$(printf 'N%.0s' {1..3000})\""
  sign "$file" other-vendor
  from=$(sector_of "$scratch/klif.sys" '[[[ KLIF')
  to=$(sector_of "$file" NNNN)
  dd if="$scratch/klif.sys" of="$file" bs=512 skip="$from" seek=$((to + 1)) count=1 conv=notrunc status=none
}

# sector_of FILE TEXT – prints the number of the sector in which the text, in UTF-16, begins.
sector_of() {
  python3 -c 'import sys; print(open(sys.argv[1], "rb").read().index(sys.argv[2].encode("utf-16-le")) // 512)' "$@"
}

# A removal tool: the program proper in a resource, with a driver in a resource of its own, each signed.
program_in_resource() {
  local file inner=$scratch/proper.exe driver=$scratch/proper.sys
  claiming_driver "$driver"
  sign "$driver" kaspersky
  resource_of "$driver" 'KLHK DRIVER' > "$scratch/driver.rc"
  x86_64-w64-mingw32-windres -O coff -i "$scratch/driver.rc" -o "$scratch/driver.o"
  pe x86_64 program "$inner" "$scratch/driver.o" "$(version x86_64 21.15.8.493 COMPANY='AO Kaspersky Lab' PRODUCT=Tool)"
  sign "$inner" kaspersky
  resource_of "$inner" '101 RCDATA' > "$scratch/proper.rc"
  x86_64-w64-mingw32-windres -O coff -i "$scratch/proper.rc" -o "$scratch/proper.o"
  file=$(signed authority program-in-resource.exe)
  pe x86_64 program "$file" "$scratch/proper.o"
  sign "$file" kaspersky
}

# resource_of FILE NAME – a script that makes FILE a resource.
resource_of() { printf '%s "%s"\n' "$2" "$1"; }

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
  for kind in rfc3161 pkcs9 bare; do
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
