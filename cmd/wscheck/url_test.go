package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/handshake/handshaketest"
)

// edge serves a fixture, changed by replacing text, and gives the flags with which
// wscheck reaches it.
func edge(t *testing.T, base string, replace ...string) (*handshaketest.Server, []string) {
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
	server, err := handshaketest.NewServer(template, nil)
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
	return server, []string{"--ca", ca, "--plain", server.PlainURL + "/ws"}
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
	args := append([]string{"url", server.URL + "/ws", "--send", `{"action":"ping"}`, "--expect", "pong", "--count", "5",
		"--direct", server.APIURL + "/prod", "--direct-host", "pingapi.execute-api.us-east-1.amazonaws.com", "--locked"}, flags...)
	stdout, stderr, code := wscheck(t, args...)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	expect(t, stdout, `^handshake ok  wss://127`, `info +name +127.0.0.1 is an address`, `ok +address +connected to 127`, `ok +TLS +TLS 1.3, certificate for`,
		`ok +handshake +101 with the right Sec-WebSocket-Accept`, `ok +ping +answered in`, `ok +message +got {"message":"pong"}`,
		`ok +ws:// refused +ws://127.0.0.1:\d+/ws answers 403`, `ok +direct access refused +403 Forbidden, x-amzn-errortype: ForbiddenException`, `edge +5 +\d`)
}

func TestURLNamesTheCausesThatARefusalLeaves(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "external")
	stdout, _, code := wscheck(t, append([]string{"url", server.URL + "/rooms/42"}, flags...)...)
	if code != exitNo {
		t.Errorf("exit %d", code)
	}
	expect(t, stdout, `^not ok`, `fails +handshake +403 Forbidden, x-amzn-errortype: ForbiddenException`, `info +local edge +the path at the API is /prod/rooms/42`,
		`the answer: 403 Forbidden\n  x-amzn-errortype: ForbiddenException`, `1\. \$connect asks for an API key`,
		`2\. The path goes past the stage, or the stage is wrong: .*\n     docs/runbook.md#403-with-forbiddenexception`, `3\. The viewer's Host reaches the API`)
}

func TestURLComparesEdgeAndDirect(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "external")
	direct := []string{"url", server.URL + "/", "--count", "3", "--direct", server.APIURL + "/prod",
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
		{"ws:// open", []string{`"ViewerProtocolPolicy": "https-only"`, `"ViewerProtocolPolicy": "allow-all"`}, nil, `fails +ws:// refused +ws://127.0.0.1:\d+/ answers 101`},
		{"another message", nil, []string{"--send", "x", "--expect", "hello", "--timeout", "300ms"}, `fails +message +no message came`},
		{"no subprotocol", nil, []string{"--subprotocol", "chat"}, `fails +subprotocol +\$connect returned none`},
		{"a certificate that is not trusted", nil, []string{"--ca", ""}, `fails +handshake +did not get to it: the certificate is not accepted`},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, flags := edge(t, "external", c.replace...)
			args := append([]string{"url", server.URL + "/"}, flags...)
			args[len(args)-1] = server.PlainURL + "/"
			stdout, _, code := wscheck(t, append(args, c.args...)...)
			if code != exitNo {
				t.Errorf("exit %d", code)
			}
			expect(t, stdout, c.want)
		})
	}
}

func TestURLTakesHTTPSForTheSameAddress(t *testing.T) {
	t.Parallel()
	server, flags := edge(t, "owned")
	stdout, stderr, code := wscheck(t, append([]string{"url", "https" + strings.TrimPrefix(server.URL, "wss") + "/ws"}, flags...)...)
	if code != exitOK {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	expect(t, stdout, `^handshake ok  wss://`, `\d ok, 0 fails, 0 not proven; exit 0: all checks are ok\n$`)
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
		good.URL, "https"+strings.TrimPrefix(good.APIURL, "wss")+"/prod", bad.URL+"/ws"))
	flags[len(flags)-1] = "none"
	stdout, _, code := wscheck(t, append([]string{"outputs", file}, flags...)...)
	if code != exitNo {
		t.Errorf("one bad stack of two: exit %d", code)
	}
	expect(t, stdout, `handshake ok  WebSocket-dev  wss://`, `not ok  WebSocket-prod  wss://`, `direct access refused +403`)
	if stdout, _, code = wscheck(t, append([]string{"outputs", file, "--stack", "WebSocket-dev", "--json"}, flags...)...); code != exitOK {
		t.Errorf("the good stack: exit %d\n%s", code, stdout)
	}
	var got result
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || len(got.Endpoints) != 1 || got.Endpoints[0].Stack != "WebSocket-dev" || !got.OK {
		t.Errorf("%v, %+v", err, got)
	}
	for text, want := range map[string]string{
		`{"A": {}}`:                         "no stack with the output WebSocketUrl",
		`{"A": {"WebSocketUrl": "ws://x"}}`: "A.WebSocketUrl",
		`{"A": {"WebSocketUrl": "wss://x", "CallbackUrl": "http://y"}}`: "A.CallbackUrl",
		`{"A": {"WebSocketUrl": "wss://x.test/"}}`:                      `has no stack "B" with the output WebSocketUrl`,
	} {
		write(text)
		if _, stderr, code := wscheck(t, "outputs", file, "--stack", "B"); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s", text, code, stderr)
		}
	}
}
