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

linux() {
  local rule
  local kesl='"/opt/kaspersky/kesl/libexec/kesl\0/var/opt/kaspersky/kesl/common/kesl.ini\0/etc/opt/kaspersky\0/var/log/kaspersky"'

  rule=kaspersky_linux_application_paths
  elf program "$(positive $rule kesl)" "$kesl"
  elf library "$(positive $rule libcontainers.so)" \
    '"libcontainers.so\0/opt/kaspersky/klnagent64/sbin/klnagent\0/var/opt/kaspersky/klnagent"'
  elf program "$(near_miss $rule inventory-tool)" '"/opt/kaspersky/kesl/bin/kesl-control\0/opt/sophos-spl/\0/opt/eset/"'
  elf program "$(near_miss $rule backup-tool)" '"/opt/kaspersky/kesl\0/var/opt/kaspersky/kesl"'
  elf program "$(near_miss $rule log-shipper)" '"/var/log/kaspersky\0/var/opt/kaspersky/kesl/private/storage/events.db"'
  elf object "$(near_miss $rule object.o)" "$kesl"
  printf '#!/bin/sh\nls /opt/kaspersky/kesl/ /var/opt/kaspersky /etc/opt/kaspersky /var/log/kaspersky\n' \
    > "$(near_miss $rule collect.sh)"

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
