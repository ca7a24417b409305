#!/bin/sh
# The journal, the store and the settings outlive the package; only Debian's "purge" takes them.
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
if [ "$1" = purge ]; then
  rm -rf /var/lib/howdah /etc/howdah
  if getent passwd howdah >/dev/null; then userdel howdah; fi
fi
