#!/bin/sh
# Before the files go: "remove" by Debian, 0 by rpm. An upgrade stops nothing.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then systemctl disable --now howdah.service; fi
    ;;
esac
