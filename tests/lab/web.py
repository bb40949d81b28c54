# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Platter authors
"""A web server with files, which can hold back what it should tell, and break off."""
import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what the server was given. Only the first answer, to whoever looks at the beginning, is always whole."""

    def do_HEAD(self):
        self.begin()

    def do_GET(self):
        data = self.begin()
        if data is not None:
            self.server.asked += 1
            try:
                self.wfile.write(data[:self.server.cut_at] if self.server.asked > 1 else data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.server.files.update(self.server.later)

    def do_OPTIONS(self):
        """As a WebDAV server of the first class; GVfs wants to be connected to such a one first."""
        self.send_response(200)
        for name, value in (("DAV", "1"), ("Allow", "OPTIONS, GET, HEAD, PROPFIND"), ("Content-Length", "0")):
            self.send_header(name, value)
        self.end_headers()

    def do_PROPFIND(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = self.server.files.get(self.path)
        kind = "<D:collection/>" if self.path == "/" else ""
        size = "" if data is None else f"<D:getcontentlength>{len(data)}</D:getcontentlength>"
        answer = (f'<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>{self.path}</D:href>'
                  f"<D:propstat><D:prop><D:resourcetype>{kind}</D:resourcetype>{size}</D:prop>"
                  f"<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>").encode()
        is_there = data is not None or self.path == "/"
        self.send_response(207 if is_there else 404)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(answer) if is_there else 0))
        self.end_headers()
        if is_there:
            self.wfile.write(answer)

    def begin(self):
        data = self.server.files.get(self.path)
        self.send_response(200 if data is not None else 404)
        if data is not None and self.server.tells_size:
            self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        return data

    def log_message(self, *arguments):
        pass


class Server:
    """`files` by their paths, as they are in an address; the content is cut off at `cut_at`, if that is set."""

    def __enter__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.files, self._server.tells_size, self._server.asked, self._server.cut_at = {}, True, 0, None
        self._server.later = {}
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    @property
    def files(self):
        return self._server.files

    def cut_off_at(self, length):
        self._server.cut_at = length

    def replace_later(self, path, data):
        """Once somebody has looked at the beginning of it, another file lies there."""
        self._server.later[path] = data

    def hide_sizes(self):
        self._server.tells_size = False

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)
