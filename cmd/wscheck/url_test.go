package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

// edge serves a fixture, changed by replacing text, and gives the flags with which
// wscheck reaches it.
func edge(t *testing.T, base string, replace ...string) (*handshake.Server, []string) {
	t.Helper()
	raw, err := os.ReadFile(fixture(base))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i+1 < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the fixture has no %s", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	template, err := handshake.Read(strings.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	server, err := handshake.Serve(template, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return server, []string{"--ca", ca, "--plain", server.PlainURL() + "/ws"}
}

func expect(t *testing.T, stdout string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("%s is missing in\n%s", want, stdout)
		}
	}
}

func TestURLSeesAGoodEndpoint(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "owned")
	args := append([]string{"url", server.URL() + "/ws", "--send", `{"action":"ping"}`, "--expect", "pong", "--count", "5",
		"--direct", server.APIURL() + "/prod", "--direct-host", "pingapi.execute-api.us-east-1.amazonaws.com", "--locked"}, flags...)
	stdout, stderr, code := wscheck(t, args...)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	expect(t, stdout, `^handshake ok  wss://127`, `info +DNS +127.0.0.1 is an address`, `ok +TLS +TLS 1.3`, `ok +HTTP/1.1 by ALPN +http/1.1`,
		`ok +handshake +101 with the right Sec-WebSocket-Accept`, `ok +ping +answered in`, `ok +message +got {"message":"pong"}`,
		`ok +ws:// refused +403`, `ok +direct access refused +403, x-amzn-errortype: ForbiddenException`, `edge +5 +\d`)
}

func TestURLNamesLikelyCausesOfARefusal(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "external")
	stdout, _, code := wscheck(t, append([]string{"url", server.URL() + "/rooms/42"}, flags...)...)
	if code != exitNo {
		t.Errorf("exit %d", code)
	}
	expect(t, stdout, `^not ok`, `fails +handshake +403, x-amzn-errortype: ForbiddenException`, `1\. the path at the API is /prod/rooms/42`,
		`2\. the viewer's Host reaches API Gateway`, `3\. the path goes past the stage`)
}

func TestURLComparesEdgeAndDirect(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "external")
	direct := []string{"url", server.URL() + "/", "--count", "3", "--direct", server.APIURL() + "/prod",
		"--direct-host", "abcdef1234.execute-api.eu-west-1.amazonaws.com"}
	stdout, _, code := wscheck(t, append(direct, flags...)...)
	if code != exitOK {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	expect(t, stdout, `info +direct access +the API answers 101`, `edge +3 `, `direct +3 `)
	stdout, _, code = wscheck(t, append(append(direct, "--locked"), flags...)...)
	if code != exitNo {
		t.Errorf("an open API with --locked: exit %d", code)
	}
	expect(t, stdout, `fails +direct access refused +the API answers 101 without the edge`)
}

func TestURLSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		replace []string
		args    []string
		want    string
	}{
		{"ws:// open", []string{`"ViewerProtocolPolicy": "https-only"`, `"ViewerProtocolPolicy": "allow-all"`}, nil, `fails +ws:// refused +ws:// answers 101`},
		{"another message", nil, []string{"--send", "x", "--expect", "hello", "--timeout", "300ms"}, `fails +message +no message came`},
		{"no subprotocol", nil, []string{"--subprotocol", "chat"}, `fails +subprotocol +asked for chat, got none`},
		{"a certificate that is not trusted", nil, []string{"--ca", ""}, `fails +handshake +the certificate is not trusted`},
	} {
		server, flags := edge(t, "external", c.replace...)
		target := server.URL() + "/"
		args := append([]string{"url", target}, flags...)
		args[len(args)-1] = server.PlainURL() + "/"
		stdout, _, code := wscheck(t, append(args, c.args...)...)
		if code != exitNo {
			t.Errorf("%s: exit %d", c.name, code)
		}
		expect(t, stdout, c.want)
	}
	server, _ := edge(t, "external")
	if stdout, _, code := wscheck(t, "url", server.URL()+"/", "--insecure", "--plain", "none"); code != exitOK || strings.Contains(stdout, "ws:// refused") {
		t.Errorf("--insecure --plain none: exit %d\n%s", code, stdout)
	}
}

func TestURLWhereNothingAnswers(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	stdout, _, code := wscheck(t, "url", "wss://"+address+"/", "--plain", "ws://"+address+"/", "--json")
	var got urlResult
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if code != exitNo || got.OK || len(got.Causes) == 0 || !strings.Contains(got.Causes[0], "check DNS") {
		t.Errorf("exit %d, %+v", code, got)
	}
}

func TestOutputsTriesEveryStack(t *testing.T) {
	t.Parallel()
	good, flags := edge(t, "external")
	bad, _ := edge(t, "owned", `"Enabled": true`, `"Enabled": false`)
	file := filepath.Join(t.TempDir(), "outputs.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Sprintf(`{"WebSocket-dev": {"WebSocketUrl": %q, "CallbackUrl": %q, "DistributionId": "E1"}, "WebSocket-prod": {"WebSocketUrl": %q}, "Other": {"X": "y"}}`,
		good.URL(), "https"+strings.TrimPrefix(good.APIURL(), "wss")+"/prod", bad.URL()+"/ws"))
	flags[len(flags)-1] = "none"
	stdout, _, code := wscheck(t, append([]string{"outputs", file}, flags...)...)
	if code != exitNo {
		t.Errorf("one bad stack of two: exit %d", code)
	}
	expect(t, stdout, `handshake ok  WebSocket-dev  wss://`, `not ok  WebSocket-prod  wss://`, `direct access refused +403`)
	if stdout, _, code = wscheck(t, append([]string{"outputs", file, "--stack", "WebSocket-dev", "--json"}, flags...)...); code != exitOK {
		t.Errorf("the good stack: exit %d\n%s", code, stdout)
	}
	var got []urlResult
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got) != 1 || got[0].Stack != "WebSocket-dev" || !got[0].OK {
		t.Errorf("%v, %+v", err, got)
	}
	for text, want := range map[string]string{
		`{"A": {}}`:                                "no stack with the output WebSocketUrl",
		`{"A": {"WebSocketUrl": "https://x"}}`:     "A.WebSocketUrl",
		`{"A": {"WebSocketUrl": "wss://x.test/"}}`: `no stack "B"`,
	} {
		write(text)
		if _, stderr, code := wscheck(t, "outputs", file, "--stack", "B"); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s", text, code, stderr)
		}
	}
}

func TestCausesAreOrderedByWhatAnswered(t *testing.T) {
	t.Parallel()
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, c := range []struct {
		status int
		header http.Header
		want   string
	}{
		{403, header("X-Amzn-Errortype", "ForbiddenException"), "Host reaches API Gateway"},
		{403, header("Server", "CloudFront"), "aliases"},
		{403, header("X-Cache", "FunctionGeneratedResponse from cloudfront"), "edge function answered"},
		{401, nil, "identity source"},
		{400, nil, "Sec-WebSocket-Key"},
		{426, nil, "no WebSocket upgrade"},
		{429, nil, "usage plan"},
		{414, nil, "4,096"},
		{502, header("X-Cache", "Error from cloudfront"), "cannot reach the origin"},
		{503, header("X-Cache", "Error from cloudfront"), "edge function threw"},
		{504, nil, "origin read timeout"},
		{200, nil, "custom error response"},
		{301, nil, "redirected"},
		{404, nil, "another origin"},
		{500, nil, "$connect integration failed"},
		{0, nil, "DNS"},
		{418, header("Server", "teapot"), "teapot"},
	} {
		if got := causes(c.status, c.header); len(got) == 0 || !strings.Contains(got[0], c.want) {
			t.Errorf("%d %v: %q, want %q first", c.status, c.header, got, c.want)
		}
	}
}

func TestTheProgressBarIsForTerminalsOnly(t *testing.T) {
	t.Parallel()
	var bar strings.Builder
	c := &command{stderr: &bar}
	c.progress("edge", 1, 4)
	if bar.Len() != 0 {
		t.Errorf("without a terminal: %q", bar.String())
	}
	c.terminal = true
	c.progress("edge", 2, 4)
	if !strings.Contains(bar.String(), "[###############               ] 2/4") {
		t.Errorf("bar %q", bar.String())
	}
}
