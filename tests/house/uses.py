#!/usr/bin/env python3
"""Fails where a room's USES list (src/ROOM/CMakeLists.txt) names a room of which it includes nothing, or leaves one out
of which it does.

  uses.py SOURCE_FOLDER
"""
import pathlib
import re
import sys


def rooms_of(source):
    """Room -> (folder, rooms it says it uses)."""
    rooms = {}
    for lists in sorted((source / "src").rglob("CMakeLists.txt")):
        for name, arguments in re.findall(r"tw_room\((\S+)([^)]*)\)", lists.read_text()):
            listed = re.search(r"USES((?:\s+[a-z_/]+)*)", arguments)
            rooms[name] = (lists.parent, set(listed.group(1).split()) if listed else set())
    return rooms


def included(folder, rooms, own):
    """Rooms of which a file in the folder includes a header, with the first such file."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix not in (".h", ".cc"):
            continue
        for header in re.findall(r'#include "([^"]+)"', file.read_text()):
            # the longest name, as backend/cpu lies in backend
            room = max((r for r in rooms if header.startswith(r + "/")), key=len, default=None)
            if room not in (None, own):
                found.setdefault(room, file)
    return found


def main():
    source = pathlib.Path(sys.argv[1])
    rooms = rooms_of(source)
    if not rooms:
        sys.exit(f"uses: {source} has no rooms")
    faults = []
    for room, (folder, listed) in rooms.items():
        found = included(folder, rooms, room)
        faults += [f"{room} says that it uses {other}, but includes nothing of it" for other in sorted(listed - set(found))]
        faults += [f"{room} does not say that it uses {other} ({file.relative_to(source)})"
                   for other, file in sorted(found.items()) if other not in listed]
    if faults:
        sys.exit("\n".join(["uses: mend the USES lists in src/*/CMakeLists.txt:", *faults]))
    print(f"{len(rooms)} rooms say what they use, and use it")


main()
