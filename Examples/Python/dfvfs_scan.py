"""Scans every file of a disk image that dfvfs finds, in whatever container and volumes.

    pip install dfvfs
    python dfvfs_scan.py rules.yar disk.E01
"""

import sys

from dfvfs.helpers import file_system_searcher, volume_scanner
from dfvfs.resolver import resolver

import trawl


def main():
    rules = trawl.compile(filepath=sys.argv[1])
    options = volume_scanner.VolumeScannerOptions()
    options.partitions, options.volumes, options.snapshots = ["all"], ["all"], ["none"]
    with trawl.Scanner(rules) as scanner:
        for base in volume_scanner.VolumeScanner().GetBasePathSpecs(sys.argv[2], options=options):
            system = resolver.Resolver.OpenFileSystem(base)
            for spec in file_system_searcher.FileSystemSearcher(system, base).Find(find_specs=[file_system_searcher.FindSpec()]):
                entry = resolver.Resolver.OpenFileEntry(spec)
                if entry is None or not entry.IsFile():
                    continue
                name = spec.parent.comparable.splitlines()[-1] + " " + getattr(spec, "location", "")
                for stream in entry.data_streams:
                    file = entry.GetFileObject(data_stream_name=stream.name)
                    if file is None:
                        continue
                    result = scanner.scan_content(trawl.Content.of_file(file), name)
                    if result.finding:
                        print(f"{spec.location}{':' + stream.name if stream.name else ''}: {result.finding.rule}")


main()
