"""DER as a tree that can be changed: a value is [tag, content], its content bytes, or a list of values."""


def decode(data):
    """All values in `data`, one behind the other."""
    values, position = [], 0
    while position < len(data):
        tag, length, position = data[position], data[position + 1], position + 2
        if length > 0x80:
            count = length - 0x80
            length, position = int.from_bytes(data[position : position + count], "big"), position + count
        content, position = bytes(data[position : position + length]), position + length
        assert tag & 0x1F != 0x1F and len(content) == length, "not the DER that this can read"
        values.append([tag, decode(content) if tag & 0x20 else content])
    return values


def size(data):
    """How many bytes the first value in `data` takes."""
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] - 0x80
    return 2 + count + int.from_bytes(data[2 : 2 + count], "big")


def encode(value):
    tag, content = value
    if isinstance(content, list):
        content = b"".join(map(encode, content))
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(octets)]) + octets + content


def object_identifier(text):
    first, second, *rest = map(int, text.split("."))
    octets = b""
    for number in [40 * first + second, *rest]:
        groups = bytes([number & 0x7F])
        while number := number >> 7:
            groups = bytes([number & 0x7F | 0x80]) + groups
        octets += groups
    return [0x06, octets]
