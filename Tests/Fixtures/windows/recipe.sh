# Windows fixtures. Sourced by scripts/fixtures.

# pe CPU KIND FILE [ARGUMENT…] – CPU: x86_64 or i686; KIND: driver, driver-library, program or library.
# ARGUMENT: what the compiler takes, e.g. -DWIDE='L"text"', a .def file, or an object with resources.
pe() {
  local cpu=$1 kind=$2 file=$3 entry=entry flags=()
  shift 3
  [[ $cpu == i686 ]] && entry=_entry
  [[ $kind == *library ]] && flags+=(-shared)
  [[ $kind == driver* ]] && flags+=(-Wl,--subsystem,native)
  "$cpu-w64-mingw32-gcc" -O1 -nostdlib -s -Wl,-e,"$entry" -Wl,--no-insert-timestamp \
    "${flags[@]}" -o "$file" "$sources/windows/program.c" "$@"
}

# kinds – prints each KIND with the component and the extension that go with it.
kinds() { printf '%s\n' 'driver driver sys' 'program application exe' 'library library dll'; }

# other_kinds COMPONENT – prints the KINDs that are not that component, with their extensions.
other_kinds() {
  [[ $1 == driver ]] || printf '%s\n' 'driver sys' 'driver-library sys'
  [[ $1 == application ]] || echo 'program exe'
  [[ $1 == library ]] || echo 'library dll'
}

# pe_with_pdb CPU KIND FILE PDB_PATH – GNU ld writes only the file name of a PDB, so LLVM links these.
pe_with_pdb() {
  local cpu=$1 kind=$2 file=$3 pdb_path=$4 machine=x64 object flags=()
  object=$(mktemp "$scratch/object.XXXXXX.obj")
  [[ $cpu == i686 ]] && { machine=x86; flags+=(/safeseh:no); }
  case $kind in
    driver) flags+=(/driver /subsystem:native) ;;
    driver-library) flags+=(/dll /noimplib /subsystem:native) ;;
    program) flags+=(/subsystem:windows) ;;
    library) flags+=(/dll /noimplib /subsystem:windows) ;;
  esac
  "$cpu-w64-mingw32-gcc" -O1 -c -o "$object" "$sources/windows/program.c"
  "$lld_link" /nologo "/machine:$machine" /nodefaultlib /entry:entry "${flags[@]}" \
    /debug "/pdb:$object.pdb" "/pdbaltpath:$pdb_path" "/out:$file" "$object"
}

# version CPU VERSION FIELD=VALUE… – prints an object file with a version resource; FIELDs: see version.rc.
version() {
  local cpu=$1 version=$2 field object definitions=()
  shift 2
  object=$(mktemp "$scratch/version.XXXXXX.o")
  for field; do definitions+=("-D${field%%=*}=\"${field#*=}\""); done
  "$cpu-w64-mingw32-gcc" -E -P -x c "${definitions[@]}" \
    -DVERSION_NUMBERS="${version//./,}" -DVERSION_TEXT="\"$version\"" \
    -o "$object.rc" "$sources/windows/version.rc"
  "$cpu-w64-mingw32-windres" -O coff -i "$object.rc" -o "$object"
  echo "$object"
}

# certificate NAME AUTHORITY SUBJECT [OPTION…] – makes $scratch/NAME.pem, the certificate and the one of its AUTHORITY,
# another NAME or - for NAME itself.
# One key serves all: these certificates imitate the fields of kaspersky.md A1.1 and are worth nothing else.
certificate() {
  local name=$1 issuer=$2 subject=$3 authority=() extension=extendedKeyUsage=codeSigning
  shift 3
  [[ $issuer == - ]] && extension=basicConstraints=critical,CA:TRUE
  [[ $issuer == - ]] || authority=(-CA "$scratch/$issuer.pem" -CAkey "$scratch/signing.key")
  openssl req -x509 -new -sha256 -days 3650 -key "$scratch/signing.key" "${authority[@]}" \
    -subj "$subject" -addext "$extension" -out "$scratch/$name.pem" "$@"
  [[ $issuer == - ]] || cat "$scratch/$issuer.pem" >> "$scratch/$name.pem"
}

# sign FILE CERTIFICATE [OPTION…] – signs FILE in place; -nest adds a nested signature.
sign() {
  local file=$1 certificate=$2
  shift 2
  osslsigncode sign -h sha256 -certs "$scratch/$certificate.pem" -key "$scratch/signing.key" "$@" \
    -in "$file" -out "$file.signed" > /dev/null
  mv "$file.signed" "$file"
}

# Drivers and avpui: banners, device links, exports, sections.
windows_code() {
  local rule def=$sources/windows

  rule=kaspersky_windows_driver_klif
  local klif='L"[[[ KLIF.SYS;%d.%d.%d.%d ]]]\0\\DosDevices\\Global\\KlfltCtrl\0\\Kaspersky\\klif\\KlifComm"'
  pe x86_64 driver "$(positive $rule klif.sys)" -DWIDE="$klif"
  pe i686 driver "$(positive $rule klif-32.sys)" -DWIDE="$klif"
  pe x86_64 driver "$(near_miss $rule narrow-banner.sys)" -DNARROW='"[[[ KLIF.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 driver "$(near_miss $rule other-vendor.sys)" -DWIDE='L"[[[ KLIFE.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 program "$(near_miss $rule log-viewer.exe)" -DWIDE='L"[[[ KLIF.SYS;%d.%d.%d.%d ]]]"'

  rule=kaspersky_windows_driver_klflt
  pe x86_64 driver "$(positive $rule klflt-banner.sys)" -DWIDE='L"[[[ KLFLT.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 driver-library "$(positive $rule klflt-exports.sys)" "$def/klflt.def" -DSECTION='".kdscrl"'
  pe x86_64 driver "$(near_miss $rule narrow-banner.sys)" -DNARROW='"[[[ KLFLT.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 library "$(near_miss $rule user-mode.dll)" "$def/klflt.def"
  pe x86_64 driver-library "$(near_miss $rule four-exports.sys)" "$def/klflt-incomplete.def"
  pe x86_64 driver "$(near_miss $rule klif.sys)" -DWIDE="$klif"

  rule=kaspersky_windows_driver_klhk
  pe x86_64 driver-library "$(positive $rule klhk-2020.sys)" "$def/klhk.def" \
    -DWIDE='L"[[[ KLHK.SYS;%d.%d.%d.%d ]]]"' -DSECTION='"_hvmcode"'
  pe x86_64 driver-library "$(positive $rule klhk-2025.sys)" "$def/klhk.def" \
    -DWIDE='L"[[[ KLHK;%d.%d.%d.%d ]]]"' -DSECTION='"_hvmcode"'
  pe x86_64 driver "$(near_miss $rule narrow-banner.sys)" -DNARROW='"[[[ KLHK;%d.%d.%d.%d ]]]"'
  pe x86_64 driver "$(near_miss $rule other-vendor.sys)" -DWIDE='L"[[[ KLHKEY;%d.%d.%d.%d ]]]"'
  pe x86_64 program "$(near_miss $rule log-viewer.exe)" -DWIDE='L"[[[ KLHK.SYS;%d.%d.%d.%d ]]]"'

  rule=kaspersky_windows_driver_device_link
  pe x86_64 driver "$(positive $rule unknown-driver.sys)" -DWIDE='L"\\DosDevices\\Global\\KlhkKmCtrl"'
  pe i686 driver "$(positive $rule unknown-driver-32.sys)" -DWIDE='L"\\DosDevices\\Global\\KlfltCtrl"'
  pe x86_64 driver "$(near_miss $rule key-logger.sys)" -DWIDE='L"\\DosDevices\\Global\\KlogDevice"'
  pe x86_64 driver "$(near_miss $rule narrow-link.sys)" -DNARROW='"\\DosDevices\\Global\\KlhkCtrl"'
  pe x86_64 program "$(near_miss $rule exploit.exe)" -DWIDE='L"\\DosDevices\\Global\\KlhkCtrl"'

  rule=kaspersky_windows_application_avpui
  local modules='L"avpuimain.dll\0KasperskyLab.Kis.UI.Toasts\0Software\\KasperskyLab\\AVP21.15\\environment"'
  pe i686 program "$(positive $rule avpui.exe)" "$def/avpui.def" -DSECTION='".eecseg"' -DWIDE="$modules"
  pe i686 program "$(near_miss $rule same-protector.exe)" "$def/avpui.def" -DSECTION='".eecseg"'
  pe i686 program "$(near_miss $rule narrow-strings.exe)" "$def/avpui.def" -DSECTION='".eecseg"' -DNARROW='"avpuimain.dll"'
  pe i686 program "$(near_miss $rule no-export.exe)" -DSECTION='".eecseg"' -DWIDE="$modules"
  pe i686 program "$(near_miss $rule no-section.exe)" "$def/avpui.def" -DWIDE="$modules"

  pe x86_64 program "$(near_miss any avp.exe)" \
    -DNARROW='"avp.exe klif.sys klnagent.exe Kaspersky kaspersky.com"' -DWIDE='L"Kaspersky Anti-Virus"'
}

# PDB paths below the build roots.
windows_paths() {
  local kind component extension rule
  local klhk='C:\a\b\d_00000000_\b\out_x64\Release\si.updatable.kernel.klhk\klhk.pdb'
  local avpui='C:\a\b\d_00000000_\b\out\Win32\Release\avpui.pdb'
  local kllibpq='C:\a\c\d_00000000\s\product\osmp\ksc\dev\bin\dll\kllibpq.pdb'

  rule=kaspersky_windows_driver_build_path
  pe_with_pdb x86_64 driver "$(positive $rule klhk.sys)" "$klhk"

  rule=kaspersky_windows_application_build_path
  pe_with_pdb i686 program "$(positive $rule avpui.exe)" "$avpui"

  rule=kaspersky_windows_library_build_path
  pe_with_pdb x86_64 library "$(positive $rule kllibpq.dll)" "$kllibpq"
  pe_with_pdb x86_64 library "$(positive $rule klmariadb.dll)" \
    'O:\CS AdminKit\development2\extern\libmariadb\build\libmariadb\RelWithDebInfo\klmariadb.pdb'

  while read -r kind component extension; do
    rule=kaspersky_windows_${component}_build_path
    pe_with_pdb x86_64 "$kind" "$(near_miss "$rule" "other-job.$extension")" \
      'C:\a\b\d_00000001_\b\out_x64\Release\product.pdb'
    pe_with_pdb x86_64 "$kind" "$(near_miss "$rule" "root-in-the-middle.$extension")" \
      'D:\mirror\C:\a\b\d_00000000_\b\product.pdb'
    while read -r kind extension; do
      pe_with_pdb x86_64 "$kind" "$(near_miss "$rule" "$kind.$extension")" "$klhk"
    done < <(other_kinds "$component")
  done < <(kinds)
  pe_with_pdb x86_64 program "$(near_miss any named-after-kaspersky.exe)" 'C:\work\kaspersky\klif\klif.pdb'
}

# Version resources.
windows_resources() {
  local kind component extension rule resource
  local klark=(COMPANY='AO Kaspersky Lab' DESCRIPTION='Kaspersky Lab Anti-Rootkit [fre_win7_x64]' PRODUCT='Coretech Delivery')

  rule=kaspersky_windows_driver_version_resource
  resource=$(version x86_64 58.0.28.0 COMPANY='AO Kaspersky Lab' DESCRIPTION='klhk [fre_win7_x64]' \
    INTERNAL_NAME=klhk PRODUCT='Coretech Delivery' COPYRIGHT='\251 2023 AO Kaspersky Lab. All Rights Reserved.')
  pe x86_64 driver "$(positive $rule klhk.sys)" "$resource"

  rule=kaspersky_windows_application_version_resource
  resource=$(version i686 21.15.8.493 COMPANY='AO Kaspersky Lab' DESCRIPTION=Kaspersky PRODUCT=Kaspersky)
  pe i686 program "$(positive $rule avpui.exe)" "$resource"
  resource=$(version x86_64 14.0.0.4651 COMPANY='Kaspersky Lab ZAO' DESCRIPTION='Kaspersky Anti-Virus')
  pe x86_64 program "$(positive $rule forged-by-a-miner.exe)" "$resource" -DNARROW='"stratum+tcp://pool.example:3333"'

  rule=kaspersky_windows_library_version_resource
  resource=$(version x86_64 15.0.0.16436 COMPANY='AO Kaspersky Lab' PRODUCT='Kaspersky Security Center' INTERNAL_NAME=KLLIBPQ)
  pe x86_64 library "$(positive $rule kllibpq.dll)" "$resource"

  while read -r kind component extension; do
    rule=kaspersky_windows_${component}_version_resource
    while read -r kind extension; do
      pe x86_64 "$kind" "$(near_miss "$rule" "$kind.$extension")" "$resource"
    done < <(other_kinds "$component")
  done < <(kinds)

  rule=kaspersky_windows_driver_anti_rootkit
  resource=$(version x86_64 20.5.3.0 "${klark[@]}")
  pe x86_64 driver "$(positive $rule klark.sys)" "$resource"
  pe x86_64 program "$(near_miss $rule user-mode.exe)" "$resource"
  resource=$(version x86_64 1.0.0.0 COMPANY='Northwind' DESCRIPTION='Remover of Kaspersky Lab Anti-Rootkit')
  pe x86_64 driver "$(near_miss $rule remover.sys)" "$resource"

  # Companies that are not Kaspersky, and its name in another field.
  local names=(
    description-only 'Northwind' laboratory 'Kaspersky Laboratory of Chess' other-name 'Kasperskyan Labs'
    tools-for 'Tools for Kaspersky Lab' compound 'Kaspersky Lab-compatible software'
  )
  local i
  for ((i = 0; i < ${#names[@]}; i += 2)); do
    resource=$(version x86_64 1.2.3.4 COMPANY="${names[i + 1]}" \
      DESCRIPTION='Kaspersky Lab importer' PRODUCT='Kaspersky Lab importer')
    while read -r kind component extension; do
      rule=kaspersky_windows_${component}_version_resource
      pe x86_64 "$kind" "$(near_miss "$rule" "${names[i]}.$extension")" "$resource"
    done < <(kinds)
  done
}

# Code signatures.
windows_signatures() {
  local kind component extension rule file name
  openssl genrsa -out "$scratch/signing.key" 2048 2> /dev/null
  certificate authority - '/C=BE/O=Trawl Test Authority/CN=Trawl Test Code Signing CA'
  cp "$scratch/authority.pem" "$stage/authority.pem"
  certificate microsoft authority \
    '/C=US/ST=Washington/L=Redmond/O=Microsoft Corporation/CN=Microsoft Windows Hardware Compatibility Publisher'
  certificate kaspersky authority '/C=RU/ST=Moscow/L=Moscow/O=AO Kaspersky Lab/CN=AO Kaspersky Lab'
  certificate kaspersky-ev authority "/businessCategory=Private Organization/serialNumber=1027739867473\
/jurisdictionC=RU/C=RU/ST=Moscow/L=Moscow/O=Kaspersky Lab JSC/OU=Kaspersky Lab/CN=Kaspersky Lab JSC"
  certificate kaspersky-own - '/C=RU/L=Moscow/O=Kaspersky Lab/CN=Kaspersky Lab'

  certificate issued-by-kaspersky kaspersky-own '/C=DE/O=Northwind/CN=Northwind'
  certificate common-name-only authority '/C=DE/O=Northwind/CN=Kaspersky Lab'
  certificate unit-only authority '/C=DE/O=Northwind/OU=Kaspersky Lab/CN=Northwind'
  certificate other-name authority '/C=AM/O=Kasperskyan Labs/CN=Kasperskyan Labs'

  # As in drivers of 2022 and later: Microsoft signs first, Kaspersky's signatures are nested in that.
  rule=kaspersky_windows_driver_certificate
  file=$(positive $rule nested.sys)
  pe x86_64 driver "$file"
  sign "$file" microsoft -n 'AO Kaspersky Lab'
  sign "$file" kaspersky-own -nest
  sign "$file" kaspersky -nest

  rule=kaspersky_windows_application_certificate
  file=$(positive $rule avpui.exe)
  pe i686 program "$file"
  sign "$file" kaspersky -n Kaspersky
  file=$(positive $rule self-signed.exe)
  pe x86_64 program "$file"
  sign "$file" kaspersky-own

  rule=kaspersky_windows_library_certificate
  file=$(positive $rule extended-validation.dll)
  pe x86_64 library "$file"
  sign "$file" kaspersky-ev

  while read -r kind component extension; do
    rule=kaspersky_windows_${component}_certificate
    for name in issued-by-kaspersky common-name-only unit-only other-name; do
      file=$(near_miss "$rule" "$name.$extension")
      pe x86_64 "$kind" "$file"
      sign "$file" "$name"
    done
    while read -r kind extension; do
      file=$(near_miss "$rule" "$kind.$extension")
      pe x86_64 "$kind" "$file"
      sign "$file" kaspersky
    done < <(other_kinds "$component")
  done < <(kinds)

  # A program name is part of a signature, but only a verified one says anything.
  file=$(near_miss any hardware-partner.sys)
  pe x86_64 driver "$file"
  sign "$file" microsoft -n 'AO Kaspersky Lab'
}
