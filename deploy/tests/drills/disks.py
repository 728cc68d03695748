"""Disks that forget, with the power, what was not synced: file systems in files, of which only root can make use.

What a program has written and not synced is in the memory of the system, and not in the file. So a copy of the file is
the disk as it is after a power cut.
"""
import os
import pathlib
import subprocess
from contextlib import contextmanager

SIZE = "512M"


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True)


class Disk:
    """A disk that is mounted at a folder."""

    def __init__(self, image, folder):
        self.image, self.folder, self.cuts = pathlib.Path(image), pathlib.Path(folder), 0
        self.image.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        run("truncate", "-s", SIZE, self.image)
        run("mkfs.ext4", "-q", "-F", self.image)
        self.mount()

    def mount(self):
        # Nothing is written before half a minute unless somebody asks for it.
        run("mount", "-o", "loop,commit=30", self.image, self.folder)

    def unmount(self):
        run("umount", "--lazy", self.folder, check=False)

    def copy(self):
        """Copies what is on the disk now, without asking for more to be written."""
        self.cuts += 1
        copy = self.image.with_suffix(f".{self.cuts}")
        run("cp", "--sparse=always", self.image, copy)
        return copy


def cut_power(disks):
    """Takes each disk as it is after a power cut. Nobody may write there any more."""
    copies = [disk.copy() for disk in disks]
    for disk, copy in zip(disks, copies):
        disk.unmount()
        disk.image = copy
        disk.mount()


@contextmanager
def disks(folder, mounted):
    """Makes a disk for each of these folders."""
    made = []
    try:
        for at, where in enumerate(mounted):
            made.append(Disk(pathlib.Path(folder) / f"disk-{at}", where))
        yield made
    finally:
        for disk in made:
            disk.unmount()
            for image in disk.image.parent.glob(f"{disk.image.stem}*"):
                os.remove(image)
