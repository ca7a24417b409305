// A helper process starts with the rights of whoever started the lab, because the checkout may be closed to the lab's user,
// and gives them up before it opens a socket.

/** `uid:gid`, or '' to stay who we are. Call it after every import and before any work. */
export function becomeUser(user: string): void {
  const [uid, gid] = user.split(':').map(Number);
  if (uid === undefined || gid === undefined || Number.isNaN(uid)) return;
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
