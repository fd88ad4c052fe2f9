# Linux fixtures. Sourced by scripts/fixtures.

# elf KIND FILE TEXT [ARGUMENT…] – KIND: program, library or object; TEXT: a C string literal.
elf() {
  local kind=$1 file=$2 text=$3 flags=()
  shift 3
  case $kind in
    program) flags=(-nostdlib -static -no-pie) ;;
    library) flags=(-nostdlib -shared -fPIC) ;;
    object) flags=(-c) ;;
  esac
  gcc -O1 -fno-stack-protector "${flags[@]}" -DTEXT="$text" "$@" -o "$file" "$sources/linux/program.c"
}

# kernel_module BITS FILE NAME DEPENDS [ARGUMENT…]
kernel_module() {
  local bits=$1 file=$2 name=$3 depends=$4
  shift 4
  gcc "-m$bits" -O1 -c -ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
    -DMODULE_NAME="\"$name\"" -DDEPENDS="\"$depends\"" "$@" -o "$scratch/$name-$bits.o" "$sources/linux/kernel_module.c"
  ld -m "$([[ $bits == 32 ]] && echo elf_i386 || echo elf_x86_64)" -r -o "$file" "$scratch/$name-$bits.o"
}

# rpm_file FILE NAME VENDOR – a package that installs nothing.
rpm_file() {
  local folder=$scratch/rpm-$2-$RANDOM
  mkdir -p "$folder"
  printf '%s\n' "Name: $2" 'Version: 12.1.0' 'Release: 1508' 'Summary: A package' 'License: none' "Vendor: $3" \
    'BuildArch: noarch' '%description' 'A package' '%files' > "$folder/package.spec"
  HOME=$folder rpmbuild --quiet -bb --define "_topdir $folder" --define "_rpmdir $folder" "$folder/package.spec" \
    > /dev/null 2> "$folder/log" || { cat "$folder/log" >&2; fail "rpmbuild failed"; }
  mv "$folder"/noarch/*.rpm "$1"
}

# unit FILE COMMAND – a systemd unit.
unit() { printf '[Unit]\nDescription=A service\n\n[Service]\nType=forking\nExecStart=%s\n\n[Install]\nWantedBy=multi-user.target\n' "$2" > "$1"; }

linux() {
  local rule
  local kesl='"/opt/kaspersky/kesl/libexec/kesl\0/var/opt/kaspersky/kesl/common/kesl.ini\0/etc/opt/kaspersky\0/var/log/kaspersky"'
  local name product

  # Each product by its folder: kesl has near-misses of every kind, the others one.
  rule=kaspersky_linux_application_kesl
  elf program "$(positive $rule kesl)" "$kesl"
  elf program "$(near_miss $rule inventory-tool)" '"/opt/kaspersky/kesl/bin/kesl-control\0/opt/sophos-spl/\0/opt/eset/"'
  elf program "$(near_miss $rule backup-tool)" '"/opt/kaspersky/kesl\0/var/opt/kaspersky/kesl"'
  elf program "$(near_miss $rule log-shipper)" '"/var/log/kaspersky\0/var/opt/kaspersky/kesl/private/storage/events.db"'
  elf object "$(near_miss $rule object.o)" "$kesl"
  printf '#!/bin/sh\nls /opt/kaspersky/kesl/ /var/opt/kaspersky /etc/opt/kaspersky /var/log/kaspersky\n' \
    > "$(near_miss $rule collect.sh)"

  rule=kaspersky_linux_application_network_agent
  elf program "$(positive $rule klnagent)" '"/opt/kaspersky/klnagent64/sbin/klnagent\0/var/opt/kaspersky/klnagent\0/etc/opt/kaspersky"'
  elf library "$(positive $rule libcontainers.so)" \
    '"libcontainers.so\0/opt/kaspersky/klnagent64/sbin/klnagent\0/var/opt/kaspersky/klnagent"'
  elf program "$(near_miss $rule kesl)" "$kesl"

  for product in kics kess klms kav4fs scan_engine:ScanEngine security_center:ksc64 kuma; do
    name=${product#*:}
    rule=kaspersky_linux_application_${product%:*}
    elf program "$(positive "$rule" "$name")" "\"/opt/kaspersky/$name/libexec/$name\0/var/opt/kaspersky/$name\0/etc/opt/kaspersky\""
    elf program "$(near_miss "$rule" kesl)" "$kesl"
    elf program "$(near_miss "$rule" launcher)" "\"/opt/kaspersky/$name/bin/$name-control\""
  done

  rule=kaspersky_linux_service_unit
  unit "$(positive $rule klnagent64.service)" '/opt/kaspersky/klnagent64/sbin/klnagent'
  unit "$(positive $rule kesl.service)" '-/opt/kaspersky/kesl/libexec/kesl'
  unit "$(near_miss $rule backup.service)" '/usr/local/bin/backup /opt/kaspersky/kesl/'
  unit "$(near_miss $rule other-folder.service)" '/opt/kaspersky-compatible/klms/bin/scan'

  rule=kaspersky_linux_package_rpm_file
  rpm_file "$(positive $rule klnagent64.rpm)" klnagent64 'AO Kaspersky Lab'
  rpm_file "$(positive $rule kesl.rpm)" kesl 'Kaspersky Lab'
  rpm_file "$(near_miss $rule other-vendor.rpm)" kesl Northwind
  rpm_file "$(near_miss $rule other-name.rpm)" kesl-compatible 'Kaspersky Laboratory'

  rule=kaspersky_linux_kernel_module_kav4fs_oas
  kernel_module 64 "$(positive $rule kav4fs_oas.ko)" kav4fs_oas redirfs -DMODINFO_NAME='"kav4fs_oas"'
  kernel_module 32 "$(positive $rule kav4fs_oas-old-kernel.ko)" kav4fs_oas redirfs
  kernel_module 64 "$(near_miss $rule redirfs.ko)" redirfs '' -DMODINFO_NAME='"redirfs"'
  kernel_module 64 "$(near_miss $rule companion.ko)" companion kav4fs_oas -DMODINFO_NAME='"companion"'
  kernel_module 64 "$(near_miss $rule rootkit.ko)" rootkit '' -DMODINFO_NAME='"rootkit"' -DTEXT='"hide\0kav4fs_oas\0name=kav4fs_oas"'
  gcc -nostdlib -shared -DMODULE_NAME='"kav4fs_oas"' -DMODINFO_NAME='"kav4fs_oas"' -DDEPENDS='""' \
    -o "$(near_miss $rule not-relocatable.so)" "$sources/linux/kernel_module.c"
  elf program "$(near_miss $rule module-remover)" '"name=kav4fs_oas\0rmmod kav4fs_oas"'

  # A scanner that embeds all signatures, as Trawl does.
  find "$root/signatures" -name '*.yar' -print0 | sort -z | xargs -0 cat > "$scratch/signatures.yar"
  elf program "$(near_miss any scanner)" '"a scanner"' -DEMBEDDED="\"$scratch/signatures.yar\""
  cp "$scratch/signatures.yar" "$(near_miss any signatures.yar)"
  elf program "$(near_miss any mentions-the-name)" '"Kaspersky AO Kaspersky Lab kaspersky.com kesl klnagent"'
}
