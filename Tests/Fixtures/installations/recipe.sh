# Folders that look like the disk of a machine with one product of Kaspersky. Sourced by scripts/fixtures.

# place SYSTEM PATH – where a file of that system goes.
place() { mkdir -p "$(dirname "$stage/installation/$1/$2")"; echo "$stage/installation/$1/$2"; }

installations() { windows_installation; linux_installation; macos_installation; }

windows_installation() {
  local name product=21.15.8.493 drivers=30.1231.0.1450
  local program='Program Files (x86)/Kaspersky Lab/Kaspersky 21.15' data='ProgramData/Kaspersky Lab/AVP21.15'
  local folder='C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15'
  local kaspersky=(COMPANY='AO Kaspersky Lab' COPYRIGHT='\251 2023 AO Kaspersky Lab. All Rights Reserved.')
  windows() { place windows "$1"; }

  for name in avp avpsus; do
    pe i686 program "$(windows "$program/$name.exe")" \
      "$(version i686 $product "${kaspersky[@]}" INTERNAL_NAME=$name PRODUCT=Kaspersky)"
  done
  pe i686 program "$(windows "$program/avpui.exe")" "$sources/windows/avpui.def" -DSECTION='".eecseg"' \
    -DWIDE='L"avpuimain.dll\0KasperskyLab.Kis.UI.Toasts\0Software\\KasperskyLab\\AVP21.15\\environment"' \
    "$(version i686 $product "${kaspersky[@]}" DESCRIPTION=Kaspersky PRODUCT=Kaspersky)"
  for name in avpuimain prremote; do
    pe i686 library "$(windows "$program/$name.dll")" \
      "$(version i686 21.15.3.11 "${kaspersky[@]}" INTERNAL_NAME=$name PRODUCT='Kaspersky Module')"
  done
  pe x86_64 library "$(windows 'Program Files (x86)/Common Files/Kaspersky Lab/klhk/klhk_x64/klhkum.dll')" \
    "$(version x86_64 58.0.28.0 "${kaspersky[@]}" PRODUCT='Coretech Delivery')"

  local banner
  for name in klif klflt klhk; do
    banner=${name^^}.SYS
    pe x86_64 driver "$(windows "Windows/System32/drivers/$name.sys")" -DWIDE="L\"[[[ $banner;%d.%d.%d.%d ]]]\"" \
      "$(version x86_64 $drivers "${kaspersky[@]}" INTERNAL_NAME=$name PRODUCT='Coretech Delivery')"
  done
  for name in kneps klelam; do
    pe x86_64 driver "$(windows "Windows/System32/drivers/$name.sys")" \
      "$(version x86_64 $drivers "${kaspersky[@]}" INTERNAL_NAME=$name PRODUCT='Coretech Delivery')"
  done
  pe x86_64 driver "$(windows "$data/Bases/klids.sys")" \
    "$(version x86_64 $drivers "${kaspersky[@]}" DESCRIPTION='Network Processor' PRODUCT='Coretech Delivery')"
  printf 'AVP Antiviral Database. (c)Kaspersky Lab 1997-2023.\r\n' > "$(windows "$data/Bases/base001.avc")"

  python3 "$sources/windows/traces.py" prefetch "$(windows Windows/Prefetch/AVP.EXE-A1B2C3D4.pf)" \
    '\DEVICE\HARDDISKVOLUME1\PROGRAM FILES (X86)\KASPERSKY LAB\KASPERSKY 21.15\AVP.EXE'
  python3 "$sources/windows/traces.py" event-log "$(windows Windows/System32/winevt/Logs/System.evtx)" "$folder\\avp.exe"
  task "$(windows Windows/System32/Tasks/Upgrade)" "$folder\\avp.exe"

  # The Python that Debian's hivex is for.
  for name in SOFTWARE SYSTEM; do
    /usr/bin/python3 "$sources/traces/hives.py" "$sources/installations/$name.txt" \
      "$(windows Windows/System32/config/$name)"
  done

  # Others' parts in the product's folder, and others' software beside it.
  pe i686 library "$(windows "$program/openssl.dll")" \
    "$(version i686 3.0.8.0 COMPANY='The OpenSSL Project' PRODUCT='The OpenSSL Toolkit')"
  echo 'Licences of third parties' > "$(windows "$program/licences.txt")"
  pe x86_64 driver "$(windows Windows/System32/drivers/tcpip.sys)" \
    "$(version x86_64 10.0.19041.1 COMPANY='Microsoft Corporation' PRODUCT=Windows)"
  pe x86_64 program "$(windows 'Program Files/Northwind/avp.exe')" \
    "$(version x86_64 1.0.0.0 COMPANY=Northwind PRODUCT='Northwind Audio Video Player')"
}

# dpkg_package ROOT NAME VERSION MAINTAINER – has dpkg enter a package without files into its database below ROOT.
dpkg_package() {
  local system=$1 package=$scratch/$2-$3
  mkdir -p "$package/DEBIAN" "$system/var/lib/dpkg"/{info,updates,triggers}
  touch "$system/var/lib/dpkg/status"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: %s\nDescription: a look-alike\n' "$2" "$3" "$4" \
    > "$package/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$package" "$package.deb" > /dev/null
  dpkg --root="$system" --log=/dev/null --force-not-root --force-script-chrootless -i "$package.deb" > /dev/null 2>&1
}

linux_installation() {
  local state='/var/opt/kaspersky/kesl/common/kesl.ini\0/etc/opt/kaspersky\0/var/log/kaspersky'
  linux_file() { place linux "$1"; }
  elf program "$(linux_file opt/kaspersky/kesl/libexec/kesl)" "\"/opt/kaspersky/kesl/libexec/kesl\0$state\""
  elf program "$(linux_file opt/kaspersky/kesl/bin/kesl-control)" "\"/opt/kaspersky/kesl/bin/kesl-control\0$state\""
  elf library "$(linux_file opt/kaspersky/kesl/lib64/libcontainers.so)" "\"/opt/kaspersky/kesl/lib64\0libcontainers.so\0$state\""
  unit "$(linux_file lib/systemd/system/kesl.service)" /opt/kaspersky/kesl/libexec/kesl
  printf '[General]\nLocale=en_US.UTF-8\n' > "$(linux_file var/opt/kaspersky/kesl/common/kesl.ini)"
  dpkg_package "$stage/installation/linux" kesl 12.1.0-1508 'AO Kaspersky Lab <support@kaspersky.com>'
  dpkg_package "$stage/installation/linux" openssl 3.0.8-1 'Northwind <post@northwind.example>'
  # Others' parts.
  elf library "$(linux_file opt/kaspersky/kesl/lib64/libssl.so.3)" '"OpenSSL 3.0.8"'
  elf program "$(linux_file usr/bin/kesl-log)" '"/var/log/kaspersky"'
}

macos_installation() {
  local version=26.0.0.150 bundle
  local kav='"com.kaspersky.kav\0" "2Y8XE5CQ94"' sysext='"com.kaspersky.kav.sysext\0" "2Y8XE5CQ94"'
  mac() { place macos "$1"; }
  bundle=Applications/Kaspersky.app/Contents
  info_plist "$(mac $bundle/Info.plist)" com.kaspersky.kav.gui kav APPL '' $version
  mach_o arm64-apple-macos11 program "$(mac $bundle/MacOS/kav)" -DTEXT="$kav"
  mach_o_library "$(mac $bundle/Frameworks/libkl_appkit.dylib)" @rpath/libkl_appkit.dylib -DTEXT='"A library"'
  mach_o_library "$(mac $bundle/Frameworks/libcrypto.dylib)" @rpath/libcrypto.dylib -DTEXT='"OpenSSL 3.0.8"'
  mach_o arm64-apple-macos11 program "$(mac 'Library/Application Support/Kaspersky Lab/KAV/Binaries/kav')" -DTEXT="$kav"
  bundle=Library/SystemExtensions/4A1F0C52-0000-4000-8000-000000000001/com.kaspersky.kav.sysext.systemextension/Contents
  info_plist "$(mac $bundle/Info.plist)" com.kaspersky.kav.sysext com.kaspersky.kav.sysext SYSX '' $version
  mach_o arm64-apple-macos11 program "$(mac $bundle/MacOS/com.kaspersky.kav.sysext)" -DTEXT="$sysext"
  bundle=Library/Extensions/klif.kext/Contents
  info_plist "$(mac $bundle/Info.plist)" com.kaspersky.kext.klif klif KEXT '' 3.8.1
  mach_o x86_64-apple-macos10.9 kernel_extension "$(mac $bundle/MacOS/klif)" -DBUNDLE_ID='"com.kaspersky.kext.klif"'
  launchd_job "$(mac Library/LaunchDaemons/com.kaspersky.kav.plist)" com.kaspersky.kav \
    '/Library/Application Support/Kaspersky Lab/KAV/Binaries/kav'
  receipt "$(mac private/var/db/receipts/com.kaspersky.kav.core.plist)" com.kaspersky.kav.core $version
  # Others' software.
  info_plist "$(mac Applications/Notes.app/Contents/Info.plist)" com.northwind.notes notes APPL
}
