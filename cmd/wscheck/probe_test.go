package main

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// That the API is locked is proven by API Gateway's refusal of what gets through by
// way of the edge, and by nothing else.
func TestDirectAccessIsProvenRefusedOrNot(t *testing.T) {
	t.Parallel()
	forbidden := raw(gatewaySays("403 Forbidden", "ForbiddenException", "Forbidden"))
	for _, c := range []struct {
		name   string
		edge   http.HandlerFunc
		direct http.HandlerFunc
		want   string
		text   string
	}{
		{"a key is missing", accept, forbidden, ok, "403 Forbidden, x-amzn-errortype: ForbiddenException"},
		{"an identity source is missing", accept, raw(gatewaySays("401 Unauthorized", "UnauthorizedException", "Unauthorized")), ok, "401"},
		{"the API lets everybody in", accept, accept, fails, "101 without the edge"},
		{"refused by way of the edge as well", forbidden, forbidden, notProven, "did not get through the edge either"},
		{"500", accept, raw(gatewaySays("500 Internal Server Error", "InternalServerErrorException", "x")), notProven, "500"},
		{"502", accept, raw(gatewaySays("502 Bad Gateway", "InternalServerErrorException", "x")), notProven, "502"},
		{"429", accept, raw(gatewaySays("429 Too Many Requests", "LimitExceededException", "x")), notProven, "no refusal"},
		{"400", accept, raw(gatewaySays("400 Bad Request", "BadRequestException", "x")), notProven, "no refusal"},
		{"404", accept, raw(gatewaySays("404 Not Found", "NotFoundException", "x")), notProven, "no refusal"},
		{"200", accept, raw("200 OK\n\nhello"), notProven, "no refusal"},
		{"301", accept, raw("301 Moved Permanently\nLocation: https://x\n\n"), notProven, "no refusal"},
		{"a proxy's 403", accept, raw("403 Forbidden\nServer: squid\n\nno"), notProven, "something else answered"},
		{"a 101 that is none", accept, raw("101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\n"), notProven, "101, but"},
		{"closed", accept, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		}, notProven, "did not answer"},
		{"silent", accept, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, notProven, "no answer within"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			edge, direct := newFake(t, true, c.edge), newFake(t, true, c.direct)
			for _, locked := range []bool{true, false} {
				o := &probeOptions{URL: edge.url(t, "/"), Direct: direct.url(t, "/prod"), Roots: edge.roots(), Locked: locked, Timeout: time.Second}
				r := try(t, o)
				k, want := checkOf(r, "direct access refused"), c.want
				if want == fails && !locked {
					k, want = checkOf(r, "direct access"), info
				}
				if k.Result != want || !strings.Contains(k.Text, c.text) {
					t.Errorf("locked %t: got %+v, want %s", locked, k, want)
				}
				if r.OK != (want == ok || want == info) {
					t.Errorf("locked %t: the whole is %s", locked, r.Result)
				}
			}
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		edge := newFake(t, true, accept)
		r := try(t, &probeOptions{URL: edge.url(t, "/"), Direct: &url.URL{Scheme: "wss", Host: nobody(t), Path: "/prod"}, Roots: edge.roots(), Locked: true})
		if k := checkOf(r, "direct access refused"); k.Result != notProven || r.Result != notProven || r.OK {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("no address", func(t *testing.T) {
		edge := newFake(t, true, accept)
		r := try(t, &probeOptions{URL: edge.url(t, "/"), Roots: edge.roots(), Locked: true})
		if k := checkOf(r, "direct access refused"); k.Result != notProven || r.OK {
			t.Errorf("got %+v", r)
		}
	})
}

// That ws:// is refused is proven by what CloudFront says to plain HTTP alone.
func TestPlainIsProvenRefusedOrNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		plain string
		want  string
	}{
		{"https-only", page("403 Forbidden", "Bad request."), ok},
		{"redirect-to-https", "301 Moved Permanently\nServer: CloudFront\nLocation: https://127.0.0.1/\nX-Cache: Redirect from cloudfront\n\n", ok},
		{"a redirect to another host", "302 Found\nServer: CloudFront\nLocation: https://login.example.com/\n\n", notProven},
		{"a redirect to plain HTTP", "302 Found\nServer: CloudFront\nLocation: http://127.0.0.1/\n\n", notProven},
		{"a redirect of a proxy", "302 Found\nLocation: https://127.0.0.1/\n\n", notProven},
		{"the API's 403", gatewaySays("403 Forbidden", "ForbiddenException", "Forbidden"), fails},
		{"the API's 401", gatewaySays("401 Unauthorized", "UnauthorizedException", "Unauthorized"), fails},
		{"the edge function's 403", function("403 Forbidden", "Pages of this origin may not connect here."), notProven},
		{"the edge function's 426", function("426 Upgrade Required", "x"), notProven},
		{"a web ACL", page("403 Forbidden", "Request blocked."), notProven},
		{"a country", page("403 Forbidden", "The Amazon CloudFront distribution is configured to block access from your country."), notProven},
		{"a bucket", cached("403 Forbidden", "Error from cloudfront") + "<Error><Code>AccessDenied</Code></Error>", notProven},
		{"a 403 of another server", "403 Forbidden\nServer: nginx\nX-Cache: Error from cloudfront\n\nno", notProven},
		{"a 403 of a proxy", "403 Forbidden\nServer: squid\n\nThe request could not be satisfied", notProven},
		{"500", page("500 Internal Server Error", "x"), notProven},
		{"503", page("503 Service Unavailable", "x"), notProven},
		{"200", "200 OK\nServer: CloudFront\n\nhello", notProven},
		{"404", page("404 Not Found", "x"), notProven},
		{"429", page("429 Too Many Requests", "x"), notProven},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			edge, plain := newFake(t, true, accept), newFake(t, false, raw(c.plain))
			r := try(t, &probeOptions{URL: edge.url(t, "/"), Plain: plain.url(t, "/"), Roots: edge.roots()})
			if k := checkOf(r, "ws:// refused"); k.Result != c.want || r.OK != (c.want == ok) {
				t.Errorf("got %+v, want %s", k, c.want)
			}
			refused := newFake(t, true, raw(page("403 Forbidden", "Bad request.")))
			r = try(t, &probeOptions{URL: refused.url(t, "/"), Plain: plain.url(t, "/"), Roots: edge.roots()})
			if k := checkOf(r, "ws:// refused"); k.Result == ok {
				t.Errorf("where wss:// is refused too: %+v", k)
			}
		})
	}
	edge := newFake(t, true, accept)
	r := try(t, &probeOptions{URL: edge.url(t, "/"), Plain: newFake(t, false, accept).url(t, "/"), Roots: edge.roots()})
	if k := checkOf(r, "ws:// refused"); k.Result != fails || r.OK {
		t.Errorf("ws:// is open: %+v", k)
	}
	r = try(t, &probeOptions{URL: edge.url(t, "/"), Plain: &url.URL{Scheme: "ws", Host: nobody(t), Path: "/"}, Roots: edge.roots()})
	if k := checkOf(r, "ws:// refused"); k.Result != notProven || r.OK {
		t.Errorf("nothing answers: %+v", k)
	}
}

func TestIPv6CountsOnlyWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	edge := newFake(t, true, accept)
	there := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("2001:db8::1")}
	for name, c := range map[string]struct {
		addresses []netip.Addr
		asked     bool
		want      string
	}{
		"none":                      {there[:1], false, info},
		"none, and asked for":       {there[:1], true, fails},
		"not from here":             {there, false, info},
		"not from here, and wanted": {there, true, notProven},
	} {
		t.Run(name, func(t *testing.T) {
			o := &probeOptions{URL: &url.URL{Scheme: "wss", Host: "localhost:" + port(t, edge), Path: "/"}, IPv6: c.asked, Roots: edge.roots(), Timeout: 2 * time.Second,
				lookup: func(context.Context, string) ([]netip.Addr, error) { return c.addresses, nil }}
			p := &prober{probeOptions: o, scrub: newScrubber(o), result: &probeResult{}, dialer: &dialer{roots: o.Roots, timeout: o.Timeout, proxy: noProxy}}
			p.name(t.Context())
			p.dialer.timeout = time.Nanosecond // no dial succeeds, as without IPv6
			p.ipv6(t.Context(), request{url: o.URL}, true)
			p.result.conclude()
			if k := checkOf(p.result, "IPv6"); k.Result != c.want || p.result.OK != (c.want == info) {
				t.Errorf("got %+v, want %s", k, c.want)
			}
		})
	}
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

func TestAHandshakeThatFailsAmongManyIsAFailure(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	edge := newFake(t, true, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 == 0 {
			raw(gatewaySays("429 Too Many Requests", "LimitExceededException", "x"))(w, r)
			return
		}
		accept(w, r)
	})
	r := try(t, &probeOptions{URL: edge.url(t, "/"), Roots: edge.roots(), Count: 5})
	if k := checkOf(r, "edge handshakes"); k.Result != fails || !strings.Contains(k.Text, "2 of 5 failed; the first: 429") || r.OK || r.Times[0].Count != 3 {
		t.Errorf("got %+v, %+v", k, r.Times)
	}
}

func TestWhatWasAskedForAndNotTriedIsSaid(t *testing.T) {
	t.Parallel()
	edge := newFake(t, true, raw(page("403 Forbidden", "Request blocked.")))
	r := try(t, &probeOptions{URL: edge.url(t, "/"), Roots: edge.roots(), Send: "x"})
	if k := checkOf(r, "message"); k.Result != notProven {
		t.Errorf("got %+v", k)
	}
	edge = newFake(t, true, accept)
	r = try(t, &probeOptions{URL: edge.url(t, "/"), Roots: edge.roots(), Send: "x"})
	if k := checkOf(r, "message"); k.Result != info || !r.OK {
		t.Errorf("a message that nobody waits for an answer to: %+v", k)
	}
}

func TestARefusalIsShownInTheOrderInWhichItWasMet(t *testing.T) {
	t.Parallel()
	edge := newFake(t, true, raw(page("403 Forbidden", "Request blocked.")))
	stdout, _, code := wscheck(t, "url", edge.ws(), "--ca", edge.ca(t), "--plain", "none")
	at := -1
	for _, want := range []string{"not ok  wss://", "name", "connected to 127.0.0.1", "TLS 1.3", "fails  handshake  403 Forbidden, x-cache: Error from cloudfront",
		"the answer: 403 Forbidden", "server: CloudFront", "via: 1.1 abc", "\n  x-cache: Error", "x-amz-cf-id: cfid==", "| 403 ERROR", "| The request could not be satisfied.",
		"| Request blocked.", "1. The web ACL blocks the request", "docs/runbook.md#403-with-html", "1 fails, 0 not proven; exit 1: a check fails"} {
		i := strings.Index(stdout, want)
		if i < at || i < 0 {
			t.Errorf("%q is missing or out of order in\n%s", want, stdout)
		}
		at = i
	}
	if code != exitNo || strings.Contains(stdout, "2. ") || strings.Contains(stdout, "DOCTYPE") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

func TestCtrlCPrintsWhatThereIsSoFar(t *testing.T) {
	t.Parallel()
	came := make(chan bool, 8)
	edge := newFake(t, true, func(_ http.ResponseWriter, r *http.Request) {
		came <- true
		<-r.Context().Done()
	})
	for name, args := range map[string][]string{"text": nil, "JSON": {"--json"}} {
		t.Run(name, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), os.Args[0], append([]string{"url", edge.ws() + "/", "--ca", edge.ca(t), "--timeout", "60s", "--plain", "none"}, args...)...)
			command.Env = append(os.Environ(), "WSCHECK_MAIN=1")
			var out strings.Builder
			command.Stdout = &out
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			<-came
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait()
			if code := command.ProcessState.ExitCode(); code != exitNo {
				t.Errorf("exit %d", code)
			}
			want := []string{`not proven \(interrupted\)`, `ok +TLS +TLS 1.3`, `not proven +handshake +interrupted while waiting for: HTTP`, `exit 1`}
			if args != nil {
				want = []string{`"interrupted": true`, `"result": "not proven"`, `"name": "TLS",\s+"result": "ok"`}
			}
			expect(t, out.String(), want...)
		})
	}
}

func TestProgressWaitsAndCleansUp(t *testing.T) {
	t.Parallel()
	var quick, slow strings.Builder
	p := newProgress(&quick, time.Hour, time.Millisecond)
	p.step("edge", 1, 4)
	time.Sleep(5 * time.Millisecond)
	p.close()
	if quick.Len() != 0 {
		t.Errorf("before its time: %q", quick.String())
	}
	p = newProgress(&slow, 0, time.Millisecond)
	p.step("edge", 2, 4)
	time.Sleep(20 * time.Millisecond)
	p.close()
	if !strings.Contains(slow.String(), "\redge     [###############               ] 2/4") || !strings.HasSuffix(slow.String(), " \r") {
		t.Errorf("got %q", slow.String())
	}
	p.step("handshake", 0, 0)
	if got := p.line(3 * time.Second); got != "handshake … 3 s" {
		t.Errorf("got %q", got)
	}
}

func TestProgressIsForTerminalsOnly(t *testing.T) {
	t.Parallel()
	edge := newFake(t, true, accept)
	for _, terminal := range []bool{false, true} {
		c := &command{terminal: terminal, stderr: &strings.Builder{}, stdout: &strings.Builder{}}
		o := &probeOptions{URL: edge.url(t, "/"), Roots: edge.roots(), Count: 1, Timeout: time.Second, SkipPlain: true, Header: http.Header{}}
		c.probe(t.Context(), o)
		if (o.Step != nil) != terminal {
			t.Errorf("terminal %t: step %t", terminal, o.Step != nil)
		}
	}
}
