package edge

import (
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"
)

// request is what the function gets of a viewer's request.
type request struct {
	Method string `json:"method"`
	URI    string `json:"uri"`
	// Query is the query string as it was sent, nil without a question mark.
	Query   *string           `json:"query,omitempty"`
	Headers map[string]header `json:"headers"`
}

type header struct {
	Value      string   `json:"value"`
	MultiValue []header `json:"multiValue,omitempty"`
}

// handshake is a sound request for a path and query string, with further headers.
func handshake(url string, headers map[string]string) request {
	path, query, asks := strings.Cut(url, "?")
	r := request{Method: "GET", URI: path, Headers: map[string]header{
		"host":                  {Value: "ws.example.com"},
		"sec-websocket-key":     {Value: "dGhlIHNhbXBsZSBub25jZQ=="},
		"sec-websocket-version": {Value: "13"},
	}}
	if asks {
		r.Query = &query
	}
	for name, value := range headers {
		r.Headers[name] = header{Value: value}
	}
	return r
}

// answered is what the function hands back: a request to pass on, or, with a
// Status, a response.
type answered struct {
	Threw   string            `json:"threw"`
	Status  int               `json:"status"`
	Body    string            `json:"body"`
	Headers map[string]header `json:"headers"`
	URI     string            `json:"uri"`
	Query   string            `json:"query"`
	// Changed says that the function touched more than URI and query string.
	Changed bool `json:"changed"`
}

// parameters are the query string's parts.
func (a answered) parameters() []string { return strings.Split(a.Query, "&") }

// path is the value of the parameter "path", which is there once.
func (a answered) path(t testing.TB) string {
	t.Helper()
	var values []string
	for _, parameter := range a.parameters() {
		if value, is := strings.CutPrefix(parameter, "path="); is {
			values = append(values, value)
		}
	}
	if len(values) != 1 {
		t.Fatalf("want path once, got %q", a.Query)
	}
	return values[0]
}

// playSource calls the function as CloudFront's runtime does, for one request in
// JSON, and says in JSON what came of it. The parsed query string is only a
// stand-in: the function does not read it.
const playSource = `
function play(text) {
    var sent = JSON.parse(text);
    var parsed = {};
    var request = { method: sent.method, uri: sent.uri, querystring: parsed, headers: sent.headers, cookies: {} };
    var headers = JSON.stringify(sent.headers);
    request.rawQueryString = function () { return sent.query; };
    try {
        var got = handler({ version: '1.0', request: request });
    } catch (e) {
        return JSON.stringify({ threw: String(e) });
    }
    if (got.statusCode) {
        return JSON.stringify({ status: got.statusCode, body: got.body.data, headers: got.headers });
    }
    return JSON.stringify({
        uri: got.uri,
        query: got.querystring === parsed ? sent.query : got.querystring,
        changed: got !== request || got.method !== sent.method || JSON.stringify(got.headers) !== headers,
    });
}
`

// onGoja runs the function on requests in JSON, one after the other.
func onGoja(t testing.TB, code string, lines []string) []string {
	t.Helper()
	js := goja.New()
	if _, err := js.RunString(code + playSource); err != nil {
		t.Fatal(err)
	}
	play, _ := goja.AssertFunction(js.Get("play"))
	results := make([]string, len(lines))
	for i, line := range lines {
		result, err := play(goja.Undefined(), js.ToValue(line))
		if err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
		results[i] = result.String()
	}
	return results
}

// onNjs runs the function on njs, from which CloudFront's runtime descends. It is
// as Debian has it, older and stricter than CloudFront's.
func onNjs(t testing.TB, code string, lines []string) []string {
	t.Helper()
	output, _ := runNjs(t, code+playSource+"output = input.split('\\n').map(play).join('\\n');\n", strings.Join(lines, "\n"))
	results := strings.Split(output, "\n")
	if len(results) != len(lines) {
		t.Fatalf("njs has %d results of %d requests", len(results), len(lines))
	}
	return results
}

// runNjs runs a script that makes its output of its input, and says what CPU time it
// took. Both are files, because njs prints no long lines.
func runNjs(t testing.TB, script, input string) (output string, took time.Duration) {
	t.Helper()
	directory := t.TempDir()
	file := func(name string) string { return filepath.Join(directory, name) }
	script = "var fs = require('fs'), input = fs.readFileSync(process.argv[2], 'utf8'), output = '';\n" +
		script + "fs.writeFileSync(process.argv[3], output);\n"
	for name, text := range map[string]string{"script.js": script, "input": input} {
		if err := os.WriteFile(file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	njs := exec.CommandContext(t.Context(), "njs", file("script.js"), file("input"), file("output"))
	said, err := njs.CombinedOutput()
	if err != nil {
		t.Fatalf("njs: %v\n%.2000s", err, said)
	}
	text, err := os.ReadFile(file("output"))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, said)
	}
	return string(text), njs.ProcessState.UserTime() + njs.ProcessState.SystemTime()
}

// hasNjs says whether there is a second engine; CI must have it.
func hasNjs() bool {
	_, err := exec.LookPath("njs")
	return err == nil
}

func TestTheFunctionIsTriedOnASecondEngine(t *testing.T) {
	switch {
	case hasNjs():
	case os.Getenv("CI") != "":
		t.Error("njs is not installed, so the edge function ran on goja only; run apt-get install njs")
	default:
		t.Skip("njs is not installed, so the edge function ran on goja only")
	}
}

// run plays requests on goja and, where it is there, on njs, whose results must
// equal.
func run(t testing.TB, settings functionSettings, requests ...request) []answered {
	t.Helper()
	lines := make([]string, len(requests))
	for i, r := range requests {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(line)
	}
	results := parse(t, onGoja(t, settings.code(), lines))
	if !hasNjs() {
		return results
	}
	for i, other := range parse(t, onNjs(t, settings.code(), lines)) {
		if !reflect.DeepEqual(results[i], other) {
			t.Fatalf("the engines differ on %.2000s:\ngoja %.2000s\nnjs  %.2000s", lines[i], fmt.Sprintf("%+v", results[i]), fmt.Sprintf("%+v", other))
		}
	}
	return results
}

func parse(t testing.TB, lines []string) []answered {
	t.Helper()
	results := make([]answered, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &results[i]); err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
	}
	return results
}

// runEach plays a request for each case, all in one go.
func runEach[C any](t testing.TB, settings functionSettings, cases iter.Seq[C], sent func(C) request, check func(C, answered)) {
	t.Helper()
	all := slices.Collect(cases)
	requests := make([]request, len(all))
	for i, c := range all {
		requests[i] = sent(c)
	}
	for i, got := range run(t, settings, requests...) {
		if got.Threw != "" || got.Changed {
			t.Fatalf("throws or changes what it may not: %+v", got)
		}
		check(all[i], got)
	}
}

// mustRun plays one request, which the function must not choke on.
func mustRun(t testing.TB, settings functionSettings, r request) answered {
	t.Helper()
	got := run(t, settings, r)[0]
	if got.Threw != "" || got.Changed {
		t.Fatalf("throws or changes what it may not: %+v", got)
	}
	return got
}
