package handshake

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// function plays code on a viewer request.
func function(t *testing.T, code string, v *viewerRequest, in functionInput) functionRun {
	t.Helper()
	template := parse(t, "owned", func(d map[string]any) {
		props(d, "EdgeFunction")["FunctionCode"] = code
		object(props(d, "EdgeFunction")["FunctionConfig"])["KeyValueStoreAssociations"] = []any{map[string]any{"KeyValueStoreARN": "arn"}}
	}, nil)
	if v == nil {
		v = &viewerRequest{}
	}
	if v.method == "" {
		v.method = http.MethodGet
	}
	if v.path == "" {
		v.path = "/ws/a"
	}
	if v.header == nil {
		v.header = http.Header{}
	}
	v.host, v.ip = "socket.example.com", "198.51.100.10"
	in.distribution = template.distributions[0]
	if in.limit == 0 {
		in.limit = 20 * time.Second
	}
	return template.functions["EdgeFunction"].run(v, in)
}

func TestAFunctionGetsTheDocumentedEvent(t *testing.T) {
	t.Parallel()
	v := &viewerRequest{path: "/ws/a%20b", query: "ID=42&NoValue=&Bare&q=v1&q=v2,v3", header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "X-Forwarded-Proto": {"http"}, "X-Amz-Cf-Id": {"forged"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Accept": {"application/json", "text/html"}, "Cookie": {"c1=a; c2=b; c1=c"}}}
	run := function(t, `function handler(event) { return { statusCode: 200, body: JSON.stringify(event) }; }`, v, functionInput{requestID: "r1"})
	if run.fault != nil {
		t.Fatal(run.fault.reason)
	}
	want := `{"version":"1.0","context":{"distributionDomainName":"edgedistribution.cloudfront.net","distributionId":"EdgeDistribution",` +
		`"eventType":"viewer-request","requestId":"r1"},"viewer":{"ip":"198.51.100.10"},"request":{"method":"GET","uri":"/ws/a%20b",` +
		`"querystring":{"ID":{"value":"42"},"NoValue":{"value":""},"Bare":{"value":""},"q":{"value":"v1","multiValue":[{"value":"v1"},{"value":"v2,v3"}]}},` +
		`"headers":{"accept":{"value":"application/json","multiValue":[{"value":"application/json"},{"value":"text/html"}]},` +
		`"host":{"value":"socket.example.com"},"sec-websocket-key":{"value":"dGhlIHNhbXBsZSBub25jZQ=="}},` +
		`"cookies":{"c1":{"value":"a","multiValue":[{"value":"a"},{"value":"c"}]},"c2":{"value":"b"}}}}`
	if got := string(run.response.body); got != want {
		t.Errorf("event\n got %s\nwant %s", got, want)
	}
}

func TestAFunctionThatChangesNothingPassesTheRequestAsItCame(t *testing.T) {
	t.Parallel()
	v := &viewerRequest{query: "b=2&a=1&a=3&bare&empty=&%20=%zz", header: http.Header{"X-One": {"1", "2"}, "Cookie": {"a=1; b"}}}
	run := function(t, `function handler(event) { return event.request; }`, v, functionInput{})
	if run.fault != nil {
		t.Fatal(run.fault.reason)
	}
	if run.uri != "/ws/a" || run.query != v.query || !slices.Equal(run.header["X-One"], []string{"1", "2"}) || run.header.Get("Cookie") != "a=1; b" {
		t.Errorf("got %s?%s %v", run.uri, run.query, run.header)
	}
	if len(run.changed) != 0 {
		t.Errorf("changed %v, want nothing", run.changed)
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
		run := function(t, `function handler(event) { var r = event.request; `+code+` return r; }`, &viewerRequest{query: "q=v1&q=v2&one=1"}, functionInput{})
		if run.fault != nil || run.query != want {
			t.Errorf("%s: query %q (%v), want %q", code, run.query, run.fault, want)
		}
	}
}

// CloudFront Developer Guide, "General helper methods".
func TestAFunctionReadsTheRawQueryString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    viewerRequest
		want string
	}{
		{"as it was sent", viewerRequest{query: "b=2&a=%2f&a&&=+", asks: true}, `"b=2&a=%2f&a&&=+"`},
		{"empty behind a question mark", viewerRequest{asks: true}, `""`},
		{"none without one", viewerRequest{}, "undefined"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := function(t, `function handler(event) {
				event.request.querystring = 'changed=1';
				return { statusCode: 200, body: String(JSON.stringify(event.request.rawQueryString())) };
			}`, &tt.v, functionInput{})
			if run.fault != nil || string(run.response.body) != tt.want {
				t.Errorf("want %s, got %+v", tt.want, run)
			}
		})
	}
	for path, want := range map[string]string{"/ws": "undefined", "/ws?": `""`, "/ws?a": `"a"`} {
		template := parse(t, "owned", func(d map[string]any) {
			props(d, "EdgeFunction")["FunctionCode"] = `function handler(event) { return { statusCode: 200, body: String(JSON.stringify(event.request.rawQueryString())) }; }`
		}, nil)
		if got := Play(template, &Request{Path: path}, nil).Refusal; got == nil || !strings.HasSuffix(got.Reason, "itself: "+want) {
			t.Errorf("%s: want %s, got %+v", path, want, got)
		}
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
	}`, &viewerRequest{header: http.Header{"X-Gone": {"1"}, "Connection": {"Upgrade"}, "Cookie": {"old=1; keep=2"}}}, functionInput{})
	if run.fault != nil {
		t.Fatal(run.fault.reason)
	}
	if run.header.Get("X-Added") != "a" || !slices.Equal(run.header["X-Many"], []string{"1", "2"}) || run.header.Get("X-Gone") != "" ||
		run.header.Get("Connection") != "Upgrade" || run.header.Get("Cookie") != "keep=2; session=new" {
		t.Errorf("headers %v", run.header)
	}
	if want := []string{"header x-added", "header x-many", "without header x-gone", "cookies keep, session"}; !slices.Equal(run.changed, want) {
		t.Errorf("changed %q, want %q", run.changed, want)
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
		{`return 'x'.repeat(1e9);`, "function.error", "memory limit", 503},
		{`function f() { return f(); } return f();`, "function.error", "throws", 503},
		{`require('fs');`, "function.error", `"fs" is not available`, 503},
		{`return new Proxy({}, {get: function () { throw new Error('trap'); }});`, "function.error", "trap", 503},
		{`require('cloudfront').selectRequestOriginById('none');`, "function.error", `no origin "none"`, 503},
	} {
		run := function(t, `function handler(event) { var r = event.request; `+c.code+` }`, nil, functionInput{})
		if run.fault == nil {
			t.Errorf("%s: no fault, want %d", c.code, c.status)
			continue
		}
		if run.fault.status != c.status || run.fault.rule != c.rule || !strings.Contains(run.fault.reason, c.want) {
			t.Errorf("%s: %d %s %q, want %d %s with %q", c.code, run.fault.status, run.fault.rule, run.fault.reason, c.status, c.rule, c.want)
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
		run := function(t, code, nil, functionInput{limit: 50 * time.Millisecond})
		if run.fault == nil || run.fault.status != 503 || !strings.Contains(run.fault.reason, "compute time") {
			t.Errorf("%s: %+v", code, run.fault)
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
		`return (await kvs.count()) + '';`:                                   "2",
		`try { await kvs.get('none'); } catch (e) { return e.message; }`:     "KeyNotFoundException",
		`return cf.edgeLocation.region;`:                                     "eu-west-1",
		`return crypto.createHash('sha256').update('x').digest('hex');`:      "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		`return crypto.createHmac('md5', 'k').update('x').digest('base64');`: "RCugeejsYgb39VNNRlPbDw==",
	} {
		run := function(t, "import cf from 'cloudfront';\nimport crypto from \"crypto\";\nvar kvs = cf.kvs();\n"+
			`async function value() { `+code+` } async function handler(event) { return { statusCode: 200, body: await value() }; }`,
			nil, functionInput{values: values, region: "eu-west-1"})
		if run.fault != nil {
			t.Errorf("%s: %s", code, run.fault.reason)
			continue
		}
		if got := string(run.response.body); !strings.HasPrefix(got, want) {
			t.Errorf("%s = %q, want %q", code, got, want)
		}
	}
	run := function(t, `async function handler(event) { throw new Error('later'); }`, nil, functionInput{})
	if run.fault == nil || !strings.Contains(run.fault.reason, "later") {
		t.Errorf("a rejected promise: %+v", run.fault)
	}
	run = function(t, `function handler(event) { return new Promise(function () {}); }`, nil, functionInput{})
	if run.fault == nil || !strings.Contains(run.fault.reason, "never settled") {
		t.Errorf("a promise that is never settled: %+v", run.fault)
	}
}

func TestAFunctionMayChangeTheOrigin(t *testing.T) {
	t.Parallel()
	template := parse(t, "external", func(d map[string]any) {
		second := map[string]any{"Id": "west", "DomainName": "zyxwvu9876.execute-api.us-west-2.amazonaws.com", "OriginPath": "/live",
			"CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": []any{"TLSv1.2"}}}
		config(d)["Origins"] = append(list(config(d)["Origins"]), second)
		object(d["Resources"])["F"] = map[string]any{"Type": "AWS::CloudFront::Function", "Properties": map[string]any{"AutoPublish": true,
			"FunctionCode": `import cf from 'cloudfront';
				function handler(event) {
					if (cf.edgeLocation.region === 'us-west-2') { cf.selectRequestOriginById('west'); }
					if (cf.edgeLocation.region === 'sa-east-1') {
						cf.updateRequestOrigin({ domainName: 'bcdefg2345.execute-api.sa-east-1.amazonaws.com', originPath: '/south', customHeaders: { 'x-zone': 's' } });
					}
					return event.request;
				}`}}
		object(config(d)["DefaultCacheBehavior"])["FunctionAssociations"] = []any{map[string]any{"EventType": "viewer-request",
			"FunctionARN": map[string]any{"Fn::GetAtt": []any{"F", "FunctionMetadata.FunctionARN"}}}}
	}, nil)
	for region, want := range map[string]string{
		"eu-west-1": "abcdef1234.execute-api.eu-west-1.amazonaws.com prod",
		"us-west-2": "zyxwvu9876.execute-api.us-west-2.amazonaws.com live",
		"sa-east-1": "bcdefg2345.execute-api.sa-east-1.amazonaws.com south",
	} {
		report := Play(template, nil, &Options{EdgeRegion: region})
		if report.Err() != nil {
			t.Errorf("%s: %v", region, report.Err())
			continue
		}
		if got := report.Event.RequestContext.DomainName + " " + report.Event.RequestContext.Stage; got != want {
			t.Errorf("%s goes to %s, want %s", region, got, want)
		}
		if zone := report.Event.Header("x-zone"); (zone == "s") != (region == "sa-east-1") {
			t.Errorf("%s: x-zone %q", region, zone)
		}
	}
}

func TestWhatAFunctionLogsIsNoted(t *testing.T) {
	t.Parallel()
	run := function(t, `function handler(event) { console.log('a', 1, {}); return event.request; }`, nil, functionInput{})
	if !slices.Equal(run.logs, []string{"a 1 [object Object]"}) {
		t.Errorf("logs %q", run.logs)
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

func TestTheFunctionsCloudFrontHeadersComeFromThePolicy(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) {
		headers := object(object(props(d, "EdgePolicy")["OriginRequestPolicyConfig"])["HeadersConfig"])
		headers["Headers"] = append(list(headers["Headers"]), "CloudFront-Viewer-Country")
		props(d, "EdgeFunction")["FunctionCode"] = `function handler(event) {
			return { statusCode: 200, body: event.request.headers['cloudfront-viewer-country'].value };
		}`
	}, nil)
	report := Play(template, &Request{Path: "/ws"}, &Options{Country: "CH"})
	if report.Refusal == nil || !strings.HasSuffix(report.Refusal.Reason, ": CH") {
		t.Errorf("refusal %v, want the body CH", report.Refusal)
	}
}
