# An OAuth 1 provider on loopback that verifies every signature with oauthlib. Usage: oracle.py PORT
# Paths: /rsa-private, /request_token, /authorize, /access_token; everything else is a protected resource.
import http.server
import json
import sys

from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
from oauthlib.oauth1 import RequestValidator, WebApplicationServer

key = rsa.generate_private_key(65537, 2048)
PRIVATE = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption()).decode()
PUBLIC = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()
REQUEST, ACCESS, NONCES = {}, {'at': 'ats'}, set()


class Validator(RequestValidator):
    enforce_ssl = False
    allowed_signature_methods = (
        'HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512', 'PLAINTEXT')
    client_key_length = request_token_length = access_token_length = nonce_length = verifier_length = (1, 200)
    safe_characters = set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~')
    dummy_client, dummy_request_token, dummy_access_token = 'dc', 'dr', 'da'
    def get_client_secret(self, k, r): return 'cs'
    def get_request_token_secret(self, c, t, r): return REQUEST.get(t, {}).get('s', 'x')
    def get_access_token_secret(self, c, t, r): return ACCESS.get(t, 'x')
    def get_rsa_key(self, c, r): return PUBLIC
    def get_default_realms(self, c, r): return []
    def get_realms(self, t, r): return []
    def get_redirect_uri(self, t, r): return REQUEST[t]['cb']
    def validate_client_key(self, c, r): return c == 'ck'
    def validate_request_token(self, c, t, r): return t in REQUEST
    def validate_access_token(self, c, t, r): return t in ACCESS
    def validate_timestamp_and_nonce(self, c, ts, n, r, request_token=None, access_token=None):
        k = (c, ts, n, request_token, access_token)
        if k in NONCES:
            return False
        NONCES.add(k)
        return True
    def validate_redirect_uri(self, c, u, r): return True
    def validate_requested_realms(self, c, realms, r): return True
    def validate_realms(self, c, t, r, uri=None, realms=None): return True
    def validate_verifier(self, c, t, v, r): return REQUEST.get(t, {}).get('v') == v
    def verify_request_token(self, t, r): return t in REQUEST
    def verify_realms(self, t, realms, r): return True
    def save_request_token(self, t, r):
        REQUEST[t['oauth_token']] = {'s': t['oauth_token_secret'], 'cb': r.redirect_uri}
    def save_verifier(self, t, v, r): REQUEST[t]['v'] = v['oauth_verifier']
    def save_access_token(self, t, r): ACCESS[t['oauth_token']] = t['oauth_token_secret']
    def invalidate_request_token(self, c, t, r): REQUEST.pop(t, None)


SERVER = WebApplicationServer(Validator())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *a): pass
    def go(self):
        body = self.rfile.read(int(self.headers.get('content-length') or 0)).decode()
        headers = {k: v for k, v in self.headers.items()}
        if self.headers.get('content-type'):
            headers['Content-Type'] = self.headers['content-type']
        if self.headers.get('authorization'):
            headers['Authorization'] = self.headers['authorization']
        uri = f'http://{self.headers["host"]}{self.path}'
        path = self.path.split('?')[0]
        try:
            if path == '/rsa-private':
                status, sent, out = 200, {}, PRIVATE
            elif path == '/request_token':
                sent, out, status = SERVER.create_request_token_response(uri, self.command, body or None, headers)
            elif path == '/authorize':
                sent, out, status = SERVER.create_authorization_response(
                    uri, self.command, body or None, headers, realms=[])
            elif path == '/access_token':
                sent, out, status = SERVER.create_access_token_response(uri, self.command, body or None, headers)
            else:
                ok, r = SERVER.validate_protected_resource_request(uri, self.command, body or None, headers, realms=[])
                log = {k: bool(v) for k, v in r.validator_log.items()} if r is not None and r.validator_log else {}
                status, sent, out = (200 if ok else 401), {}, json.dumps(log)
        except Exception as e:
            status, sent, out = 500, {}, repr(e)
        self.send_response(status)
        for k, v in sent.items():
            self.send_header(k, v)
        data = (out or '').encode()
        self.send_header('content-length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = go


http.server.ThreadingHTTPServer.request_queue_size = 256
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
