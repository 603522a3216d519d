package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// What a user could give, each of it secret.
const (
	token  = "tok3n-query"
	cookie = "c00kie-value"
	bearer = "b3arer-credentials"
	sub    = "subpr0tocol-token"
	room   = "pr1vate-room-of-somebody-nobody-may-know"
	user   = "us3r"
	pass   = "passw0rd"
	text   = "m3ssage"
)

var secrets = []string{token, cookie, bearer, sub, room, user, pass, text}

// everything gives all of it to host.
func everything(host string, more ...string) []string {
	return append([]string{"url", "wss://" + user + ":" + pass + "@" + host + "/" + room + "?token=" + token + "&" + token, "--header", "Cookie: session=" + cookie,
		"--header", "X-Auth=Bearer " + bearer, "--subprotocol", sub, "--send", text}, more...)
}

func leaks(t *testing.T, where, got string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(got, secret) {
			t.Errorf("%s has %q:\n%s", where, secret, got)
		}
	}
}

func TestNothingOfTheUsersIsSentInTheClear(t *testing.T) {
	t.Parallel()
	secure, clear := newFake(t, true, accept), newFake(t, false, raw(page("403 Forbidden", "Bad request.")))
	host := secure.Listener.Addr().String()

	t.Run("by default", func(t *testing.T) {
		// Port 80 of the host, which a proxy stands for here.
		u, err := url.Parse("wss://" + user + ":" + pass + "@" + host + "/" + room + "?token=" + token)
		if err != nil {
			t.Fatal(err)
		}
		o := &probeOptions{URL: u, Header: http.Header{"Authorization": {"Bearer " + bearer}, "Cookie": {"session=" + cookie}}, Subprotocol: sub, Send: text,
			Roots: secure.roots(), Count: 2, Timeout: 5e9, proxy: func(r *http.Request) (*url.URL, error) {
				if r.URL.Scheme == "http" {
					return url.Parse(clear.URL)
				}
				return nil, nil
			}}
		r := probe(t.Context(), o)
		if got := clear.seen(); !strings.Contains(got, "GET http://127.0.0.1/\n") || !strings.Contains(got, "Upgrade: websocket") {
			t.Errorf("want a bare handshake for /, got %q", got)
		}
		leaks(t, "what was sent in the clear", clear.seen())
		// What is refused at / may be open at the path, which was not sent.
		if k := checkOf(r, "ws:// refused"); k.Result != notProven || !strings.Contains(k.Text, "may be another behavior's") {
			t.Errorf("got %+v", k)
		}
	})
	t.Run("with --plain", func(t *testing.T) {
		stdout, stderr, _ := wscheck(t, everything(host, "--ca", secure.ca(t), "--plain", clear.ws()+"/open")...)
		if got := clear.seen(); !strings.Contains(got, "GET /open\n") {
			t.Errorf("got %q\n%s%s", got, stdout, stderr)
		}
		leaks(t, "what was sent in the clear", clear.seen())
	})
	if got := secure.seen(); !strings.Contains(got, token) || !strings.Contains(got, bearer) || !strings.Contains(got, cookie) || !strings.Contains(got, sub) {
		t.Errorf("the endpoint itself got %q", got)
	}
}

func TestNothingOfTheUsersIsSentWithACertificateThatIsNotVerified(t *testing.T) {
	t.Parallel()
	for name, insecure := range map[string]bool{"by default": false, "with --insecure": true} {
		t.Run(name, func(t *testing.T) {
			server := newFake(t, true, accept)
			args := everything(server.Listener.Addr().String(), "--plain", "none")
			args = append(args, "--direct", server.ws()+"/prod?token="+token)
			if insecure {
				args = append(args, "--insecure")
			}
			stdout, stderr, code := wscheck(t, args...)
			leaks(t, "what was sent", server.seen())
			leaks(t, "the report", stdout+stderr)
			if code != exitNo || insecure != strings.Contains(server.seen(), "GET /\n") {
				t.Errorf("exit %d, sent %q\n%s", code, server.seen(), stdout)
			}
			if insecure {
				expect(t, stdout, `not proven +handshake +the certificate is not accepted.*nothing of yours was sent.*101`, `1\. A certificate that is not trusted here`)
			}
		})
	}
}

func TestTheDialerItselfRefusesToSendInTheClear(t *testing.T) {
	t.Parallel()
	server := newFake(t, false, accept)
	d := &dialer{timeout: 5e9, proxy: http.ProxyFromEnvironment}
	for name, q := range map[string]request{
		"header":      {url: server.url(t, "/"), header: http.Header{"X-A": {"1"}}},
		"query":       {url: server.url(t, "/?a=1")},
		"subprotocol": {url: server.url(t, "/"), subprotocol: "a"},
		"host":        {url: server.url(t, "/"), host: "a.example"},
		"unverified":  {url: &url.URL{Scheme: "wss", Host: server.Listener.Addr().String(), Path: "/a"}, unverified: true},
	} {
		if a := d.dial(t.Context(), q); a.err != errClear {
			t.Errorf("%s: %v", name, a.err)
		}
	}
	if got := server.seen(); got != "" {
		t.Errorf("sent %q", got)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := newFake(t, true, accept)
	server := newFake(t, true, raw("302 Found\nLocation: "+other.URL+"/login?token=s3rver\n\n"))
	stdout, stderr, code := wscheck(t, everything(server.Listener.Addr().String(), "--ca", server.ca(t), "--plain", "none")...)
	if other.seen() != "" || code != exitNo {
		t.Errorf("exit %d, the other host got %q", code, other.seen())
	}
	if leaks(t, "the report", stdout+stderr); strings.Contains(stdout, "s3rver") {
		t.Errorf("a redirect's own token is shown:\n%s", stdout)
	}
	expect(t, stdout, `location: https://127.0.0.1:\d+/login\?token=…`, `docs/runbook.md#a-redirect`)
}

// The API is asked what the edge is asked, or its refusal would prove nothing; but
// the path and the user in the URL belong to the edge's host.
func TestTheAPIGetsHeadersAndQueryButNoPathAndUser(t *testing.T) {
	t.Parallel()
	edge, api := newFake(t, true, accept), newFake(t, true, raw(gatewaySays("403 Forbidden", "ForbiddenException", "Forbidden")))
	stdout, _, _ := wscheck(t, everything(edge.Listener.Addr().String(), "--ca", edge.ca(t), "--plain", "none", "--direct", api.ws()+"/prod", "--locked")...)
	got := api.seen()
	if !strings.Contains(got, "GET /prod?token="+token) || !strings.Contains(got, bearer) || !strings.Contains(got, sub) {
		t.Errorf("the API got %q\n%s", got, stdout)
	}
	if strings.Contains(got, room) || strings.Contains(got, "Authorization") {
		t.Errorf("the API got %q", got)
	}
}

func TestReportsHideWhatTheUserGave(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		// An origin that repeats the request, as error pages do.
		w.Header().Set("Location", r.RequestURI)
		w.Header().Set("Server", r.Header.Get("X-Auth"))
		w.Header().Set("X-Cache", r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", r.Header.Get("Cookie"))
		w.Header().Set("X-Handshake-Reason", r.Header.Get("Sec-Websocket-Protocol"))
		w.WriteHeader(http.StatusBadRequest)
		var b bytes.Buffer
		_ = r.Header.Write(&b)
		_, _ = w.Write([]byte(r.RequestURI + "\n" + strings.ReplaceAll(b.String(), "\r\n", " ")))
	}
	for name, handle := range map[string]http.HandlerFunc{"refused with an echo": echo, "accepted, with an echo of the message": accept} {
		for _, form := range [][]string{nil, {"--json"}} {
			t.Run(name+strings.Join(form, ""), func(t *testing.T) {
				server := newFake(t, true, handle)
				args := everything(server.Listener.Addr().String(), "--ca", server.ca(t), "--plain", "none", "--expect", "nothing", "--direct", server.ws()+"/prod")
				stdout, stderr, _ := wscheck(t, append(args, form...)...)
				leaks(t, "the report", stdout+stderr)
				if !strings.Contains(stdout, "?token=…&…") || !strings.Contains(stdout, "…@127.0.0.1") {
					t.Errorf("got\n%s", stdout)
				}
			})
		}
	}
	t.Run("nothing answers", func(t *testing.T) {
		stdout, stderr, code := wscheck(t, everything(nobody(t), "--plain", "none")...)
		leaks(t, "the report", stdout+stderr)
		if code != exitNo {
			t.Errorf("exit %d", code)
		}
		expect(t, stdout, `fails +address +127.0.0.1:\d+: connection refused`, `1\. The record leads to something else|1\. The network here`)
	})
}

func TestUsageErrorsRepeatNoSecret(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"not encrypted":         {"url", "ws://" + user + ":" + pass + "@h/?token=" + token},
		"another scheme":        {"url", "ftp://" + user + ":" + pass + "@h/?token=" + token},
		"not a URL":             {"url", "wss://" + user + ":" + pass + "@h ost/?token=" + token},
		"a bad escape":          {"url", "wss://h/%zz" + room + "?token=" + token},
		"a bad port":            {"url", "wss://" + user + ":" + pass + "@h:port/"},
		"no scheme":             {"url", user + ":" + pass + "@h/?token=" + token},
		"a fragment":            {"url", "wss://h/?token=" + token + "#" + token},
		"a header without =":    {"url", "wss://h", "--header", "Bearer " + bearer},
		"a header of two lines": {"url", "wss://h", "--header", "X-A: 1\r\nCookie: " + cookie},
		"two URLs":              {"url", "wss://h/?a=" + token, "wss://" + pass + "@h"},
		"a stray header":        {"url", "wss://h", "X-Auth: " + bearer},
		"--direct":              {"url", "wss://h", "--direct", "ws://" + user + ":" + pass + "@h/?token=" + token},
		"--plain":               {"url", "wss://h", "--plain", "ws://" + user + ":" + pass + "@h/?token=" + token},
		"--plain with a query":  {"url", "wss://h", "--plain", "ws://h/?token=" + token},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := wscheck(t, args...)
			leaks(t, "the error", stdout+stderr)
			if code != exitUsage || stderr == "" {
				t.Errorf("exit %d, %q", code, stderr)
			}
		})
	}
}

func TestAnswersCannotDriveTheTerminal(t *testing.T) {
	t.Parallel()
	server := newFake(t, true, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		_ = conn.Write(r.Context(), websocket.MessageText, []byte("\x1b]0;owned\x07 hello \u202e"))
		_, _, _ = conn.Read(r.Context())
	})
	stdout, _, _ := wscheck(t, "url", server.ws(), "--ca", server.ca(t), "--plain", "none", "--expect", "hello")
	bad := newFake(t, true, raw("418 Teapot\nX-Cache: \u009b31m\n\n\x1b[2J\x1b]0;owned\x07page\x00\xff"))
	out, _, _ := wscheck(t, "url", bad.ws(), "--ca", bad.ca(t), "--plain", "none")
	for _, text := range []string{stdout, out} {
		if strings.ContainsAny(text, "\x1b\x07\x00\u009b\u202e") {
			t.Errorf("raw control characters in %q", text)
		}
	}
	expect(t, stdout, `ok +message +got ·\]0;owned· hello`)
	expect(t, out, `\| ·\[2J·\]0;owned·page`)
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"wss://h":                          "wss://h",
		"wss://h:8443/rooms/42":            "wss://h:8443/rooms/42",
		"wss://u:p@h/":                     "wss://…@h/",
		"wss://h/?a=1&b=2&c":               "wss://h/?a=…&b=…&…",
		"wss://h/" + room + "/x":           "wss://h/pr1v…/x",
		"wss://h/?" + room + "=1":          "wss://h/?…",
		"wss://h/?a=1;b=" + token:          "wss://h/?a=…",
		"wss://h/a%1b%5d0;x":               "wss://h/a%1b%5d0;x",
		"https://h/login?next=wss%3A%2F%2": "https://h/login?next=…",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := redactURL(u); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestJSONHasTheResultOfEachCheck(t *testing.T) {
	t.Parallel()
	server := newFake(t, true, accept)
	stdout, _, code := wscheck(t, "url", server.ws(), "--ca", server.ca(t), "--plain", "ws://"+nobody(t), "--json")
	var all result
	if err := json.Unmarshal([]byte(stdout), &all); err != nil || len(all.Endpoints) != 1 {
		t.Fatal(err, len(all.Endpoints))
	}
	got := all.Endpoints[0]
	if code != exitNo || all.OK || all.ExitCode != exitNo || got.OK || got.Result != notProven || checkOf(got, "handshake").Result != ok || checkOf(got, "ws:// refused").Result != notProven {
		t.Errorf("exit %d, %+v", code, got)
	}
}
