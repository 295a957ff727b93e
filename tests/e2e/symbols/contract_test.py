#!/usr/bin/env python3
"""The symbol server's contract over HTTP, row by row, as clients of symbols.mozilla.org rely on it; asked with curl.

usage: contract_test.py CAIRN_SERVER
"""
import gzip
import hashlib
import json
import os
import sys
import unittest

from server import ID, WINDOWS_ID, Server, key, symbols, text_name, zip_of

PROGRAM = ""
NOT_FOUND = (404, "text/html; charset=utf-8", "Symbol Not Found")
IGNORED = (404, "text/html; charset=utf-8", "Symbol Not Found (and ignored)")
CORS = {"access-control-allow-origin": "*", "access-control-allow-methods": "GET",
        "access-control-allow-headers":
            "accept,accept-encoding,authorization,content-type,dnt,origin,user-agent,x-csrftoken,x-requested-with"}
XUL = symbols("xul.pdb", WINDOWS_ID, code=("xul.dll", "62B0E4E0712F000"), system="windows")
LIB = symbols("lib c++.so", functions=200)
TRIED = symbols("tried", code=("tried.bin", "AB34"))


def no_such(path):
    return 404, "application/json", json.dumps({"error": "Not Found", "path": path}, separators=(",", ":"), ensure_ascii=False)


def not_allowed(method, path):
    return 405, "application/json", json.dumps({"error": f"Method Not Allowed ({method}): {path}"}, separators=(",", ":"), ensure_ascii=False)


def error(status, text):
    return status, "application/json", json.dumps({"error": text}, separators=(",", ":"), ensure_ascii=False)


# (name, method, path, status and content type and body)
DOWNLOADS = [
    ("a text", "GET", "/" + key("xul.pdb", WINDOWS_ID), (200, "text/plain", XUL)),
    ("an id in lower case", "GET", "/" + key("xul.pdb", WINDOWS_ID.lower()), (200, "text/plain", XUL)),
    ("Windows' letter case", "GET", f"/XUL.PDB/{WINDOWS_ID}/Xul.sym", (200, "text/plain", XUL)),
    ("blanks and plus", "GET", f"/lib%20c++.so/{ID}/lib%20c++.so.sym", (200, "text/plain", LIB)),
    ("letter case elsewhere", "GET", f"/Lib%20c++.so/{ID}/lib%20c++.so.sym", NOT_FOUND),
    ("another id", "GET", "/" + key("xul.pdb", "AB"), NOT_FOUND),
    ("a debugger's probe", "GET", f"/xul.pdb/{WINDOWS_ID}/file.ptr", IGNORED),
    ("no id", "GET", f"/xul.pdb/{'0' * 33}/xul.sym", IGNORED),
    ("an extension that nobody asks for", "GET", f"/xul.pdb/{WINDOWS_ID}/xul.txt", IGNORED),
    ("a raw file that is not there", "GET", f"/xul.pdb/{WINDOWS_ID}/xul.pd_", NOT_FOUND),
    ("a raw file", "GET", "/raw.dll/AB/raw.dl_", (200, "application/octet-stream", b"MSCF raw")),
    ("the symstore layout", "GET", "/Raw.exe/ab/rAw.exe", (200, "application/octet-stream", b"MZ raw")),
    ("an id that is none", "GET", "/xul.pdb/XYZ/xul.sym", no_such("/xul.pdb/XYZ/xul.sym")),
    ("a name that may not be", "GET", f"/xu%7cl.pdb/{WINDOWS_ID}/xul.sym", no_such(f"/xu|l.pdb/{WINDOWS_ID}/xul.sym")),
    ("a Latin letter", "GET", f"/x%C3%A9.pdb/{WINDOWS_ID}/x.sym", no_such(f"/x\u00e9.pdb/{WINDOWS_ID}/x.sym")),
    ("letters behind those", "GET", f"/x%C4%81.pdb/{WINDOWS_ID}/x.sym", NOT_FOUND),
    ("put", "PUT", "/" + key("xul.pdb", WINDOWS_ID), not_allowed("PUT", "/" + key("xul.pdb", WINDOWS_ID))),
    ("try symbols are not regular", "GET", "/" + key("tried"), NOT_FOUND),
    ("try symbols by their path", "GET", "/try/" + key("tried"), (200, "text/plain", TRIED)),
    ("try symbols by the query", "GET", "/" + key("tried") + "?a=b&try", (200, "text/plain", TRIED)),
    ("regular symbols where try is asked for", "GET", "/try/" + key("xul.pdb", WINDOWS_ID), (200, "text/plain", XUL)),
    ("a code id of try symbols", "GET", "/tried.bin/AB34/tried.sym", NOT_FOUND),
    ("syminfo of nothing", "GET", "/api/syminfo/none/AB", NOT_FOUND),
]
# (path, where it leads)
REDIRECTS = [
    ("/xul.dll/62B0E4E0712F000/xul.sym", "/" + key("xul.pdb", WINDOWS_ID)),
    ("/XUL.dll/62b0e4e0712f000/xul.sym?code_file=a&code_id=b", "/" + key("xul.pdb", WINDOWS_ID) + "?code_file=a&code_id=b"),
    ("/try/xul.dll/62B0E4E0712F000/xul.sym", "/try/" + key("xul.pdb", WINDOWS_ID)),
    ("/try/tried.bin/AB34/tried.sym", "/try/" + key("tried")),
    ("/tried.bin/AB34/tried.sym?try=1", "/" + key("tried") + "?try=1"),
]
# (name, members of the zip, status and error)
BAD_ZIPS = [
    ("a path that is none", [("a/b", b"")],
     "Unrecognized file pattern. Should only be <module>/<hex>/<file> or <name>-symbols.txt and nothing else. "
     "(First unrecognized pattern was 'a/b')"),
    ("a way out", [("../../AB/x.sym", b"")],
     "Unrecognized file pattern. Should only be <module>/<hex>/<file> or <name>-symbols.txt and nothing else. "
     "(First unrecognized pattern was '../../AB/x.sym')"),
    ("a list that does not lie at the root", [("a/x-symbols.txt", b"")],
     "Unrecognized file pattern. Should only be <module>/<hex>/<file> or <name>-symbols.txt and nothing else. "
     "(First unrecognized pattern was 'a/x-symbols.txt')"),
    ("one name, two sizes", [("a/AB/c", b"1"), ("a/AB/c", b"22")],
     "The zipfile buffer contains two files both called a/AB/c and they have difference sizes (1 != 2)"),
]


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM)
        cls.token = cls.server.token("upload_symbols")
        cls.try_token = cls.server.token("upload_try_symbols")
        members = [(key("xul.pdb", WINDOWS_ID), XUL), (key("lib c++.so"), LIB), ("raw.dll/AB/raw.dl_", b"MSCF raw"),
                   ("raw.exe/AB/raw.exe", b"MZ raw"), ("build-symbols.txt", b"a list"), (".DS_Store", b"mac")]
        answer = cls.server.upload(cls.token, members)
        assert answer.status == 201, answer
        answer = cls.server.upload(cls.try_token, [(key("tried"), TRIED)])
        assert answer.status == 201 and answer.json["upload"]["try_symbols"], answer

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def check(self, answer, wanted):
        status, content_type, body = wanted
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers.get("content-type"), content_type, answer)
        self.assertEqual(answer.body, body.encode() if isinstance(body, str) else body)

    def test_every_download_has_its_answer(self):
        for name, method, path, wanted in DOWNLOADS:
            with self.subTest(name):
                answer = self.server.curl(path, "-X", method)
                self.check(answer, wanted)
                if method == "GET":
                    for header, value in CORS.items():
                        self.assertEqual(answer.headers.get(header), value)
                else:
                    self.assertEqual(answer.headers["allow"], "GET, HEAD")

    def test_head_is_the_answer_without_its_body(self):
        for name, method, path, (status, content_type, body) in DOWNLOADS:
            if method != "GET":
                continue
            with self.subTest(name):
                answer = self.server.curl(path, "-I")
                self.assertEqual((answer.status, answer.headers["content-type"], answer.body[:0]), (status, content_type, b""))
                self.assertEqual(int(answer.headers["content-length"]), len(body.encode() if isinstance(body, str) else body))

    def test_code_ids_lead_to_debug_ids(self):
        for path, location in REDIRECTS:
            for option in ("-s", "-I"):
                with self.subTest(path + " " + option):
                    answer = self.server.curl(path, option)
                    self.assertEqual((answer.status, answer.headers.get("location")), (302, location))

    def test_syminfo(self):
        answer = self.server.curl("/api/syminfo/xul.dll/62B0E4E0712F000")
        self.assertEqual(answer.json, {"debug_filename": "xul.pdb", "debug_id": WINDOWS_ID, "code_file": "xul.dll",
                                       "code_id": "62B0E4E0712F000", "generator": "made/for tests 1.0",
                                       "url": self.server.url + "/" + key("xul.pdb", WINDOWS_ID)})
        self.assertEqual(answer.headers["access-control-allow-origin"], "*")

    def test_a_text_is_packed_for_who_takes_gzip(self):
        path = f"/lib%20c++.so/{ID}/lib%20c++.so.sym"
        packed = self.server.curl(path, headers={"Accept-Encoding": "deflate, gzip, br"})
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertEqual(packed.headers["cache-control"], "no-transform")
        self.assertEqual(packed.headers["vary"], "Accept-Encoding")
        self.assertEqual(gzip.decompress(packed.body), LIB)
        plain = self.server.curl(path, headers={"Accept-Encoding": "identity"})
        self.assertNotIn("content-encoding", plain.headers)
        part = self.server.curl(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=10-19"})
        self.assertEqual((part.status, part.headers["content-range"]), (206, f"bytes 10-19/{len(packed.body)}"))
        self.assertEqual(part.body, packed.body[10:20])
        behind = self.server.curl(path, headers={"Range": f"bytes={len(LIB)}-"})
        self.assertEqual((behind.status, behind.headers["content-range"]), (416, f"bytes */{len(LIB)}"))

    def test_debug_time(self):
        path = "/" + key("xul.pdb", WINDOWS_ID)
        for word in ("1", "true", "yes"):
            self.assertGreater(float(self.server.curl(path, headers={"Debug": word}).headers["debug-time"]), 0)
        self.assertEqual(self.server.curl("/a/AB/file.ptr", headers={"Debug": "1"}).headers["debug-time"], "0")
        self.assertNotIn("debug-time", self.server.curl(path, headers={"Debug": "no"}).headers)

    def test_what_an_upload_is_answered(self):
        members = [(key("answered"), symbols("answered")), (key("answered2"), symbols("answered2"))]
        self.assertEqual(self.server.upload(self.token, members[:1]).status, 201)
        answer = self.server.upload(self.token, members)
        self.assertEqual(answer.headers["vary"], "Auth-Token")
        upload = answer.json["upload"]
        self.assertEqual(upload["skipped_keys"], [key("answered")])
        self.assertEqual(upload["stored_keys"], [key("answered2")])
        self.assertEqual((upload["filename"], upload["try_symbols"], upload["redirect_urls"], upload["download_url"]),
                         ("symbols.zip", False, [], None))
        self.assertEqual(upload["size"], len(zip_of(members)))
        for name in ("id", "bucket", "completed_at", "created_at", "user"):
            self.assertIn(name, upload)
        self.assertEqual(self.server.fetch("/" + key("answered2")), symbols("answered2"))

    def test_only_the_first_file_counts_and_fields_may_stand_anywhere(self):
        form = []
        for number, name in enumerate(("first", "second")):
            path = os.path.join(self.server.folder, name + ".zip")
            with open(path, "wb") as file:
                file.write(zip_of([(key(name), symbols(name))]))
            form += ["-F", f"{number}=@{path}"]
        answer = self.server.curl("/upload/", *form, "-F", "try=1", token=self.token)
        self.assertEqual(answer.json["upload"]["stored_keys"], [key("first")])
        self.assertTrue(answer.json["upload"]["try_symbols"])
        self.assertIsNone(self.server.fetch("/" + key("second") + "?try"))

    def test_bad_zips_are_refused_whole(self):
        for name, members, text in BAD_ZIPS:
            with self.subTest(name):
                good = (key("beside"), symbols("beside"))
                self.check(self.server.upload(self.token, [good, *members]), error(400, text))
                self.assertIsNone(self.server.fetch("/" + key("beside")))

    def test_bad_requests(self):
        path = os.path.join(self.server.folder, "x.tar")
        with open(path, "wb") as file:
            file.write(b"no zip")
        self.check(self.server.curl("/upload/", "-F", f"a=@{path}", token=self.token),
                   error(400, 'Unrecognized archive file extension ".tar"'))
        self.check(self.server.curl("/upload/", "-F", f"a=@{path};filename=x.zip", token=self.token),
                   error(400, "File is not a zip file"))
        self.check(self.server.curl("/upload/", "-F", "a=b", token=self.token),
                   error(400, "Must be multipart form data with at least one file"))
        answer = self.server.curl("/upload/", "-F", "url=https://ci.example.org/s.zip", token=self.token)
        self.assertEqual(answer.status, 400)
        self.assertIn("symbol_upload_hosts", answer.text)
        answer = self.server.upload(self.token, [(key("bad"), b"MODULE Linux")])
        self.assertEqual(answer.status, 400)
        self.assertIn(key("bad"), answer.text)

    def test_a_bomb_is_refused(self):
        answer = self.server.upload(self.token, [("bomb/AB/bomb.bin", bytes(100 << 20))])
        self.assertEqual(answer.status, 413, answer)
        self.assertIsNone(self.server.fetch("/bomb/AB/bomb.bin"))

    def test_tokens(self):
        members = [(key("tokens"), symbols("tokens"))]
        self.check(self.server.upload(None, members), error(403, "This requires an Auth-Token to authenticate the request"))
        self.check(self.server.upload("0" * 32, members), error(403, "API Token not matched"))
        self.check(self.server.upload("0" * 32 + "-a comment", members), error(403, "API Token not matched"))
        other = self.server.token("view_pings")
        answer = self.server.upload(other, members)
        self.assertEqual(answer.status, 403)
        self.assertIn("Forbidden", answer.text)
        self.assertEqual(self.server.upload(self.token + "-the build machine", members).status, 201)
        gone = self.server.token("upload_symbols", "gone")
        self.server.run("user", "disable", "gone", "--data", self.server.data)
        self.check(self.server.upload(gone, members), error(403, "API Token matched but user not active"))

    def test_a_refusal_is_heard_though_the_body_is_long(self):
        body = os.urandom(8 << 20)
        answer = self.server.curl("/upload/", token="0" * 32, body=body)
        self.assertEqual((answer.status, answer.json["error"]), (403, "API Token not matched"))

    def test_auth_info(self):
        info = self.server.curl("/upload/auth_info/", "-X", "POST", token=self.token).json
        self.assertEqual((info["try_symbols"], info["upload_api_version"]), (False, 2))
        self.assertGreater(info["token_expires_at"], 1_700_000_000)
        self.assertTrue(info["email"].startswith("user-"))
        self.assertGreater(info["user_id"], 0)
        self.assertTrue(self.server.curl("/upload/auth_info/", "-X", "POST", token=self.try_token).json["try_symbols"])

    def test_the_second_protocol(self):
        text = symbols("second_protocol", functions=5000)
        packed = gzip.compress(text)
        path = key("second_protocol")
        answer = self.server.begin(self.token, [(path, text), ("raw/AB/raw.bin", b"raw"), (key("xul.pdb", WINDOWS_ID), XUL),
                                                ("../x", b"")])
        self.assertEqual(answer.status, 201)
        plan = answer.json
        self.assertEqual((plan["upload_protocol"], plan["try_symbols"]), ("gcs-resumable", False))
        actions = {file["key"]: file["action"] for file in plan["files"]}
        self.assertEqual(actions[key("xul.pdb", WINDOWS_ID)], {"type": "skip"})
        self.assertEqual(actions["../x"], {"type": "error", "msg": "invalid key"})
        self.assertEqual((actions[path]["type"], actions[path]["content_encoding"]), ("upload", "gzip"))
        self.assertIsNone(actions["raw/AB/raw.bin"]["content_encoding"])
        url, half = actions[path]["url"], len(packed) // 2
        complete = f"/upload/v2/{plan['id']}/complete"

        def state(answer):
            return answer.status, answer.headers.get("range")

        self.assertEqual(state(self.server.put(url, b"", f"bytes */{len(packed)}")), (308, None))
        first = self.server.put(url, packed[:half], f"bytes 0-{half - 1}/{len(packed)}")
        self.assertEqual(state(first), (308, f"bytes=0-{half - 1}"))
        self.assertEqual(state(self.server.put(url, b"", f"bytes */{len(packed)}")), (308, f"bytes=0-{half - 1}"))
        self.assertEqual(self.server.curl(complete, "-X", "POST", token=self.token).status, 409)
        self.assertIsNone(self.server.fetch("/" + path))
        last = self.server.put(url, packed[half:], f"bytes {half}-{len(packed) - 1}/{len(packed)}")
        self.assertEqual(last.status, 200, last)
        self.assertEqual(self.server.fetch("/" + path), text)
        self.assertEqual(self.server.put(actions["raw/AB/raw.bin"]["url"], b"raw").status, 200)
        done = self.server.curl(complete, "-X", "POST", token=self.token)
        self.assertEqual(done.status, 200)
        self.assertIsNotNone(done.json["upload"]["completed_at"])
        self.assertEqual({file["state"] for file in done.json["upload"]["files"]}, {"stored", "skipped"})
        again = self.server.begin(self.token, [(path, text)]).json
        self.assertEqual(again["files"][0]["action"], {"type": "skip"})

    def test_what_was_not_announced_is_not_stored(self):
        path, text, other = key("announced"), symbols("announced"), symbols("announced", functions=9)
        url = self.server.begin(self.token, [(path, text)]).json["files"][0]["action"]["url"]
        answer = self.server.put(url, gzip.compress(other))
        self.assertEqual(answer.status, 400)
        self.assertIn(hashlib.md5(other).hexdigest(), answer.text)
        self.assertIsNone(self.server.fetch("/" + path))
        self.assertEqual(self.server.put(url, gzip.compress(text)).status, 200)
        self.assertEqual(self.server.fetch("/" + path), text)

    def test_sessions_outlive_a_restart(self):
        folder = os.path.join(self.server.folder, "restarted")
        os.mkdir(folder)
        path, text = key("restarted"), symbols("restarted", functions=3000)
        packed = gzip.compress(text)
        with Server(PROGRAM, folder=folder) as first:
            token = first.token("upload_symbols")
            plan = first.begin(token, [(path, text)]).json
            url = plan["files"][0]["action"]["url"].removeprefix(first.url)
            self.assertEqual(first.put(url, packed[:500], f"bytes 0-499/{len(packed)}").status, 308)
        with Server(PROGRAM, folder=folder) as second:
            answer = second.put(url, b"", f"bytes */{len(packed)}")
            self.assertEqual((answer.status, answer.headers["range"]), (308, "bytes=0-499"))
            self.assertEqual(second.put(url, packed[500:], f"bytes 500-{len(packed) - 1}/{len(packed)}").status, 200)
            self.assertEqual(second.fetch("/" + path), text)
            self.assertEqual(second.curl(f"/upload/v2/{plan['id']}/complete", "-X", "POST", token=token).status, 200)

    def test_symupload(self):
        text = symbols("symuploaded.pdb", WINDOWS_ID, system="windows")
        form = os.path.join(self.server.folder, "symuploaded.sym")
        with open(form, "wb") as file:
            file.write(text)
        fields = {"os": "windows", "cpu": "x86_64", "debug_file": "symuploaded.pdb", "code_file": "symuploaded.dll",
                  "debug_identifier": WINDOWS_ID, "version": "1"}
        options = [word for name, value in fields.items() for word in ("-F", f"{name}={value}")]
        answer = self.server.curl("/symupload?key=" + self.token, *options, "-F", f"symbol_file=@{form}")
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.server.fetch("/" + key("symuploaded.pdb", WINDOWS_ID)), text)
        self.assertEqual(self.server.curl("/symupload", *options, "-F", f"symbol_file=@{form}").status, 403)
        self.assertEqual(self.server.curl("/symupload", "-F", "debug_file=a", token=self.token).status, 400)

    def test_who_uploaded_what(self):
        token = self.server.token("upload_symbols")
        self.assertEqual(self.server.upload(token, [(key("listed"), symbols("listed"))]).status, 201)
        listed = self.server.curl("/api/uploads/", token=token).json
        self.assertEqual((listed["total"], listed["batch_size"], listed["can_view_all"]), (1, 20, False))
        upload = listed["uploads"][0]
        self.assertEqual((upload["filename"], upload["protocol"]), ("symbols.zip", "zip"))
        one = self.server.curl(f"/api/uploads/upload/{upload['id']}", token=token).json["upload"]
        self.assertEqual([file["key"] for file in one["file_uploads"]], [key("listed")])
        files = self.server.curl("/api/uploads/files/?key=listed%20.sym", token=token).json
        self.assertEqual((files["total"], files["batch_size"]), (1, 40))
        self.assertEqual(self.server.curl(f"/api/uploads/files/file/{files['files'][0]['id']}", token=self.token).status, 404)
        auditor = self.server.token("view_all_uploads")
        self.assertGreater(self.server.curl("/api/uploads/", token=auditor).json["total"], 1)
        self.assertEqual(self.server.curl("/api/uploads/?try=1", token=auditor).json["uploads"][0]["try_symbols"], True)
        usage = self.server.curl("/api/uploads/usage/", token=auditor).json["usage"]
        self.assertGreater(sum(row["files"] for row in usage), 3)
        self.assertEqual(self.server.curl("/api/uploads/").status, 403)


class PrivateSymbols(unittest.TestCase):
    def test_debuggers_bring_the_token_as_a_password(self):
        path, text = key("private"), symbols("private", code=("private.bin", "AB12"))
        with Server(PROGRAM, "symbols_public = false\n") as server:
            token = server.token("upload_symbols")
            self.assertEqual(server.upload(token, [(path, text)]).status, 201)
            for wanted in ("/" + path, "/none/AB/none.sym", "/private.bin/AB12/private.sym", "/buildid/ab12/debuginfo"):
                answer = server.curl(wanted)
                self.assertEqual((answer.status, answer.headers["www-authenticate"].split()[0]), (401, "Basic"), wanted)
                self.assertNotEqual(server.curl(wanted, "-u", "anybody:" + token).status, 401)
            self.assertEqual(server.fetch("/" + path, token=token), text)
            self.assertEqual(server.curl("/" + path, "-u", "anybody:wrong").status, 401)
            self.assertEqual(server.curl("/" + path, headers={"Authorization": "Bearer " + token}).body, text)

    def test_a_list_of_hosts_allows_urls_from_there_alone(self):
        with Server(PROGRAM, 'symbol_upload_hosts = ["ci.example.org", "localhost"]\n') as server:
            token = server.token("upload_symbols")

            def why(url):
                answer = server.curl("/upload/", "--data-urlencode", "url=" + url, token=token)
                self.assertEqual(answer.status, 400, answer)
                return answer.json["error"]

            self.assertEqual(why("http://ci.example.org/s.zip"), "Insecure URL")
            self.assertEqual(why("https://evil.example.org/s.zip"),
                             "Not an allowed domain ('evil.example.org') to download from.")
            self.assertIn("does not go", why("https://localhost:1/s.zip"))


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
