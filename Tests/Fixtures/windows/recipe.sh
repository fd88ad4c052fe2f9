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

# pe_with_pdb CPU KIND FILE PDB_PATH [OBJECT…] – GNU ld writes only the file name of a PDB, so LLVM links these.
pe_with_pdb() {
  local cpu=$1 kind=$2 file=$3 pdb_path=$4 machine=x64 object flags=()
  object=$(mktemp "$scratch/object.XXXXXX.obj")
  [[ $cpu == i686 ]] && { machine=x86; flags+=(/safeseh:no); }
  case $kind in
    driver) flags+=(/driver /subsystem:native) ;;
    driver-library) flags+=(/dll "/implib:$object.lib" /subsystem:native) ;;
    program) flags+=(/subsystem:windows) ;;
    library) flags+=(/dll "/implib:$object.lib" /subsystem:windows) ;;
  esac
  "$cpu-w64-mingw32-gcc" -O1 -c -o "$object" "$sources/windows/program.c"
  shift 4
  "$lld_link" /nologo "/machine:$machine" /nodefaultlib /entry:entry "${flags[@]}" \
    /debug "/pdb:$object.pdb" "/pdbaltpath:$pdb_path" "/out:$file" "$object" "$@"
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
# One key serves all: these certificates have the fields of docs/facts.md#certificates and prove nothing.
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

  rule=kaspersky_windows_driver_klif_ports
  pe x86_64 driver "$(positive $rule interceptors.sys)" \
    -DWIDE='L"\\KlifPublic\0\\FileSystem\\Filters\\KLIF\0Klif - Undoc Counters"'
  pe x86_64 driver "$(near_miss $rule one-name.sys)" -DWIDE='L"\\KlifPublic"'
  pe x86_64 program "$(near_miss $rule client.exe)" -DWIDE='L"\\KlifPublic\0\\Kaspersky\\klif\\KlifComm"'

  rule=kaspersky_windows_driver_device_link
  pe x86_64 driver "$(positive $rule unknown-driver.sys)" -DWIDE='L"\\DosDevices\\Global\\KlhkKmCtrl"'
  pe i686 driver "$(positive $rule unknown-driver-32.sys)" -DWIDE='L"\\DosDevices\\Global\\KlfltCtrl"'
  pe x86_64 driver "$(near_miss $rule key-logger.sys)" -DWIDE='L"\\DosDevices\\Global\\KlogDevice"'
  pe x86_64 driver "$(near_miss $rule narrow-link.sys)" -DNARROW='"\\DosDevices\\Global\\KlhkCtrl"'
  pe x86_64 program "$(near_miss $rule exploit.exe)" -DWIDE='L"\\DosDevices\\Global\\KlhkCtrl"'

  rule=kaspersky_windows_driver_banner
  local name
  for name in KLBACKUPDISK KLBACKUPFLT KLDISK KLGSE KLPD KLPNPFLT KLWFP KLWTP KNEPS; do
    pe x86_64 driver "$(positive $rule "${name,,}.sys")" -DWIDE="L\"[[[ $name.SYS;%d.%d.%d.%d ]]]\""
  done
  pe x86_64 driver "$(near_miss $rule narrow-banner.sys)" -DNARROW='"[[[ KLWTP.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 driver "$(near_miss $rule other-vendor.sys)" -DWIDE='L"[[[ KLWTPX.SYS;%d.%d.%d.%d ]]]"'
  pe x86_64 program "$(near_miss $rule log-viewer.exe)" -DWIDE='L"[[[ KLWTP.SYS;%d.%d.%d.%d ]]]"'

  rule=kaspersky_windows_driver_device
  local device devices=(
    kldisk 'DosDevices\\KlDiskCtl' klwtp 'Device\\KLWTP' cm_km 'Device\\kl_cm.{EE198DD8-F4ED-4799-A748-5A130DE3050E}'
    klark 'Device\\klark_041004' klbg 'Device\\klbg_111004' mark 'Device\\klnkd_061003' klelam 'Registry\\Machine\\ELAM\\Kaspersky Lab'
  )
  for ((device = 0; device < ${#devices[@]}; device += 2)); do
    pe x86_64 driver "$(positive $rule "${devices[device]}.sys")" -DWIDE="L\"\\\\${devices[device + 1]}\""
  done
  pe x86_64 driver "$(positive $rule klim6.sys)" -DWIDE='L"Kaspersky Lab NDIS 6 Filter"'
  pe x86_64 driver "$(near_miss $rule no-version.sys)" -DWIDE='L"\\Device\\klark_"'
  pe x86_64 driver "$(near_miss $rule narrow-device.sys)" -DNARROW='"\\Device\\KLWTP"'
  pe x86_64 program "$(near_miss $rule client.exe)" -DWIDE='L"\\Device\\KLWTP"'

  rule=kaspersky_windows_library_updater
  pe i686 library "$(positive $rule updater.dll)" -DNARROW='".?AVUpdater@KLUPD@@\0primaryIndexFileName=u0607g.xml"'
  pe i686 library "$(near_miss $rule types-only.dll)" -DNARROW='".?AVUpdater@KLUPD@@"'
  pe i686 library "$(near_miss $rule mirror.dll)" -DNARROW='"primaryIndexFileName=u0607g.xml\0update_srv_url0=$KL"'
  pe_with_pdb i686 library "$(positive $rule by-path.dll)" 'd:\Projects\Perforce\UpdaterSDK8Core3.5\bin\IUpdater.pdb'

  rule=kaspersky_windows_application_dropper
  pe_with_pdb i686 program "$(positive $rule remover.exe)" \
    'C:\Perforce\All\virlab\anti_rootkit\research\KlDropper\Release\KlDropper.pdb'
  pe_with_pdb i686 program "$(near_miss $rule other-branch.exe)" 'C:\Perforce\All\virlab\KlDropper.pdb'

  rule=kaspersky_windows_application_removal_tool
  local zao
  zao=$(version i686 1.0.12.0 COMPANY='Kaspersky Lab ZAO' PRODUCT=VirutKiller)
  pe i686 program "$(positive $rule inner.exe)" "$zao" -DSECTION='".pklav"'
  pe i686 program "$(near_miss $rule other-section.exe)" "$zao" -DSECTION='".pklax"'
  pe i686 program "$(near_miss $rule other-company.exe)" "$(version i686 1.0.0.0 COMPANY=Northwind)" -DSECTION='".pklav"'

  rule=kaspersky_windows_installer_starter
  echo '1 SZIP "'"$sources/windows/program.c"'"' > "$scratch/starter.rc"
  x86_64-w64-mingw32-windres -O coff -i "$scratch/starter.rc" -o "$scratch/starter.o"
  pe_with_pdb x86_64 program "$(positive $rule startup.exe)" 'C:\a\b\d_00000000_\b\out\Win32\Release\starter.pdb' \
    "$scratch/starter.o"
  pe_with_pdb x86_64 program "$(near_miss $rule no-resource.exe)" 'C:\a\b\d_00000000_\b\out\Win32\Release\starter.pdb'
  pe_with_pdb x86_64 program "$(near_miss $rule other-program.exe)" 'C:\a\b\d_00000000_\b\out\Win32\Release\avpui.pdb' \
    "$scratch/starter.o"

  rule=kaspersky_windows_installer_setup_library
  pe i686 library "$(positive $rule setup.dll)" "$def/setup.def"
  sed s/setupKAVKIS/setupOther/ "$def/setup.def" > "$scratch/other.def"
  pe i686 library "$(near_miss $rule other-name.dll)" "$scratch/other.def"

  rule=kaspersky_windows_library_system_information
  sed 's/setupKAVKIS.dll/GSICOREDLL.dll/' "$def/setup.def" > "$scratch/getsi.def"
  pe i686 library "$(positive $rule GetSI.dll)" "$scratch/getsi.def" "$(version i686 1.0.0.0 COMPANY='AO Kaspersky Lab')"
  pe i686 library "$(near_miss $rule other-company.dll)" "$scratch/getsi.def" "$(version i686 1.0.0.0 COMPANY=Northwind)"

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

  # The short name of the company, a version with commas, and letters outside of ASCII.
  resource=$(version x86_64 12.0.0.21 COMPANY=Kaspersky INTERNAL_NAME=klwk.exe FILE_VERSION='12, 0, 0, 21' \
    UNICODE_PRODUCT='\x041a\x0430\x0441\x043f\x0435\x0440\x0441\x043a\x0438\x0439\x00ae 21')
  pe x86_64 program "$(positive $rule letters.exe)" "$resource"

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

# named RULE KIND FILE VERSION FIELD=VALUE… – a positive of Kaspersky's with those strings in its version resource, and as
# near-misses the same strings of another company, and in another kind of PE.
named() {
  local rule=$1 kind=$2 file=$3 version=$4 other=program
  shift 4
  [[ $kind == program ]] && other=library
  pe x86_64 "$kind" "$(positive "$rule" "$file")" "$(version x86_64 "$version" COMPANY='AO Kaspersky Lab' "$@")"
  pe x86_64 "$kind" "$(near_miss "$rule" "$file")" "$(version x86_64 "$version" COMPANY=Northwind "$@")"
  pe x86_64 "$other" "$(near_miss "$rule" "$file.$other")" "$(version x86_64 "$version" COMPANY='AO Kaspersky Lab' "$@")"
}

# Families that a version resource tells apart.
windows_families() {
  local rule name delivery=(PRODUCT='Coretech Delivery')

  rule=kaspersky_windows_driver_minifilter
  for name in klboot klrsps klam klvfs; do
    named $rule driver $name.sys 30.1231.0.1450 INTERNAL_NAME=$name "${delivery[@]}"
  done
  named $rule driver klbackupflt.sys 30.1231.0.1450 ORIGINAL_NAME=klbackupflt.sys "${delivery[@]}"
  pe x86_64 driver "$(near_miss $rule longer-name.sys)" \
    "$(version x86_64 1.0.0.0 COMPANY='AO Kaspersky Lab' INTERNAL_NAME=klamshell "${delivery[@]}")"

  rule=kaspersky_windows_driver_name
  for name in kneps klelam klwtp klmouflt cm_km kldlfwpk; do
    named $rule driver $name.sys 30.1231.0.1450 INTERNAL_NAME=$name "${delivery[@]}"
  done
  # Another vendor's drivers, by names that lists put beside Kaspersky's (docs/facts.md#windows-drivers).
  for name in kavbootc kavbase; do
    pe x86_64 driver "$(near_miss $rule $name.sys)" \
      "$(version x86_64 1.0.0.0 COMPANY=Kingsoft INTERNAL_NAME=$name PRODUCT='Kingsoft Antivirus')"
  done

  rule=kaspersky_windows_driver_description
  named $rule driver klim6.sys 30.1231.0.1450 DESCRIPTION='Packet Network Filter [fre_wlh_x64]' "${delivery[@]}"
  named $rule driver kltap.sys 9.0.0.21 DESCRIPTION='TAP-Windows Virtual Network Driver' "${delivery[@]}"
  pe x86_64 driver "$(near_miss $rule longer-description.sys)" \
    "$(version x86_64 1.0.0.0 COMPANY='AO Kaspersky Lab' DESCRIPTION='Virtual Disks of others')"

  rule=kaspersky_windows_driver_klmd
  named $rule driver klmd.sys 2.13.0.10 INTERNAL_NAME=klmd ORIGINAL_NAME=klmd.sys

  rule=kaspersky_windows_application_name
  for name in avp avpsus kavfswp klserver ksnproxy vssbridge64; do
    named $rule program $name.exe 21.15.8.493 INTERNAL_NAME=$name
  done
  rule=kaspersky_windows_application_network_agent
  named $rule program klnagent.exe 14.2.0.26967 ORIGINAL_NAME=KLNAGENT.EXE PRODUCT='Kaspersky Security Center'
  rule=kaspersky_windows_application_password_manager
  named $rule program kpm.exe 9.0.2.1 DESCRIPTION='Kaspersky Password Manager'
  rule=kaspersky_windows_application_secure_connection
  named $rule program ksdeui.exe 21.2.16.590 DESCRIPTION='Kaspersky Secure Connection'
  rule=kaspersky_windows_library_security_center
  named $rule library kllibpq.dll 15.0.0.16436 PRODUCT='Kaspersky Security Center' ORIGINAL_NAME=KLLIBPQ.DLL
  rule=kaspersky_windows_library_antimalware_provider
  named $rule library antimalware_provider.dll 21.2.16.590 DESCRIPTION='Kaspersky AntiMalwareProvider Component'
  rule=kaspersky_windows_library_prague
  named $rule library prremote.dll 2.0.0.0 INTERNAL_NAME=PRREMOTE
}

# setup_package FILE MANUFACTURER NAME PRODUCT_CODE [UPGRADE_CODE]
setup_package() {
  local file=$1 row rows=("Manufacturer $2" "ProductName $3" "ProductCode $4")
  [[ -n ${5-} ]] && rows+=("UpgradeCode $5")
  msibuild "$file" -s "$3" "$2" ';1033' '{4E7C2B0A-2F6D-4D5B-9D3C-0F1E2D3C4B5A}'
  msibuild "$file" \
    -q 'CREATE TABLE `Property` (`Property` CHAR(72) NOT NULL, `Value` CHAR(0) NOT NULL PRIMARY KEY `Property`)'
  for row in "${rows[@]}"; do
    msibuild "$file" -q "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('${row%% *}', '${row#* }')"
  done
  # What another program reads back.
  for row in "${rows[@]}"; do
    msiinfo export "$file" Property | tr -d '\r' | grep -Fx "${row%% *}"$'\t'"${row#* }" > /dev/null ||
      fail "msiinfo does not read $row in $file"
  done
}

# json_field FILE NAME – what Python's parser reads.
json_field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$@"; }

# document PACKAGE FILE – the same compound file with the class of a document of Word: {00020906-…} for {000C1084-…}.
document() { LC_ALL=C sed 's/\x84\x10\x0C\x00\x00\x00\x00\x00\xC0/\x06\x09\x02\x00\x00\x00\x00\x00\xC0/' "$1" > "$2"; }

# task FILE COMMAND – as Windows keeps tasks (Task Scheduler Schema, learn.microsoft.com).
task() { sed "s|@COMMAND@|${2//\\/\\\\}|" "$sources/windows/task.xml" | iconv -f UTF-8 -t UTF-16 > "$1"; }

# What is installed, and what Windows writes down of it. (grep -q would end the pipe before it is read.)
windows_records() {
  local rule file
  local folder='C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15' other='C:\Program Files (x86)\Northwind'

  rule=kaspersky_windows_installer_network_agent
  local agent='{0F05E4E5-5A89-482C-9A62-47CC58643788}' upgrade='{B9518725-0B76-4793-A409-C6794442FB50}'
  setup_package "$(positive $rule agent.msi)" 'AO Kaspersky Lab' 'Kaspersky Network Agent' $agent $upgrade
  setup_package "$(positive $rule newer-agent.msi)" 'Kaspersky Lab' 'Network Agent' \
    '{5D3A7C21-9E1B-4C7D-8A55-2B1F0C9E6D43}' $upgrade
  setup_package "$(near_miss $rule remover.msi)" Northwind 'Remover of agents' '{5D3A7C21-9E1B-4C7D-8A55-2B1F0C9E6D43}' $upgrade
  setup_package "$(near_miss $rule other-product.msi)" 'AO Kaspersky Lab' 'Kaspersky' '{5D3A7C21-9E1B-4C7D-8A55-2B1F0C9E6D43}'
  setup_package "$scratch/form.msi" 'AO Kaspersky Lab' 'Kaspersky Network Agent' $agent $upgrade
  document "$scratch/form.msi" "$(near_miss $rule manual.doc)"

  rule=kaspersky_windows_installer_endpoint_security
  setup_package "$(positive $rule kes_win.msi)" 'AO Kaspersky Lab' 'Kaspersky Endpoint Security' \
    '{27534751-4A40-48BD-B393-BC3BF28C876E}'
  setup_package "$(near_miss $rule agent.msi)" 'AO Kaspersky Lab' 'Kaspersky Network Agent' $agent

  rule=kaspersky_windows_installer_file_servers
  setup_package "$(positive $rule server.msi)" 'Kaspersky Lab' 'Kaspersky Anti-Virus' \
    '{1A694303-9A42-43A8-A831-50F86C64EDF0}'
  setup_package "$(near_miss $rule inventory.msi)" Northwind 'Inventory' '{1A694303-9A42-43A8-A831-50F86C64EDF0}'

  rule=kaspersky_windows_installer_suspended_bypass
  setup_package "$(positive $rule SuspendedBypass.msi)" 'Kasperksy Lab' SuspendedBypass \
    '{BF138A9D-0831-474C-8EB3-4217A0C78E17}' '{3E1B6DD5-54B6-496A-B278-0173A6B5BF42}'
  setup_package "$(near_miss $rule other-code.msi)" 'Kasperksy Lab' SuspendedBypass '{5D3A7C21-9E1B-4C7D-8A55-2B1F0C9E6D43}'
  setup_package "$(near_miss $rule other-company.msi)" Northwind SuspendedBypass '{BF138A9D-0831-474C-8EB3-4217A0C78E17}'

  rule=kaspersky_windows_trace_prefetch
  file=$(positive $rule AVP.EXE-A1B2C3D4.pf)
  python3 "$sources/windows/traces.py" prefetch "$file" \
    '\DEVICE\HARDDISKVOLUME1\PROGRAM FILES (X86)\KASPERSKY LAB\KASPERSKY 21.15\AVP.EXE'
  sccainfo "$file" | grep 'Filename: 1.*KASPERSKY LAB' > /dev/null || fail "libscca does not read $file"
  python3 "$sources/windows/traces.py" prefetch "$(near_miss $rule AVP.EXE-0A0B0C0D.pf)" \
    '\DEVICE\HARDDISKVOLUME1\USERS\PUBLIC\AVP.EXE'

  rule=kaspersky_windows_trace_event_log
  file=$(positive $rule System.evtx)
  python3 "$sources/windows/traces.py" event-log "$file" "$folder\avp.exe"
  evtxexport -f xml "$file" | grep -F "<Data>$folder" > /dev/null || fail "libevtx does not read $file"
  python3 "$sources/windows/traces.py" event-log "$(near_miss $rule Application.evtx)" "$other\Kaspersky Lab remover.exe"

  rule=kaspersky_windows_trace_task
  task "$(positive $rule upgrade-launcher)" "$folder\avp.exe"
  task "$(near_miss $rule removal)" "$other\remover.exe"
  task "$(near_miss $rule argument)" "C:\Windows\System32\robocopy.exe &quot;$folder&quot;"

  rule=kaspersky_any_trace_native_messaging_host
  local host=com.kaspersky.kav.0123456789abcdef0123456789abcdef.host
  printf '{\n  "name": "%s",\n  "path": "host.exe",\n  "type": "stdio"\n}\n' $host > "$(positive $rule host.json)"
  printf '{\n  "name": "com.kaspersky.ahkjpbeeocnddjkakilopmfdlnjdpcdm.host",\n  "type": "stdio"\n}\n' > "$(positive $rule by-extension.json)"
  json_field "$(positive $rule by-extension.json)" name | grep -x 'com\.kaspersky\.[a-p]*\.host' > /dev/null ||
    fail 'by-extension.json is no manifest of a host'
  printf '{\n  "name": "com.kaspersky.team.host",\n  "type": "stdio"\n}\n' > "$(near_miss $rule other-name.json)"
  printf '{\n  "name": "com.northwind.host",\n  "blocked": ["%s"]\n}\n' $host > "$(near_miss $rule policy.json)"

  rule=kaspersky_any_trace_browser_extension
  local policy='"content_security_policy": "script-src '\''self'\'' https://*.scr.kaspersky-labs.com; object-src '\''self'\''"'
  printf '{\n  "name": "Kaspersky Protection",\n  "manifest_version": 2,\n  %s\n}\n' "$policy" > "$(positive $rule manifest.json)"
  printf '{\n  "manifest_version": 3,\n  "content_security_policy": { "extension_pages": "%s" }\n}\n' \
    "script-src 'self'; connect-src https://*.scr.kaspersky-labs.com" > "$(positive $rule manifest-3.json)"
  for file in manifest.json manifest-3.json; do
    json_field "$(positive $rule $file)" content_security_policy | grep -F '*.scr.kaspersky-labs.com' > /dev/null ||
      fail "$file has no such policy"
  done
  printf '{\n  "name": "Northwind",\n  "manifest_version": 2,\n  "description": "*.scr.kaspersky-labs.com"\n}\n' \
    > "$(near_miss $rule description.json)"
  printf '{\n  "rules": [{ %s }]\n}\n' "$policy" > "$(near_miss $rule no-manifest.json)"
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
