#!/bin/sh
# `howdah` with the Node that lies beside it.
home=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
exec "$home/bin/node" "$home/lib/howdah.mjs" "$@"
