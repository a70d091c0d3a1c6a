#!/bin/sh
# Starts fundpulse from an unpacked bundle, wherever it lies: ./fundpulse demo
# The bundle's own Node is taken where it has one, otherwise the node on the path.
set -eu
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
here=$(cd "$(dirname "$self")" && pwd)
node=$here/node/bin/node
if [ ! -x "$node" ]; then
  node=$(command -v node) || {
    echo "fundpulse: this bundle has no Node of its own, and none is on the path; it was made with $(cat "$here/NODE")" >&2
    exit 1
  }
fi
exec "$node" "$here/app/dist/pipelines/cli/main.js" "$@"
