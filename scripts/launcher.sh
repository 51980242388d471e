#!/bin/sh
# Runs Suyuan from its checkout: the rooms are imported from here, nothing is installed as a package.
# -P keeps the caller's folder off the import path, so a folder named `graph` there cannot shadow ours.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PYTHONPATH="$here/../.." exec "$here/python" -P -m suyuan "$@"
