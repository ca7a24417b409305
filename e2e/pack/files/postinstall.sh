#!/bin/sh
# After files were laid: first installation and upgrade. Debian says "configure", rpm a count.
set -e
if ! getent passwd howdah >/dev/null; then
  useradd --system --user-group --home-dir /var/lib/howdah --no-create-home --shell /usr/sbin/nologin howdah
fi
install -d -o howdah -g howdah -m 0700 /var/lib/howdah
# Passwords may stand in them.
chown root:howdah /etc/howdah/howdah.yaml /etc/howdah/environment
chmod 0640 /etc/howdah/howdah.yaml /etc/howdah/environment
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # Where it runs it goes on with the new version; where not, a person starts it when the settings are right.
  systemctl try-restart howdah.service
fi
