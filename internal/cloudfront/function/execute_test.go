package function

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// read reads a function with the given code from a template.
func read(t *testing.T, code string) *Function {
	t.Helper()
	var document map[string]any
	raw, err := json.Marshal(map[string]any{"Resources": map[string]any{"EdgeFunction": map[string]any{
		"Type": "AWS::CloudFront::Function", "Properties": map[string]any{"Name": "edge", "AutoPublish": true, "FunctionCode": code,
			"FunctionConfig": map[string]any{"Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": []any{map[string]any{"KeyValueStoreARN": "arn"}}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	template, err := cfn.Parse(document, cfn.Environment{}, Names())
	if err != nil {
		t.Fatal(err)
	}
	return Read(template)[0]
}

// function plays code on a viewer request.
func function(t *testing.T, code string, v *Request, in Input) Outcome {
	t.Helper()
	if v == nil {
		v = &Request{}
	}
	if v.Method == "" {
		v.Method = http.MethodGet
	}
	if v.Path == "" {
		v.Path = "/ws/a"
	}
	if v.Header == nil {
		v.Header = http.Header{}
	}
	v.Host, v.IP = "socket.example.com", "198.51.100.10"
	in.DistributionID, in.DistributionDomain = "EdgeDistribution", "edgedistribution.cloudfront.net"
	in.Origins = []string{"socket", "site"}
	if in.Limit == 0 {
		in.Limit = 20 * time.Second
	}
	return read(t, code).Run(v, in)
}

func TestAFunctionGetsTheDocumentedEvent(t *testing.T) {
	t.Parallel()
	v := &Request{Path: "/ws/a%20b", Query: "ID=42&NoValue=&Bare&q=v1&q=v2,v3", Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "X-Forwarded-Proto": {"http"}, "X-Amz-Cf-Id": {"forged"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Accept": {"application/json", "text/html"}, "Cookie": {"c1=a; c2=b; c1=c"}}}
	run := function(t, `function handler(event) { return { statusCode: 200, body: JSON.stringify(event) }; }`, v, Input{RequestID: "r1"})
	if run.Refusal != nil {
		t.Fatal(run.Refusal.Reason)
	}
	want := `{"version":"1.0","context":{"distributionDomainName":"edgedistribution.cloudfront.net","distributionId":"EdgeDistribution",` +
		`"endpoint":"edgedistribution.cloudfront.net","eventType":"viewer-request","requestId":"r1"},"viewer":{"ip":"198.51.100.10"},"request":{"method":"GET","uri":"/ws/a%20b",` +
		`"querystring":{"ID":{"value":"42"},"NoValue":{"value":""},"Bare":{"value":""},"q":{"value":"v1","multiValue":[{"value":"v1"},{"value":"v2,v3"}]}},` +
		`"headers":{"accept":{"value":"application/json","multiValue":[{"value":"application/json"},{"value":"text/html"}]},` +
		`"host":{"value":"socket.example.com"},"sec-websocket-key":{"value":"dGhlIHNhbXBsZSBub25jZQ=="}},` +
		`"cookies":{"c1":{"value":"a","multiValue":[{"value":"a"},{"value":"c"}]},"c2":{"value":"b"}}}}`
	if got := string(run.Response.Body); got != want {
		t.Errorf("event\n got %s\nwant %s", got, want)
	}
}

func TestAFunctionThatChangesNothingPassesTheRequestAsItCame(t *testing.T) {
	t.Parallel()
	v := &Request{Query: "b=2&a=1&a=3&bare&empty=&%20=%zz", Header: http.Header{"X-One": {"1", "2"}, "Cookie": {"a=1; b"}}}
	run := function(t, `function handler(event) { return event.request; }`, v, Input{})
	if run.Refusal != nil {
		t.Fatal(run.Refusal.Reason)
	}
	if run.Path != "/ws/a" || run.Query != v.Query || !slices.Equal(run.Header["X-One"], []string{"1", "2"}) || run.Header.Get("Cookie") != "a=1; b" {
		t.Errorf("got %s?%s %v", run.Path, run.Query, run.Header)
	}
	if len(run.Changed) != 0 {
		t.Errorf("changed %v, want nothing", run.Changed)
	}
}

func TestAFunctionsChangesFollowTheMultiValueRules(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		// A changed multiValue wins over value; a changed value keeps the others.
		`r.querystring.q.multiValue = [{value: 'x'}, {value: 'y'}]; r.querystring.q.value = 'z';`: "q=x&q=y&one=1",
		`r.querystring.q.value = 'z';`:                  "q=z&q=v2&one=1",
		`delete r.querystring.q;`:                       "one=1",
		`r.querystring.added = {value: 'v%20w'};`:       "q=v1&q=v2&one=1&added=v%20w",
		`r.querystring = {};`:                           "",
		`r.querystring = 'raw=1&raw=2';`:                "raw=1&raw=2",
		`r.querystring = {__proto__: {x: {value: 1}}};`: "",
		`r.querystring.one = {value: 5};`:               "q=v1&q=v2&one=5",
	} {
		run := function(t, `function handler(event) { var r = event.request; `+code+` return r; }`, &Request{Query: "q=v1&q=v2&one=1"}, Input{})
		if run.Refusal != nil || run.Query != want {
			t.Errorf("%s: query %q (%v), want %q", code, run.Query, run.Refusal, want)
		}
	}
}

// CloudFront Developer Guide, "General helper methods".
func TestAFunctionReadsTheRawQueryString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    Request
		want string
	}{
		{"as it was sent", Request{Query: "b=2&a=%2f&a&&=+", Asks: true}, `"b=2&a=%2f&a&&=+"`},
		{"empty behind a question mark", Request{Asks: true}, `""`},
		{"none without one", Request{}, "undefined"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := function(t, `function handler(event) {
				event.request.querystring = 'changed=1';
				return { statusCode: 200, body: String(JSON.stringify(event.request.rawQueryString())) };
			}`, &tt.v, Input{})
			if run.Refusal != nil || string(run.Response.Body) != tt.want {
				t.Errorf("want %s, got %+v", tt.want, run)
			}
		})
	}
}

func TestAFunctionsHeadersAndCookiesAreTakenOver(t *testing.T) {
	t.Parallel()
	run := function(t, `function handler(event) {
		var r = event.request;
		r.headers['x-added'] = { value: 'a' };
		r.headers['x-many'] = { multiValue: [{ value: '1' }, { value: '2' }] };
		delete r.headers['x-gone'];
		r.cookies.session = { value: 'new' };
		delete r.cookies.old;
		return r;
	}`, &Request{Header: http.Header{"X-Gone": {"1"}, "Connection": {"Upgrade"}, "Cookie": {"old=1; keep=2"}}}, Input{})
	if run.Refusal != nil {
		t.Fatal(run.Refusal.Reason)
	}
	if run.Header.Get("X-Added") != "a" || !slices.Equal(run.Header["X-Many"], []string{"1", "2"}) || run.Header.Get("X-Gone") != "" ||
		run.Header.Get("Connection") != "Upgrade" || run.Header.Get("Cookie") != "keep=2; session=new" {
		t.Errorf("headers %v", run.Header)
	}
	if want := []string{"header x-added", "header x-many", "without header x-gone", "cookies keep, session"}; !slices.Equal(run.Changed, want) {
		t.Errorf("changed %q, want %q", run.Changed, want)
	}
}

func TestWhatAFunctionMayNotDoIsRefusedAsDocumented(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, rule, want string
		status           int
	}{
		{`return null;`, "function.invalid", "returns null", 502},
		{`return 'x';`, "function.invalid", `returns "x"`, 502},
		{`return {};`, "function.invalid", "neither a request", 502},
		{`r.method = 'POST'; return r;`, "function.read-only", "method", 502},
		{`r.uri = 'x'; return r;`, "function.invalid", "slash", 502},
		{`r.uri = '/a b'; return r;`, "function.query", "uri with a space", 502},
		{`r.uri = '/' + 'x'.repeat(8192); return r;`, "function.query", "fewer than 8192", 502},
		{`r.querystring.x = {value: 'a b'}; return r;`, "function.query", "query string", 502},
		{`r.querystring.x = {value: '#'}; return r;`, "function.query", "query string", 502},
		{`delete r.headers; return r;`, "function.invalid", "without headers", 502},
		{`r.headers['X-Upper'] = {value: '1'}; return r;`, "function.invalid", "lower case", 502},
		{`r.headers['x y'] = {value: '1'}; return r;`, "function.invalid", `"x y"`, 502},
		{`r.headers['x'] = {value: 'a\nb'}; return r;`, "function.invalid", "control characters", 502},
		{`r.headers.connection = {value: 'x'}; return r;`, "function.header", `"connection"`, 502},
		{`r.headers['x-edge-y'] = {value: 'x'}; return r;`, "function.header", `"x-edge-y"`, 502},
		{`r.headers['x-forwarded-proto'] = {value: 'x'}; return r;`, "function.header", `"x-forwarded-proto"`, 502},
		{`r.headers.host.value = 'x'; return r;`, "function.read-only", `changes the header "host"`, 502},
		{`delete r.headers.host; return r;`, "function.read-only", `removes the header "host"`, 502},
		{`r.headers.via = {value: 'x'}; return r;`, "function.read-only", `adds the header "via"`, 502},
		{`return {statusCode: '403'};`, "function.invalid", "statusCode 403", 502},
		{`return {statusCode: 99};`, "function.invalid", "from 200 to 599", 502},
		{`return {statusCode: 200, headers: {Upper: {value: 'x'}}};`, "function.invalid", `"Upper"`, 502},
		{`return {statusCode: 200, body: {encoding: 'base64', data: '*'}};`, "function.invalid", "base64", 502},
		{`throw new Error('broken');`, "function.error", "Error: broken", 503},
		{`throw null;`, "function.error", "throws", 503},
		{`eval('1');`, "function.error", "eval is not defined", 503},
		{`return new Function('return 1')();`, "function.error", "dynamic code", 503},
		{`return (function () {}).constructor('return 1')();`, "function.error", "dynamic code", 503},
		{`setTimeout(function () {}, 1);`, "function.error", "setTimeout", 503},
		{`return 'x'.repeat(1e9);`, "function.error", "more memory than the 2 MB", 503},
		{`function f() { return f(); } return f();`, "function.error", "throws", 503},
		{`require('fs');`, "function.error", `"fs" is not available`, 503},
		{`return new Proxy({}, {get: function () { throw new Error('trap'); }});`, "function.error", "trap", 503},
		{`require('cloudfront').selectRequestOriginById('none');`, "function.error", `no origin "none"`, 503},
	} {
		run := function(t, `function handler(event) { var r = event.request; `+c.code+` }`, nil, Input{})
		if run.Refusal == nil {
			t.Errorf("%s: no fault, want %d", c.code, c.status)
			continue
		}
		if run.Refusal.Status != c.status || run.Refusal.Rule.ID != c.rule || !strings.Contains(run.Refusal.Reason, c.want) {
			t.Errorf("%s: %d %s %q, want %d %s with %q", c.code, run.Refusal.Status, run.Refusal.Rule.ID, run.Refusal.Reason, c.status, c.rule, c.want)
		}
	}
}

func TestAnEndlessFunctionEnds(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`function handler(event) { while (true) {} }`,
		`while (true) {} function handler(event) {}`,
		`function handler(event) { return { get uri() { while (true) {} } }; }`,
		`async function handler(event) { for (;;) { await null; } }`,
	} {
		run := function(t, code, nil, Input{Limit: 50 * time.Millisecond})
		if run.Refusal == nil || run.Refusal.Status != 503 || !strings.Contains(run.Refusal.Reason, "compute time") {
			t.Errorf("%s: %+v", code, run.Refusal)
		}
	}
}

func TestAsyncFunctionsAndTheKeyValueStore(t *testing.T) {
	t.Parallel()
	values := map[string]string{"plain": "v", "json": `{"a":1}`}
	for code, want := range map[string]string{
		`return (await kvs.get('plain')) + '';`:                              "v",
		`return (await kvs.get('json', {format: 'json'})).a + 1 + '';`:       "2",
		`return (await kvs.exists('none')) + '';`:                            "false",
		`return typeof kvs.count;`:                                           "undefined",
		`try { await kvs.get('none'); } catch (e) { return e.message; }`:     "KeyNotFoundException",
		`return cf.edgeLocation.region;`:                                     "eu-west-1",
		`return crypto.createHash('sha256').update('x').digest('hex');`:      "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		`return crypto.createHmac('md5', 'k').update('x').digest('base64');`: "RCugeejsYgb39VNNRlPbDw==",
	} {
		run := function(t, "import cf from 'cloudfront';\nimport crypto from \"crypto\";\nvar kvs = cf.kvs();\n"+
			`async function value() { `+code+` } async function handler(event) { return { statusCode: 200, body: await value() }; }`,
			nil, Input{Values: values, Region: "eu-west-1"})
		if run.Refusal != nil {
			t.Errorf("%s: %s", code, run.Refusal.Reason)
			continue
		}
		if got := string(run.Response.Body); !strings.HasPrefix(got, want) {
			t.Errorf("%s = %q, want %q", code, got, want)
		}
	}
	run := function(t, `async function handler(event) { throw new Error('later'); }`, nil, Input{})
	if run.Refusal == nil || !strings.Contains(run.Refusal.Reason, "later") {
		t.Errorf("a rejected promise: %+v", run.Refusal)
	}
	run = function(t, `function handler(event) { return new Promise(function () {}); }`, nil, Input{})
	if run.Refusal == nil || !strings.Contains(run.Refusal.Reason, "never settled") {
		t.Errorf("a promise that is never settled: %+v", run.Refusal)
	}
}

func TestWhatAFunctionLogsIsNoted(t *testing.T) {
	t.Parallel()
	run := function(t, `function handler(event) { console.log('a', 1, {}); return event.request; }`, nil, Input{})
	if !slices.Equal(run.Logs, []string{"a 1 [object Object]"}) {
		t.Errorf("logs %q", run.Logs)
	}
}

func TestSyntaxBeyondTheRuntimeIsFound(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		`function handler(event) { return event.request; }`:                                              "",
		"const a = `${1}`; let b = 2; async function handler(event) { return (() => event.request)(); }": "",
		`class A {}`:                            "a class",
		`var {a} = {};`:                         "destructuring",
		`function f([a]) {}`:                    "destructuring",
		`f(...[1]);`:                            "a spread",
		`var a = b?.c;`:                         "optional chaining",
		`for (var a of []) { if (x) { f(); } }`: "for-of",
	} {
		if got := strings.Join(beyondRuntime(code), ", "); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
