"""Makes the program name of a code signature a BMPString, as Microsoft's signatures have it.

    unicode_name.py FILE PLACEHOLDER NAME KEY

FILE is signed (SHA-256, RSA) with PLACEHOLDER as program name, which is twice as long as NAME, so that no length
changes; the attributes are then signed again with KEY. osslsigncode itself writes IA5Strings only.
"""
import subprocess
import sys

path, placeholder, name, key = sys.argv[1:]
data = bytearray(open(path, "rb").read())
old = b"\x81" + bytes([len(placeholder)]) + placeholder.encode("ascii")
new = b"\x80" + bytes([2 * len(name)]) + name.encode("utf-16-be")
assert len(old) == len(new) and data.count(old) == 1
position = data.index(old)
data[position : position + len(old)] = new

# The attributes are the innermost [0] around the name that has a length of its own and begins with
# the type of an attribute: SEQUENCE, OBJECT IDENTIFIER.
for start in range(position, 0, -1):
    if data[start] == 0xA0 and data[start + 1] == 0x81 and data[start + 3] == 0x30 and data[start + 5] == 0x06:
        length = 3 + data[start + 2]
        break
    if data[start] == 0xA0 and data[start + 1] == 0x82 and data[start + 4] == 0x30 and data[start + 6] == 0x06:
        length = 4 + int.from_bytes(data[start + 2 : start + 4], "big")
        break
else:
    sys.exit("no attributes")
signed = b"\x31" + bytes(data[start + 1 : start + length])
signature = subprocess.run(
    ["openssl", "dgst", "-sha256", "-sign", key], input=signed, capture_output=True, check=True
).stdout
# Behind them: the algorithm of the signature, then an OCTET STRING of 256 bytes.
place = data.index(b"\x04\x82\x01\x00", start + length) + 4
data[place : place + 256] = signature
open(path, "wb").write(data)
