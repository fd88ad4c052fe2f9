# macOS fixtures. Sourced by scripts/fixtures. Objects and libraries only: no tool here signs as Apple's do.
# Kernel extensions for i386 were objects (MH_OBJECT); those for x86_64 have a type of their own.

# mach_o TARGET SOURCE FILE [ARGUMENT…] – SOURCE: program or kernel_extension.
mach_o() {
  local target=$1 source=$2 file=$3
  shift 3
  "$clang" -target "$target" -O1 -w -ffreestanding -c "$@" -o "$file" "$sources/macos/$source.c"
}

# info_plist FILE IDENTIFIER EXECUTABLE TYPE [EXTRA [VERSION]]
info_plist() {
  sed -e "s|@IDENTIFIER@|$2|; s|@EXECUTABLE@|$3|; s|@TYPE@|$4|; s|@EXTRA@|${5-}|; s|@VERSION@|${6-1.0.0}|" \
    "$sources/macos/Info.plist.template" > "$1"
}

# mach_o_library FILE NAME [ARGUMENT…] – linked by LLVM's linker, with no library of the system.
mach_o_library() {
  local file=$1 name=$2
  shift 2
  mach_o x86_64-apple-macos11 program "$file.o" "$@"
  "$ld64" -arch x86_64 -platform_version macos 11.0 11.0 -dylib -install_name "$name" -o "$file" "$file.o"
  rm "$file.o"
}

# property_list FILE KEY VALUE… – strings; a VALUE that begins with [ is an array of one string.
property_list() {
  local file=$1
  shift
  python3 -c 'import plistlib, sys
keys = sys.argv[1::2]
values = [[value[1:]] if value.startswith("[") else value for value in sys.argv[2::2]]
sys.stdout.buffer.write(plistlib.dumps(dict(zip(keys, values))))' "$@" > "$file"
}
launchd_job() { property_list "$1" Label "$2" ProgramArguments "[$3"; }
receipt() { property_list "$1" PackageIdentifier "$2" PackageVersion "${3-16.0.0}" InstallPrefixPath /; }

# binary_plist XML FILE
binary_plist() {
  python3 -c 'import plistlib, sys
plistlib.dump(plistlib.load(open(sys.argv[1], "rb")), open(sys.argv[2], "wb"), fmt=plistlib.FMT_BINARY)' "$@"
}

macos() {
  local rule part file

  rule=kaspersky_macos_application_code_signature
  local kav='"com.kaspersky.kav\0" "2Y8XE5CQ94"' sysext='"com.kaspersky.kav.sysext\0" "2Y8XE5CQ94"'
  mach_o x86_64-apple-macos11 program "$(positive $rule kav)" -DTEXT="$kav"
  mach_o arm64-apple-macos11 program "$(positive $rule com.kaspersky.kav.sysext)" -DTEXT="$sysext"
  mach_o x86_64-apple-macos11 program "$scratch/sysext-x86_64" -DTEXT="$sysext"
  "$lipo" -create "$scratch/sysext-x86_64" "$(positive $rule com.kaspersky.kav.sysext)" -output "$(positive $rule universal)"
  mach_o arm64-apple-macos11 program "$(near_miss $rule xpc-client)" \
    -DTEXT='"2Y8XE5CQ94.com.kaspersky.kav.sysext\0com.kaspersky.kav"'
  mach_o x86_64-apple-macos11 program "$(near_miss $rule list-of-teams)" \
    -DTEXT='"2Y8XE5CQ94\0Kaspersky\0UBF8T346G9\0Microsoft\0com.kaspersky.kav\0com.microsoft.wdav"'
  elf program "$(near_miss $rule elf)" "$kav"

  rule=kaspersky_macos_kernel_module_kext
  mach_o x86_64-apple-macos10.9 kernel_extension "$scratch/klif-x86_64" -DBUNDLE_ID='"com.kaspersky.kext.klif"'
  mach_o i386-apple-macos10.6 kernel_extension "$(positive $rule klnke-i386)" -DBUNDLE_ID='"com.kaspersky.nke"'
  cp "$scratch/klif-x86_64" "$(positive $rule klif)"
  mach_o i386-apple-macos10.6 kernel_extension "$scratch/klif-i386" -DBUNDLE_ID='"com.kaspersky.kext.klif"'
  "$lipo" -create "$scratch/klif-x86_64" "$scratch/klif-i386" -output "$(positive $rule klif-universal)"
  mach_o x86_64-apple-macos10.9 kernel_extension "$(near_miss $rule rival.kext)" \
    -DBUNDLE_ID='"com.northwind.kext.filter"' -DTEXT='"com.kaspersky.kext.klif\0com.kaspersky.nke"'
  mach_o x86_64-apple-macos11 program "$(near_miss $rule list-of-kexts)" \
    -DTEXT='"com.symantec.kext.SymAPComm\0com.kaspersky.kext.klif\0com.kaspersky.nke"'
  mach_o x86_64-apple-macos10.9 kernel_extension "$(near_miss $rule look-alike.kext)" -DBUNDLE_ID='"com.kaspersky.nkefriend"'

  rule=kaspersky_macos_library_appkit
  mach_o_library "$(positive $rule libkl_appkit.dylib)" @rpath/libkl_appkit.dylib -DTEXT='"A library"'
  mach_o_library "$(near_miss $rule libother.dylib)" @rpath/libother.dylib -DTEXT='"@rpath/libkl_appkit.dylib"'
  mach_o x86_64-apple-macos11 program "$(near_miss $rule client)" -DTEXT='"@rpath/libkl_appkit.dylib"'

  rule=kaspersky_macos_service_launchd
  launchd_job "$(positive $rule com.kaspersky.kav.plist)" com.kaspersky.kav '/Library/Application Support/Kaspersky Lab/KAV/Binaries/kav'
  launchd_job "$(positive $rule com.kaspersky.klnagent.plist)" com.kaspersky.klnagent '/Library/Application Support/Kaspersky Lab/klnagent/Binaries/klnagent'
  launchd_job "$(near_miss $rule other-program.plist)" com.kaspersky.kav /usr/local/bin/other
  launchd_job "$(near_miss $rule watcher.plist)" com.northwind.watcher '/Library/Application Support/Kaspersky Lab/KAV/Binaries/kav'

  rule=kaspersky_macos_package_receipt
  receipt "$(positive $rule com.kaspersky.kav.core.plist)" com.kaspersky.kav.core
  receipt "$(near_miss $rule com.northwind.kav.plist)" com.northwind.com.kaspersky.kav

  rule=kaspersky_macos_application_bundle
  mkdir -p "$scratch/plists"
  for part in kav kav.sysext kav_agent klif_loader klnagent.core; do
    info_plist "$(positive $rule "$part.plist")" "com.kaspersky.$part" "$part" APPL
  done
  info_plist "$(near_miss $rule kaspresso.plist)" com.kaspersky.android-components kaspresso APPL
  info_plist "$(near_miss $rule longer-name.plist)" com.kaspersky.kavalier kavalier APPL
  info_plist "$(near_miss $rule uninstaller.plist)" com.northwind.uninstaller uninstaller APPL \
    '<key>Removes</key><array><string>com.kaspersky.kav</string><string>com.kaspersky.kav.sysext</string></array>'

  # A binary list of another bundle that holds the identifier is not told apart (weak): no near-miss for that.
  rule=kaspersky_macos_application_bundle_binary
  for part in kav kav.sysext klnagent.core; do
    binary_plist "$(positive kaspersky_macos_application_bundle "$part.plist")" "$(positive $rule "$part.plist")"
  done
  binary_plist "$(near_miss kaspersky_macos_application_bundle kaspresso.plist)" "$(near_miss $rule kaspresso.plist)"
  binary_plist "$(near_miss kaspersky_macos_application_bundle longer-name.plist)" "$(near_miss $rule longer-name.plist)"
  file=$scratch/preferences
  printf '<plist version="1.0"><dict><key>bundle</key><string>com.kaspersky.kav</string></dict></plist>' > "$file"
  binary_plist "$file" "$(near_miss $rule preferences.plist)"

  rule=kaspersky_macos_kernel_module_bundle
  info_plist "$(positive $rule klif.plist)" com.kaspersky.kext.klif klif KEXT
  info_plist "$(positive $rule klnkeinterceptors.plist)" com.kaspersky.nke.interceptors klnkeinterceptors KEXT
  info_plist "$(near_miss $rule look-alike.plist)" com.kaspersky.nkefriend friend KEXT
  info_plist "$(near_miss $rule dependent.plist)" com.northwind.kext.filter filter KEXT \
    '<key>OSBundleLibraries</key><dict><key>com.kaspersky.kext.klif</key><string>1.0</string></dict>'
  info_plist "$(near_miss $rule conflicts.plist)" com.northwind.kext.filter filter KEXT \
    '<key>Conflicts</key><array><string>com.kaspersky.kext.klif</string><string>com.kaspersky.nke</string></array>'
}
