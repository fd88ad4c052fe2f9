#!/usr/bin/env bash
# Makes one small image whose content is elsewhere, in several parts, or damaged. Needs no root and mounts nothing.
#
#   elsewhere.sh CASE DRIVER IMAGE NTFSFILL [TAG]
set -e; P=$2; I=$3; F=$4; export PATH=$PATH:/usr/sbin:/sbin
ntfs() { rm -f $I; truncate -s 16M $I; mkntfs -F -Q -q $I >/dev/null 2>&1; }
case $1 in
reparse-hole) ntfs; printf 'hole\t%s\ta.bin\t300000\nreparse\ta.bin\t%s\n' /dev/null $5 | $F $I;;
reparse-stored) ntfs; printf 'cp\t%s\ta.sys\nreparse\ta.sys\t%s\n' $P $5 | $F $I;;
compressed|compressed-damaged) ntfs; { cat $P; seq 1 60000; } >$I.source
  printf 'mkdir\tc\ncompress\tc\ncp\t%s\tc/a.sys\n' $I.source | $F $I
  # The header of the first chunk of the third unit: its clusters follow a hole, or end a run.
  if [ $1 = compressed-damaged ]; then
    printf 'runs\tc/a.sys\n' | $F $I | python3 -c "
import sys
runs=[tuple(map(int,r.split('+'))) for r in sys.stdin.read().split('\t')[2].split()]
d=bytearray(open('$I','rb').read()); o=runs[3][0]; d[o]^=0xFF; d[o+1]^=0x5F; open('$I','wb').write(d)"
  fi;;
iso-extents) rm -rf $I.t; mkdir $I.t; head -c 2048 $P >$I.t/A.BIN; tail -c +2049 $P >$I.t/B.BIN; echo hi >$I.t/C.TXT
  genisoimage -quiet -iso-level 3 ${5:-} -o $I $I.t 2>/dev/null
  # Both become extents of one file: one name, and the flag that says that another extent follows.
  python3 -c "
d=bytearray(open('$I','rb').read())
for a,b in ((b'A.BIN;1',b'B.BIN;1'),('A.BIN'.encode('utf-16be'),'B.BIN'.encode('utf-16be'))):
  for name,is_first in ((a,True),(b,False)):
    i=d.find(name)
    while i>=0:
      if d[i-1] in (len(a),len(a)+4) and is_first: d[i-8]|=0x80
      if not is_first: d[i:i+len(a)]=a
      i=d.find(name,i+1)
open('$I','wb').write(d)";;
esac
