"""Attacks over the network."""

from __future__ import annotations

from attacks.attack import Attack, code


def sends(connect: str):
    return code(f"""
import socket
try:
{connect}
    print("sent")
except OSError as trouble:
    print(trouble)
""")


ATTACKS = [
    Attack(
        "loopback",
        "network",
        "Connects to a service on the machine's loopback.",
        sends("    s = socket.create_connection(('127.0.0.1', $port), timeout=2); s.sendall(b'$mark')"),
    ),
    Attack(
        "datagram",
        "network",
        "Sends a datagram to loopback.",
        sends("    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'$mark', ('127.0.0.1', $port))"),
    ),
    Attack(
        "abstract-socket",
        "network",
        "Connects to a Unix socket without a file, which a private file system does not hide.",
        sends(
            "    s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect('\\\\0$abstract'); s.sendall(b'$mark')"
        ),
    ),
    Attack(
        "socket-file",
        "network",
        "Connects to a Unix socket of the instructor's, as that of Docker would be.",
        sends(
            "    s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect('$socket'); s.sendall(b'$mark')"
        ),
    ),
    Attack(
        "own-addresses",
        "network",
        "Connects to the same service by the machine's own addresses and by IPv6.",
        code("""
        import socket
        names = {socket.gethostname(), "localhost", "::1", "0.0.0.0", "::ffff:127.0.0.1", "127.1.2.3"}
        try: names.update(line.split()[0] for line in open("/proc/net/fib_trie") if "/" not in line and "." in line.split()[-1])
        except (OSError, IndexError): pass
        for name in names:
            try:
                s = socket.create_connection((name, $port), timeout=1); s.sendall(b"$mark"); print("sent", name)
            except OSError as trouble: print(name, trouble)
        """),
    ),
    Attack(
        "outside-world",
        "network",
        "Looks a name up and fetches a page from the internet.",
        code("""
        import urllib.request, socket
        socket.setdefaulttimeout(3)
        for url in ("http://example.org", "http://169.254.169.254/latest/meta-data/"):
            try: print("BREACH fetched", len(urllib.request.urlopen(url, timeout=3).read()))
            except Exception as trouble: print(trouble)
        """),
    ),
    Attack(
        "listens",
        "network",
        "Leaves a service of its own listening, on a port and on an abstract socket.",
        code("""
        import subprocess, sys
        text = ("import socket, time; a = socket.socket(socket.AF_UNIX); a.bind(chr(0) + '$mark'); a.listen(); "
                "b = socket.socket(); b.bind(('0.0.0.0', 0)); b.listen(); time.sleep(120)")
        subprocess.Popen([sys.executable, "-c", text], start_new_session=True)
        import time; time.sleep(0.5)
        """),
    ),
    Attack(
        "interfaces",
        "network",
        "Asks for raw sockets, network namespaces of others and interfaces.",
        code("""
        import ctypes, os, socket
        print(open("/proc/net/dev").read(), open("/proc/net/unix").read()[:3000])
        libc = ctypes.CDLL(None, use_errno=True)
        for pid in os.listdir("/proc"):
            if pid.isdigit():
                try:
                    handle = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
                    if libc.setns(handle, 0) == 0:
                        s = socket.create_connection(("127.0.0.1", $port), timeout=1); s.sendall(b"$mark")
                except OSError: pass
        """),
    ),
]
