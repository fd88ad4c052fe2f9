"""Adds a timestamp to the first code signature of a PE, without a server: OpenSSL makes it, this puts it in place.

    timestamp.py FILE rfc3161|pkcs9|bare CERTIFICATE KEY [OTHER]

With OTHER, the timestamp is one of the signature of that file, so that in FILE it is false.

rfc3161: a token of a time-stamping authority, in the unsigned attribute 1.3.6.1.4.1.311.3.3.1. pkcs9: as Authenticode
had it first, a countersignature (1.2.840.113549.1.9.6), which is the SignerInfo of a message over the signature; its
certificate goes to the others. bare: the same, but what is signed is the hash alone, without the DigestInfo around it, as
the services of VeriSign and Symantec did until 2017.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import der  # noqa: E402

CONFIGURATION = """[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class SignedFile:
    def __init__(self, path):
        self.path = path
        self.data = bytearray(open(path, "rb").read())
        optional = self.number(0x3C) + 24
        self.entry = optional + (112 if self.data[optional + 1] == 2 else 96) + 32
        self.table = self.number(self.entry)
        message = self.data[self.table + 8 :]
        self.message = der.decode(message[: der.size(message)])[0]

    def number(self, offset):
        return int.from_bytes(self.data[offset : offset + 4], "little")

    @property
    def signer(self):
        return signer_info(self.message)

    @property
    def signature(self):
        return next(content for tag, content in self.signer[1] if tag == 0x04)

    def add_attribute(self, number, value):
        attribute = [0x30, [der.object_identifier(number), [0x31, [value]]]]
        if self.signer[1][-1][0] != 0xA1:
            self.signer[1].append([0xA1, []])
        self.signer[1][-1][1].append(attribute)

    def write(self):
        message = der.encode(self.message)
        message += bytes(-len(message) % 8)
        length = (8 + len(message)).to_bytes(4, "little")
        self.data[self.entry + 4 : self.entry + 8] = length
        open(self.path, "wb").write(self.data[: self.table] + length + b"\x00\x02\x02\x00" + message)


def signed_data(message):
    return message[1][1][1][0]


def signer_info(message):
    return signed_data(message)[1][-1][1][0]


def certificates(message):
    return next(content for tag, content in signed_data(message)[1] if tag == 0xA0)


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True).stdout


def sign_bare(info, key, path):
    """Signs the hash of the attributes as it is: PKCS #1 padding and nothing else around it."""
    attributes = next(content for tag, content in info[1] if tag == 0xA0)
    open(path, "wb").write(hashlib.sha1(der.encode([0x31, attributes])).digest())
    for value in info[1]:
        if value[0] == 0x04:
            value[1] = openssl("pkeyutl", "-sign", "-inkey", key, "-in", path, "-pkeyopt", "rsa_padding_mode:pkcs1")


path, kind, certificate, key, *other = sys.argv[1:]
file = SignedFile(path)
with tempfile.TemporaryDirectory() as folder:
    signature, query, configuration = (os.path.join(folder, name) for name in ("signature", "query", "configuration"))
    open(signature, "wb").write(SignedFile(*other).signature if other else file.signature)
    if kind == "rfc3161":
        open(os.path.join(folder, "serial"), "w").write("01\n")
        open(configuration, "w").write(CONFIGURATION.format(folder=folder))
        openssl("ts", "-query", "-data", signature, "-sha256", "-cert", "-out", query)
        token = openssl(
            "ts", "-reply", "-config", configuration, "-queryfile", query, "-signer", certificate, "-inkey", key,
            "-token_out",
        )
        file.add_attribute("1.3.6.1.4.1.311.3.3.1", der.decode(token)[0])
    else:
        assert kind in ("pkcs9", "bare")
        reply = openssl(
            "smime", "-sign", "-binary", "-nodetach", "-md", "sha1", "-in", signature, "-signer", certificate,
            "-inkey", key, "-outform", "DER",
        )
        reply = der.decode(reply)[0]
        if kind == "bare":
            sign_bare(signer_info(reply), key, os.path.join(folder, "digest"))
        file.add_attribute("1.2.840.113549.1.9.6", signer_info(reply))
        certificates(file.message).extend(certificates(reply))
file.write()
