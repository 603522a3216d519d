package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/handshake"
)

const fixtures = "../../handshake/testdata"

// wscheck runs the command and returns what it prints and its exit status.
func wscheck(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	c := &command{stdout: &out, stderr: &errs}
	code = c.run(args)
	return out.String(), errs.String(), code
}

func fixture(base string) string { return filepath.Join(fixtures, base+".json") }

func TestWrongUsageExitsWith2AndSaysWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "Usage:"},
		{[]string{"deploy"}, `"deploy" is no command`},
		{[]string{"template"}, "an argument is missing"},
		{[]string{"template", "a", "b"}, `got "a" and "b"`},
		{[]string{"template", "-nonsense", "a"}, "not defined: -nonsense"},
		{[]string{"template", fixture("none")}, "no such file"},
		{[]string{"template", "main.go"}, "not a JSON object"},
		{[]string{"template", fixture("owned"), "--query", "x"}, `"x" is not of the form name=value`},
		{[]string{"template", fixture("owned"), "--authorizer", "maybe"}, "allow, deny, unauthorized or fail"},
		{[]string{"template", fixture("owned"), "--distribution", "Other"}, "is not in the template"},
		{[]string{"url", "ftp://x"}, "wss://host/path"},
		{[]string{"url", "ws://x"}, "ws://x is not encrypted"},
		{[]string{"url", "wss://"}, "wss://host/path"},
		{[]string{"url", "wss://x/#a"}, "fragment"},
		{[]string{"url", "wss://x", "--locked"}, "--locked needs --direct"},
		{[]string{"url", "wss://x", "--plain", "wss://x"}, "ws://host/path"},
		{[]string{"url", "wss://x", "--header", "Host: y"}, "--header Host is part of every handshake"},
		{[]string{"url", "wss://127.0.0.1", "--direct", "x"}, "wss://host/path"},
		{[]string{"url", "wss://127.0.0.1", "--count", "0"}, "--count must be"},
		{[]string{"url", "wss://127.0.0.1", "--timeout", "-1s"}, "--timeout must be"},
		{[]string{"url", "wss://127.0.0.1", "--ca", "main.go"}, "no certificate in PEM"},
		{[]string{"outputs", "main.go"}, "not the JSON of cdk deploy"},
	} {
		stdout, stderr, code := wscheck(t, c.args...)
		if code != exitUsage || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%q: exit %d, %q; want 2 and %q", c.args, code, stderr, c.want)
		}
	}
}

func TestHelpGoesToStdoutWithAnExample(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-h"}, {"--help"}, {"help"}, {"template", "-h"}, {"url", "--help"}, {"outputs", "-h"}} {
		stdout, stderr, code := wscheck(t, args...)
		if code != exitOK || stderr != "" || !strings.Contains(stdout, "Example:") || !strings.Contains(stdout, "Usage:") {
			t.Errorf("%q: exit %d, stderr %q, stdout %q", args, code, stderr, stdout)
		}
	}
}

func TestTemplatePlaysTheHandshake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"an external API", []string{fixture("external")}, exitOK,
			[]string{"handshake ok  GET wss://", "ok    ws:// refused", "403: ws:// is refused", "info  direct access ", "asks for no key", "no findings"}},
		{"every socket path of a locked API", []string{fixture("owned")}, exitOK,
			[]string{"socket.example.com/ws  101", "socket.example.com/ws/  101", "ok  direct access refused  403: $connect asks for an API key", "no findings"}},
		{"options before the file", []string{"--path", "/ws/a", fixture("owned")}, exitOK, []string{"/ws/a  101"}},
		{"a path past the stage", []string{fixture("external"), "--path", "/rooms/42"}, exitNo,
			[]string{"handshake refused", "  403\n", "goes past the stage prod", "fix: connect to /", "rule: api.stage (inferred)"}},
		{"query strings, encoded", []string{fixture("owned"), "--path", "/ws", "--query", "token=a b", "--query", "utm=1"}, exitOK,
			[]string{"/ws?token=a+b&utm=1", "drops ", "query strings utm"}},
		{"a browser's origin that is refused", []string{fixture("owned"), "--path", "/ws", "--origin", "https://evil.example"}, exitNo,
			[]string{"Origin not allowed"}},
		{"an authorizer that is given what it asks for", []string{fixture("authorizer"), "--query", "token=x", "--cookie", "session=1", "--authorizer", "allow"}, exitOK,
			[]string{"passes authorizer, connection"}},
		{"an authorizer that denies", []string{fixture("authorizer"), "--query", "token=x", "--cookie", "session=1", "--authorizer", "deny"}, exitNo,
			[]string{"the authorizer denies"}},
		{"an authorizer without its token", []string{fixture("authorizer")}, exitNo, []string{"401", "query string token"}},
		{"a subprotocol that $connect returns", []string{fixture("authorizer"), "--query", "token=x", "--cookie", "session=1", "--subprotocol", "chat", "--connect-subprotocol", "chat"}, exitOK,
			[]string{"subprotocol chat"}},
		{"a subprotocol that it does not", []string{fixture("authorizer"), "--query", "token=x", "--cookie", "session=1", "--subprotocol", "chat"}, exitNo,
			[]string{"browsers close the connection"}},
		{"facts of an external API", []string{fixture("external"), "--api-stage", "abcdef1234.execute-api.eu-west-1.amazonaws.com=live"}, exitNo,
			[]string{`no stage "prod" (its stages: live)`, "error  "}},
		{"a key of an external API", []string{fixture("external"), "--api-stage", "abcdef1234.execute-api.eu-west-1.amazonaws.com=prod",
			"--api-key", "abcdef1234.execute-api.eu-west-1.amazonaws.com=k", "--header", "x-other=1"}, exitNo, []string{"no x-api-key header reached it"}},
		{"the checks beside a shaped handshake", []string{fixture("external"), "--path", "/", "--checks"}, exitOK, []string{"no findings", "ws:// refused"}},
	} {
		stdout, stderr, code := wscheck(t, append([]string{"template"}, c.args...)...)
		if code != c.code || stderr != "" {
			t.Errorf("%s: exit %d, want %d; %s%s", c.name, code, c.code, stdout, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: %q is missing in\n%s", c.name, want, stdout)
			}
		}
	}
}

func TestTemplateReportsFindings(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(fixture("external"))
	if err != nil {
		t.Fatal(err)
	}
	for old, c := range map[string]struct {
		new  string
		code int
		want string
	}{
		`"https-only",` + "\n":                    {`"https-only",` + "\n", exitOK, "no findings"},
		`"OriginReadTimeout": 30`:                 {`"OriginReadTimeout": 999`, exitNo, "error  CustomOriginConfig.OriginReadTimeout is 999 s"},
		`"OriginReadTimeout": 30,`:                {`"OriginReadTimeout": 10,`, exitOK, "warning  the read timeout of 10 s"},
		`"ViewerProtocolPolicy": "https-only"`:    {`"ViewerProtocolPolicy": "allow-all"`, exitNo, "fails  ws:// refused"},
		`4135ea2d-6df8-44a3-9df3-4b5a84be39ad`:    {`bad`, exitNo, `"bad" is neither a cache policy`},
		`abcdef1234.execute-api.eu-west-1.amazon`: {`{{resolve:ssm:/host}}.amazon`, exitNo, `{{resolve:ssm:/host}} is read at the deploy`},
	} {
		if !strings.Contains(string(raw), old) {
			t.Fatalf("the fixture has no %s", old)
		}
		file := filepath.Join(t.TempDir(), "template.json")
		if err := os.WriteFile(file, []byte(strings.Replace(string(raw), old, c.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout, _, code := wscheck(t, "template", file)
		if code != c.code || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: exit %d, want %d with %q\n%s", c.new, code, c.code, c.want, stdout)
		}
	}
	file := filepath.Join(t.TempDir(), "template.json")
	text := strings.Replace(string(raw), "abcdef1234.execute-api.eu-west-1", "{{resolve:ssm:/host}}", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if stdout, _, code := wscheck(t, "template", file, "--secret", "{{resolve:ssm:/host}}=abc.execute-api.eu-west-1"); code != exitOK {
		t.Errorf("with the reference's value: exit %d\n%s", code, stdout)
	}
}

func TestTemplatePrintsJSONForPrograms(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{"owned": true, "authorizer": false} {
		stdout, _, code := wscheck(t, "template", fixture(base), "--json")
		var got templateResult
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatalf("%v in %s", err, stdout)
		}
		if got.OK != want || (code == exitOK) != want || len(got.Handshakes) == 0 || len(got.Checks) == 0 {
			t.Errorf("%s: exit %d, %+v", base, code, got)
		}
		if got.Handshakes[0].Outcome != map[bool]handshake.Outcome{true: handshake.Accepted, false: handshake.Refused}[want] {
			t.Errorf("%s: outcome %s", base, got.Handshakes[0].Outcome)
		}
	}
}

func TestPairsKeepEqualsSignsOfTheValue(t *testing.T) {
	t.Parallel()
	var p pairs
	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	flags.Var(&p, "header", "")
	if err := flags.Parse([]string{"--header", "a=b=c", "--header", "d="}); err != nil {
		t.Fatal(err)
	}
	if m := p.asMap(); m["a"] != "b=c" || m["d"] != "" || len(m) != 2 {
		t.Errorf("pairs %v", m)
	}
	if err := p.Set("=x"); err == nil || errors.Is(err, flag.ErrHelp) {
		t.Errorf("a pair without a name: %v", err)
	}
}
