"""Scans the files that pytsk3 finds in an image, deleted ones as well. pytsk3 reads, trawl asks for what it needs.

    pip install pytsk3
    python sleuthkit.py rules.yar disk.dd [OFFSET]
"""

import sys

import pytsk3

import trawl


def files(directory, path=""):
    """Path and file of everything below a directory."""
    for entry in directory:
        name = entry.info.name.name
        if name in (b".", b"..") or entry.info.meta is None:
            continue
        where = f"{path}/{name.decode('utf-8', 'replace')}"
        if entry.info.meta.type == pytsk3.TSK_FS_META_TYPE_DIR:
            # Folders of deleted files may lead round in circles.
            if entry.info.meta.flags & pytsk3.TSK_FS_META_FLAG_ALLOC:
                yield from files(entry.as_directory(), where)
        elif entry.info.meta.type == pytsk3.TSK_FS_META_TYPE_REG:
            yield where, entry


def main():
    rules = trawl.compile(filepath=sys.argv[1])
    image = pytsk3.Img_Info(sys.argv[2])
    system = pytsk3.FS_Info(image, offset=int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    with trawl.Scanner(rules) as scanner:
        for path, file in files(system.open_dir("/")):
            content = trawl.Content(file.info.meta.size, file.read_random)
            try:
                result = scanner.scan_content(content, path)
            except OSError as error:
                print(f"{path}: not scanned: {error}", file=sys.stderr)
                continue
            if result.finding:
                print(f"{path}: {result.finding.rule} {result.finding.sha256}")


main()
