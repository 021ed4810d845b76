"""A mail server for tests: one connection, in the manner that the first argument names.  Prints its port, then, when the
connection has ended, everything that the client sent."""
import socket, ssl, sys, time

manner = sys.argv[1]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(1)
listener.settimeout(20)
print(listener.getsockname()[1], flush=True)
conn, _ = listener.accept()
conn.settimeout(20)
heard = b""


def say(text):
    conn.sendall(text if isinstance(text, bytes) else text.encode())


def lines():
    global heard
    rest = b""
    while True:
        while b"\r\n" not in rest:
            got = conn.recv(65536)
            if not got:
                return
            heard += got
            rest += got
        line, rest = rest.split(b"\r\n", 1)
        yield line


def session():
    global conn
    if manner == "silent":
        conn.recv(1)  # until the client gives up
        return
    if manner == "garbage":
        say(bytes(range(256)) * 64 + b"\r\n")
        time.sleep(0.2)
        return
    if manner == "flood":
        while True:
            say(b"220-" + b"A" * 4000 + b"\r\n")
    if manner == "endless":
        while True:
            say(b"220" + b"A" * 65536)
    say({"closed": "554 no service here\r\n", "busy": "421 come back later\r\n"}.get(manner, "220 fake ESMTP\r\n"))
    data = False
    for line in lines():
        word = line[:4].upper()
        if data:
            if line == b".":
                data = False
                say({"spam": "554-5.7.1 we do not\r\n554 5.7.1 like \x1b[2J this\r\n", "full": "452 disk full\r\n"}.get(
                    manner, "250 2.0.0 queued as 4711\r\n"))
                if manner == "drop_after":
                    return
        elif word in (b"EHLO", b"HELO"):
            offers = ["fake"] + (["STARTTLS"] if manner == "tls" and not isinstance(conn, ssl.SSLSocket) else [])
            if isinstance(conn, ssl.SSLSocket):
                offers.append("AUTH PLAIN")
            say("".join("250%s%s\r\n" % ("-" if i + 1 < len(offers) else " ", o) for i, o in enumerate(offers)))
        elif word == b"STAR":
            say("220 go on\r\n")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[2])
            conn = context.wrap_socket(conn, server_side=True)
        elif word == b"AUTH":
            say("334 \r\n")
        elif word == b"AG1L":
            say("235 welcome\r\n" if line == b"AG1lAHNlc2FtZQ==" else "535 5.7.8 who are you\r\n")
        elif word == b"RCPT" and manner in ("unknown", "grey", "auth_first"):
            say({"unknown": "550 5.1.1 no such person\r\n", "grey": "450 4.2.0 greylisted\r\n",
                 "auth_first": "530 5.7.0 authentication required\r\n"}[manner])
        elif word == b"DATA":
            if manner == "drop":
                return
            data = True
            say("354 end with a dot\r\n")
        elif word == b"QUIT":
            if manner == "stuck":
                conn.recv(1)
            say("221 bye\r\n")
            return
        else:
            say("250 ok\r\n")


try:
    session()
except (OSError, ssl.SSLError):
    pass
conn.close()
try:
    sys.stdout.buffer.write(heard)
    sys.stdout.flush()
except BrokenPipeError:
    sys.stderr.close()
