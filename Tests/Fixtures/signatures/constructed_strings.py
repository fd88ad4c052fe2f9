"""Makes every string in the subject of a certificate a constructed one, of two pieces, and signs it again.

    constructed_strings.py CERTIFICATE KEY > NEW

CERTIFICATE (PEM) was signed by KEY (SHA-256, RSA). BER allows such strings, DER does not (X.690, 8.23 and 10.2);
libcrypto reads them, and who compares encoded names does not find them. Where the issuer is the subject, both change.
"""
import base64
import subprocess
import sys

sys.dont_write_bytecode = True
import der  # noqa: E402

path, key = sys.argv[1:]
pem = open(path).read().split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0]
certificate = der.decode(base64.b64decode(pem))[0]
signed, _, signature = certificate[1]
issuer, subject = signed[1][3], signed[1][5]


def take_apart(name):
    for relative_name in name[1]:
        for _, string in (attribute[1] for attribute in relative_name[1]):
            tag, text = string
            middle = len(text) // 2
            string[:] = [tag | 0x20, [[0x04, text[:middle]], [0x04, text[middle:]]]]


if issuer == subject:
    take_apart(issuer)
take_apart(subject)
signature[1] = b"\0" + subprocess.run(
    ["openssl", "dgst", "-sha256", "-sign", key], input=der.encode(signed), capture_output=True, check=True
).stdout
print("-----BEGIN CERTIFICATE-----")
print(base64.encodebytes(der.encode(certificate)).decode(), end="")
print("-----END CERTIFICATE-----")
