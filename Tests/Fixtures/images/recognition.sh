#!/usr/bin/env bash
# Makes one image in which a driver lies in a file system that only part of the medium speaks for. Needs no root and
# mounts nothing.
#
#   recognition.sh CASE DRIVER IMAGE
set -e; P=$2; I=$3; export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; mkdir $d/t; cp "$P" $d/t/a.sys
ext() { mke2fs -q -F -t ext4 -d $d/t "$@" >/dev/null 2>&1; }
zero() { dd if=/dev/zero of=$I bs=512 seek=$1 count=$2 conv=notrunc status=none; }
at() { dd if=$1 of=$I bs=512 seek=$2 conv=notrunc,sparse status=none; }
disk() { truncate -s 80M $I; printf '2048,40960,83\n81920,40960,83\n' | sfdisk -q $I; ext $d/e 20M; at $d/e $1; }
fat() { truncate -s 40M $I; mkfs.vfat -F 32 -s 1 $I >/dev/null; mcopy -i $I "$P" ::A.SYS; }
ntfs() { truncate -s 32M $I; mkntfs -F -Q -q $I >/dev/null 2>&1; ntfscp $I "$P" a.sys 2>/dev/null; }
xfs() { truncate -s 320M $I; printf '/\n0 0\nd--755 0 0\na.sys ---644 0 0 %s\n$\n' "$(realpath "$P")" >$d/p; mkfs.xfs -q -p $d/p $I; }
case $1 in
split-second-partition|split-by-its-second-part|split-without-its-first-part|split-with-a-hole)
  disk 81920; split -b 20M -d -a 3 --numeric-suffixes=1 $I $I.; rm $I
  case $1 in split-without-its-first-part) rm $I.001;; split-with-a-hole) rm $I.002;; esac;;
cut-before-the-second-partition) disk 2048; truncate -s 30M $I;;
cut-inside-a-partition) disk 2048; truncate -s 12M $I;;
table-with-an-odd-entry) disk 2048; printf '\x77' | dd of=$I bs=1 seek=478 conv=notrunc status=none;;
gpt-copy-only) truncate -s 64M $I; sgdisk -n 1:4096:+20M $I >/dev/null; ext $d/e 20M; at $d/e 4096; zero 0 2048;;
gpt-without-its-copy) truncate -s 64M $I; sgdisk -n 1:4096:+20M $I >/dev/null; ext $d/e 20M; at $d/e 4096; truncate -s 40M $I;;
front-wiped) disk 2048; zero 0 2048;;
partition-deleted-at-an-odd-place) truncate -s 64M $I; printf '2048,8192,83\n' | sfdisk -q $I; ext $d/e 20M; at $d/e 30001;;
volume-at-an-odd-place) truncate -s 40M $I; ext $d/e 20M; at $d/e 12347;;
ext-superblock-zeroed) ext $I 20M; zero 2 2;;
ext-front-zeroed) ext $I 20M; zero 0 64;;
ext-descriptors-zeroed) ext -b 1024 $I 20M; zero 4 2;;
ext4k-superblock-zeroed) ext -b 4096 $I 200M; zero 2 2;;
fat32-boot-sector-zeroed) fat; zero 0 1;;
ntfs-boot-sector-zeroed) ntfs; zero 0 1;;
ntfs-table-front-zeroed) ntfs; m=$(istat $I 0 | awk '/Type: \$DATA/{f=1;next} f{print $1;exit}'); zero $((m*8)) 2;;
partition-with-its-boot-sector-zeroed) ntfs; mv $I $d/n; truncate -s 40M $I; printf '2048,65536,7\n' | sfdisk -q $I; at $d/n 2048; zero 2048 1;;
xfs-superblock-zeroed) xfs; zero 0 1;;
compact-disc) genisoimage -quiet -J -R -o $d/i $d/t; python3 - $d/i $I <<'Y'
import sys
b=open(sys.argv[1],'rb').read(); o=open(sys.argv[2],'wb')
for n in range(0,len(b),2048):
    s=n//2048+150; f=[s//4500,s//75%60,s%75]
    o.write(b'\0'+b'\xff'*10+b'\0'+bytes(x//10*16+x%10 for x in f)+b'\1'+b[n:n+2048].ljust(2048,b'\0')+bytes(288))
Y
;;
hybrid-disc) genisoimage -quiet -J -R -o $I $d/t; truncate -s 30M $I; printf '40960,16384,83\n' | sfdisk -q $I;;
slice-in-a-dynamic-disk) disk 2048; mv $I $d/x; truncate -s 80M $I; printf '63,160000,42\n' | sfdisk -q $I; at $d/e 2111;;
esac
