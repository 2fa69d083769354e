#!/usr/bin/env python3
"""Fails where a room's USES list (src/ROOM/CMakeLists.txt) names a room of which it includes nothing, or leaves one out
of which it does; the same of the libraries of others under LIBRARIES and PRIVATE_LIBRARIES.

  uses.py SOURCE_FOLDER
"""
import pathlib
import re
import sys

# What the headers of a library begin with, and what CMake calls it.
LIBRARIES = {
    "CLI/": "CLI11::CLI11",
    "Eigen/": "Eigen3::Eigen",
    "google/protobuf/": "protobuf::libprotobuf",
    "llvm/": "LLVM",
    "nlohmann/": "nlohmann_json::nlohmann_json",
    "onnx/": "${ONNX_PROTO_LIBRARY}",
    "xgboost/": "XGBoost::xgboost",
    "xxhash.h": "xxhash_header",
    "zip.h": "PkgConfig::LIBZIP",
}
# base/error.h hands fmt on to all rooms; the other two are parts of the C library.
UNCHECKED = {"fmt::fmt", "Threads::Threads", "${CMAKE_DL_LIBS}"}


def rooms_of(source):
    """Room -> (folder, rooms it says it uses, libraries that it says it links)."""
    rooms = {}
    for lists in sorted((source / "src").rglob("CMakeLists.txt")):
        for name, arguments in re.findall(r"tw_room\((\S+)([^)]*)\)", lists.read_text()):
            listed = re.search(r"USES((?:\s+[a-z_/]+)*)", arguments)
            libraries = re.findall(r"LIBRARIES((?:\s+(?!PRIVATE_)\S+)*)", arguments)
            rooms[name] = (lists.parent, set(listed.group(1).split()) if listed else set(),
                           set(" ".join(libraries).split()))
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


def linked(folder):
    """Libraries of which a file in the folder includes a header, with the first such file."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".h", ".cc"):
            for header in re.findall(r"#include <([^>]+)>", file.read_text()):
                for start, library in LIBRARIES.items():
                    if header.startswith(start) if start.endswith("/") else header == start:
                        found.setdefault(library, file)
    return found


def compare(room, verb, listed, found, source):
    """What is listed and not found, or found and not listed."""
    return ([f"{room} says that it {verb} {other}, but includes nothing of it" for other in sorted(listed - set(found))] +
            [f"{room} does not say that it {verb} {other} ({file.relative_to(source)})"
             for other, file in sorted(found.items()) if other not in listed])


def main():
    source = pathlib.Path(sys.argv[1])
    rooms = rooms_of(source)
    if not rooms:
        sys.exit(f"uses: {source} has no rooms")
    faults = []
    for room, (folder, listed, libraries) in rooms.items():
        faults += compare(room, "uses", listed, included(folder, rooms, room), source)
        faults += compare(room, "links", libraries - UNCHECKED, linked(folder), source)
    if faults:
        sys.exit("\n".join(["uses: mend the lists in src/*/CMakeLists.txt:", *faults]))
    print(f"{len(rooms)} rooms say what they use, and use it")


main()
