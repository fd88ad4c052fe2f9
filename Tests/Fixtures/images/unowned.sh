#!/usr/bin/env bash
# Makes one image of 16 to 320 MB in which a driver lies where no live file has it. Needs no root and mounts nothing.
#
#   unowned.sh CASE DRIVER IMAGE
set -e; P=$2; I=$3; export PATH=$PATH:/usr/sbin:/sbin
ext() { rm -f $I; mke2fs -q -F -t ext4 -b 4096 "$@" $I 32M >/dev/null 2>&1; }
put() { dd if=$P of=$I bs=512 seek=$1 conv=notrunc status=none; }
case $1 in
ext-bitmap-never-written) ext; put 50001;;
ext-blocks-without-owner) ext; put 40000; debugfs -w -R 'setb 5000 60' $I 2>/dev/null;;
ext-bitmap-of-ones) ext; put 40000; b=$(dumpe2fs $I 2>/dev/null | grep -m1 -oP 'Block bitmap at \K\d+'); head -c 4096 /dev/zero | tr '\0' '\377' | dd of=$I bs=4096 seek=$b conv=notrunc status=none;;
ext-mode-is-a-socket) ext; debugfs -w -R "write $P a.sys" $I 2>/dev/null; debugfs -w -R 'sif a.sys mode 0140644' $I 2>/dev/null;;
ext-children-of-a-lost-directory) ext; mkdir -p $I.d/d; cp $P $I.d/d/a.sys; ext -d $I.d; n=$(debugfs -R 'stat /d/a.sys' $I 2>/dev/null | grep -oP 'Inode: \K\d+'); debugfs -w -R 'clri d' $I 2>/dev/null; debugfs -w -R "sif <$n> mode 0140644" $I 2>/dev/null;;
ext-size-of-10|ext-size-of-1000) ext; debugfs -w -R "write $P a.sys" $I 2>/dev/null; debugfs -w -R "sif a.sys size ${1##*-}" $I 2>/dev/null;;
ext-bad-blocks) echo 5000 >$I.b; echo 5001 >>$I.b; ext -l $I.b; put 40000;;
ext-journal) ext -J size=4; b=$(debugfs -R 'blocks <8>' $I 2>/dev/null | awk '{print $100}'); put $((b*8));;
ext-unwritten-extents) ext; put 40000; debugfs -w -R 'write /dev/null pre' $I 2>/dev/null; debugfs -w -R 'fallocate pre 0 6000' $I 2>/dev/null;;
ext-unused-inodes) ext; t=$(dumpe2fs $I 2>/dev/null | grep -m1 -oP 'Inode table at \K\d+'); put $(((t+20)*8));;
ext-slack-and-free) ext; echo x >$I.t; debugfs -w -R "write $I.t t" $I 2>/dev/null; b=$(debugfs -R 'blocks t' $I 2>/dev/null); put $((b*8+5));;
ext-reserved-blocks) ext; put 1010;;
fat-lost-chain) rm -f $I; truncate -s 40M $I; mkfs.vfat -F 32 -s 1 $I >/dev/null; mcopy -i $I $P ::A.SYS; python3 -c "
import sys
d=bytearray(open('$I','rb').read());i=d.find(b'A       SYS');d[i:i+32]=bytes(32);open('$I','wb').write(d)";;
fat-size-of-1000) rm -f $I; truncate -s 40M $I; mkfs.vfat -F 32 -s 1 $I >/dev/null; mcopy -i $I $P ::A.SYS; python3 -c "
d=bytearray(open('$I','rb').read());i=d.find(b'A       SYS');d[i+28:i+32]=(1000).to_bytes(4,'little');open('$I','wb').write(d)";;
ntfs-size-of-1000) rm -f $I; truncate -s 32M $I; mkntfs -F -Q -q $I >/dev/null 2>&1; ntfscp $I $P a.sys 2>/dev/null; n=$(ifind -n a.sys $I); python3 -c "
import struct
d=bytearray(open('$I','rb').read()); b=struct.unpack_from('<Q',d,48)[0]*4096+int('$n')*1024
a=b+struct.unpack_from('<H',d,b+20)[0]
while struct.unpack_from('<I',d,a)[0]!=0x80: a+=struct.unpack_from('<I',d,a+4)[0]
for o in (48,56): struct.pack_into('<Q',d,a+o,1000)
open('$I','wb').write(d)";;
fat-bad-clusters) rm -f $I; truncate -s 16M $I; mkfs.vfat -F 16 -s 4 $I >/dev/null; python3 -c "
import struct
d=bytearray(open('$I','rb').read());r,=struct.unpack_from('<H',d,14);n=d[16];f,=struct.unpack_from('<H',d,22);e,=struct.unpack_from('<H',d,17);b=(r+n*f)*512+e*32
for c in range(100,110):
  for k in range(n): struct.pack_into('<H',d,(r+k*f)*512+2*c,0xFFF7)
o=b+(100-2)*2048; p=open('$P','rb').read(); d[o:o+len(p)]=p
open('$I','wb').write(d)";;
fat-reserved-sectors) rm -f $I; truncate -s 40M $I; mkfs.vfat -F 32 -s 1 $I >/dev/null; put 10;;
ntfs-bitmap-of-ones|ntfs-record-zeroed|ntfs-record-damaged|ntfs-logfile) rm -f $I; truncate -s 32M $I; mkntfs -F -Q -q $I >/dev/null 2>&1
 case $1 in
 ntfs-bitmap-of-ones) put 40000; o=$(istat $I 6 | awk '/Type: \$DATA/{f=1;next} f{print $1;exit}'); head -c 1024 /dev/zero | tr '\0' '\377' | dd of=$I bs=4096 seek=$o conv=notrunc status=none;;
 ntfs-record-*) ntfscp $I $P a.sys 2>/dev/null; n=$(ifind -n a.sys $I); m=$(istat $I 0 | awk '/Type: \$DATA/{f=1;next} f{print $1;exit}')
   o=$((m*4096+n*1024)); if [ $1 = ntfs-record-zeroed ]; then dd if=/dev/zero of=$I bs=1024 seek=$((o/1024)) count=1 conv=notrunc status=none; else printf 'BAAD' | dd of=$I bs=1 seek=$o conv=notrunc status=none; fi;;
 ntfs-logfile) o=$(istat $I 2 | awk '/Type: \$DATA/{f=1;next} f{print $100?$100:$8;exit}'); put $((o*8));;
 esac;;
xfs-log) rm -f $I; truncate -s 320M $I; mkfs.xfs -q $I; b=$(xfs_db -r -c 'sb 0' -c 'p logstart' $I | awk '{print $3}'); a=$(xfs_db -r -c 'sb 0' -c 'p agblklog agblocks' $I | awk '{print $3}' | tr '\n' ' '); set -- $a; ag=$((b >> $1)); o=$((ag*$2 + (b & ((1<<$1)-1)) + 500)); put $((o*8));;
xfs-free) rm -f $I; truncate -s 320M $I; mkfs.xfs -q $I; put 300001;;
esac
