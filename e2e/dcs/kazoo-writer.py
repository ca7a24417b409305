# Writes to ZooKeeper for the tests as Patroni does, by kazoo: one JSON line asks, one answers. Never Howdah's own client.
import json
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import BadVersionError, NoNodeError
from kazoo.security import make_digest_acl

owners = {}


def client_of(hosts, login=None, acl=None):
    client = KazooClient(hosts=hosts, timeout=20, default_acl=acl)
    client.start(timeout=30)
    if login:
        client.add_auth('digest', login)
    return client


def acl_of(readers):
    found = [make_digest_acl('admin', 'admin', all=True)]
    return found + [make_digest_acl(*reader.split(':'), read=True) for reader in readers]


hosts = sys.argv[1]
readers = sys.argv[2:]
is_secured = len(readers) > 0
acl = acl_of(readers) if is_secured else None
admin = client_of(hosts, 'admin:admin' if is_secured else None, acl)


def put(path, value):
    data = value.encode()
    try:
        admin.retry(admin.set, path, data)
    except NoNodeError:
        admin.retry(admin.create, path, data, makepath=True)


def remove(path):
    try:
        admin.retry(admin.delete, path)
    except NoNodeError:
        pass


def get(path):
    value, stat = admin.retry(admin.get, path)
    return {'value': value.decode(), 'version': stat.version}


def swap(path, value, version):
    try:
        admin.set(path, value.encode(), version=version)
        return True
    except BadVersionError:
        return False


def own(path, value):
    client = client_of(hosts)
    client.create(path, value.encode(), makepath=True, ephemeral=True)
    owner = '0x%x' % (client.client_id[0] & 0xffffffffffffffff)
    owners[owner] = client
    return owner


def end(owner):
    owners.pop(owner).stop()


def withdraw(path):
    admin.default_acl = acl_of([])
    for name in admin.get_children(path):
        withdraw(path.rstrip('/') + '/' + name)
    admin.set_acls(path, acl_of([]))


commands = {'put': put, 'remove': remove, 'get': get, 'swap': swap, 'own': own, 'end': end, 'withdraw': withdraw}
print(json.dumps({'ok': None}), flush=True)
for line in sys.stdin:
    command, *args = json.loads(line)
    try:
        print(json.dumps({'ok': commands[command](*args)}), flush=True)
    except Exception as error:
        print(json.dumps({'error': '%s: %s' % (type(error).__name__, error)}), flush=True)
