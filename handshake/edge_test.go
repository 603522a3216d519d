package handshake

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestTheEdgeSendsWhatThePoliciesLetThrough(t *testing.T) {
	t.Parallel()
	request := &Request{Path: "/?token=x&utm=1", Header: http.Header{
		"Origin": {"https://app.example.com"}, "User-Agent": {"Browser"}, "X-Other": {"1"}, "Authorization": {"Bearer"},
		"Cookie": {"session=1; other=2"}, "X-Forwarded-For": {"10.0.0.1"}, "X-Real-Ip": {"forged"}, "X-Edge-Y": {"forged"},
		"X-Forwarded-Proto": {"http"}, "Sec-Websocket-Protocol": {"chat"}, "Accept-Encoding": {"gzip"}}}
	report := way(t, "authorizer", request, answering(200, "chat"), nil)
	if report.Err() != nil {
		t.Fatal(report.Err())
	}
	e := report.Event
	for name, want := range map[string]string{
		"Host": "ws-origin.example.com", "Origin": "https://app.example.com", "User-Agent": "Amazon CloudFront", "X-Other": "", "Authorization": "",
		"Cookie": "session=1", "X-Forwarded-For": "10.0.0.1, 198.51.100.10, 203.0.113.7", "X-Real-Ip": "", "X-Edge-Y": "",
		"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443", "Sec-WebSocket-Protocol": "chat", "Accept-Encoding": "",
		"Sec-WebSocket-Version": "13", "Connection": "", "Upgrade": "",
	} {
		if got := sent(e, name); got != want {
			t.Errorf("%s at $connect is %q, want %q", name, got, want)
		}
	}
	if e.QueryStringParameters["token"] != "x" || len(e.QueryStringParameters) != 1 {
		t.Errorf("query strings %v, want only token", e.QueryStringParameters)
	}
	policy := step(report, "policy")
	if want := []string{"Authorization", "X-Other", "cookies other", "query strings utm"}; !containsAll(policy.Dropped, want) {
		t.Errorf("dropped %q, want %q", policy.Dropped, want)
	}
	if c := e.RequestContext; c.RouteKey != "$connect" || c.EventType != "CONNECT" || c.Stage != "prod" || c.DomainName != "ws-origin.example.com" ||
		c.APIID != "chatapi" || c.Identity.SourceIP != "203.0.113.7" || c.ConnectionID == "" || c.ConnectedAt == 0 {
		t.Errorf("request context %+v", c)
	}
}

func TestAnAllViewerPolicyCarriesWhatAListCannot(t *testing.T) {
	t.Parallel()
	request := &Request{Header: http.Header{"Authorization": {"Bearer"}, "User-Agent": {"Browser"}, "X-Other": {"1"}, "Cookie": {"a=1; b=2"}}, Path: "/?a=1&a=2&b"}
	report := way(t, "external", request, nil, func(d map[string]any) {
		object(config(d)["DefaultCacheBehavior"])["OriginRequestPolicyId"] = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	})
	if report.Err() != nil {
		t.Fatal(report.Err())
	}
	for name, want := range map[string]string{"Authorization": "Bearer", "User-Agent": "Browser", "X-Other": "1", "Cookie": "a=1; b=2"} {
		if got := sent(report.Event, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := report.Event.MultiValueQueryStringParameters["a"]; !slices.Equal(got, []string{"1", "2"}) || report.Event.QueryStringParameters["a"] != "2" {
		t.Errorf("a is %q and %q, want both values and the last", got, report.Event.QueryStringParameters["a"])
	}
}

func TestTheOriginsOwnHeaderOverwritesTheViewers(t *testing.T) {
	t.Parallel()
	report := way(t, "external", &Request{Header: http.Header{"X-Api-Key": {"forged"}}}, nil, func(d map[string]any) {
		object(config(d)["DefaultCacheBehavior"])["OriginRequestPolicyId"] = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
		origin0(d)["OriginCustomHeaders"] = []any{map[string]any{"HeaderName": "x-api-key", "HeaderValue": "{{resolve:secretsmanager:k}}"}}
	})
	if report.Err() != nil || sent(report.Event, "x-api-key") != "{{resolve:secretsmanager:k}}" {
		t.Errorf("x-api-key is %q (%v)", sent(report.Event, "x-api-key"), report.Err())
	}
	if got := report.Event.MultiValueHeaders["X-Api-Key"]; len(got) != 1 {
		t.Errorf("x-api-key has the values %q, want the origin's alone", got)
	}
	if strings.Contains(asJSON(t, report), "resolve:secretsmanager") {
		t.Error("the report's JSON shows the secret's reference")
	}
	if !slices.Contains(step(report, "origin").Changed, "overwrites X-Api-Key") {
		t.Errorf("origin step %+v", step(report, "origin"))
	}
	if strings.Contains(report.Text(), "resolve:secretsmanager") {
		t.Error("the report's text shows the secret's reference")
	}
}

func TestForwardedValuesPassHeadersByDefault(t *testing.T) {
	t.Parallel()
	legacy := func(values map[string]any) func(d map[string]any) {
		return func(d map[string]any) {
			b := object(config(d)["DefaultCacheBehavior"])
			delete(b, "OriginRequestPolicyId")
			delete(b, "CachePolicyId")
			b["ForwardedValues"] = values
		}
	}
	request := &Request{Path: "/?a=1&b=2", Header: http.Header{"X-Other": {"1"}, "Referer": {"r"}, "Authorization": {"x"}, "Cookie": {"c=1"}}}
	report := way(t, "external", request, nil, legacy(map[string]any{"QueryString": true, "QueryStringCacheKeys": []any{"a"}}))
	if report.Err() != nil {
		t.Fatal(report.Err())
	}
	e := report.Event
	if sent(e, "X-Other") != "1" || sent(e, "Referer") != "" || sent(e, "Authorization") != "" || sent(e, "Cookie") != "" || len(e.QueryStringParameters) != 1 {
		t.Errorf("event %+v", e)
	}
	report = way(t, "external", request, nil, legacy(map[string]any{"QueryString": false, "Headers": []any{"*"}, "Cookies": map[string]any{"Forward": "all"}}))
	if report.Refusal == nil || report.Refusal.Rule.ID != "api.host" || !strings.Contains(report.Refusal.Reason, "ForwardedValues forwards the viewer's Host") {
		t.Errorf("all headers: %v", report.Refusal)
	}
}

func TestTheEdgeRefusesWhatItDocuments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request *Request
		status  int
		rule    string
		want    string
	}{
		"another host":  {&Request{Path: "/ws", Host: "other.example.com"}, 403, "distribution.alias", `"other.example.com"`},
		"a long URL":    {&Request{Path: "/ws?x=" + strings.Repeat("x", 8192)}, 413, "edge.length", "8192"},
		"large headers": {&Request{Path: "/ws", Header: http.Header{"X": {strings.Repeat("x", 21000)}}}, 413, "edge.length", "20480"},
		"ws://":         {&Request{Path: "/ws", Plain: true}, 403, "edge.viewer-protocol", "https-only"},
	} {
		report := way(t, "owned", c.request, nil, nil)
		if report.Status != c.status || report.Refusal.Rule.ID != c.rule || !strings.Contains(report.Refusal.Reason, c.want) {
			t.Errorf("%s: %v, want %d by %s with %q", name, report.Refusal, c.status, c.rule, c.want)
		}
	}
	for _, host := range []string{"socket.example.com", "Socket.Example.com", "edgedistribution.cloudfront.net"} {
		if report := way(t, "owned", &Request{Path: "/ws", Host: host}, nil, nil); report.Err() != nil {
			t.Errorf("host %s: %v", host, report.Err())
		}
	}
}

func TestTheBehaviorIsChosenByTheNormalizedPathAndTheOriginGetsTheRawOne(t *testing.T) {
	t.Parallel()
	change := func(d map[string]any) {
		for _, b := range list(config(d)["CacheBehaviors"]) {
			delete(object(b), "FunctionAssociations")
		}
	}
	report := way(t, "owned", &Request{Path: "/site/..//%77s"}, nil, change)
	if got := step(report, "behavior").Subject; got != `behavior "/ws"` {
		t.Errorf("behavior %s", got)
	}
	if !strings.Contains(report.Refusal.Reason, "/prod/site/..//%77s") {
		t.Errorf("the path at the API: %s", report.Refusal.Reason)
	}
}

func TestAnErrorResponseMasksTheOriginsAnswerButNotAFunctions(t *testing.T) {
	t.Parallel()
	change := func(d map[string]any) {
		config(d)["CustomErrorResponses"] = []any{map[string]any{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/index.html"}}
	}
	report := way(t, "owned", &Request{Path: "/ws", Header: http.Header{"Origin": {"https://evil.example"}}}, nil, change)
	if report.Status != 403 || report.Refusal.Rule.ID != "function.response" {
		t.Errorf("a function's 403: %v", report.Refusal)
	}
	report = way(t, "owned", &Request{Path: "/ws"}, nil, func(d map[string]any) {
		change(d)
		delete(origin0(d), "OriginCustomHeaders")
	})
	if report.Status != 200 || report.Refusal.OriginStatus != 403 || !strings.Contains(report.Refusal.Reason, "/index.html") {
		t.Errorf("the API's 403: %v", report.Refusal)
	}
}

func TestAnOriginGroupGoesOnToTheSecondOrigin(t *testing.T) {
	t.Parallel()
	change := func(statuses ...any) func(d map[string]any) {
		return func(d map[string]any) {
			second := map[string]any{"Id": "second", "DomainName": "zyxwvu9876.execute-api.us-west-2.amazonaws.com", "OriginPath": "/live",
				"CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only"}}
			config(d)["Origins"] = append(list(config(d)["Origins"]), second)
			object(origin0(d)["CustomOriginConfig"])["OriginSSLProtocols"] = []any{"SSLv3"}
			config(d)["OriginGroups"] = map[string]any{"Items": []any{map[string]any{"Id": "both",
				"FailoverCriteria": map[string]any{"StatusCodes": map[string]any{"Items": statuses}},
				"Members":          map[string]any{"Items": []any{map[string]any{"OriginId": origin0(d)["Id"]}, map[string]any{"OriginId": "second"}}}}}}
			object(config(d)["DefaultCacheBehavior"])["TargetOriginId"] = "both"
		}
	}
	report := way(t, "external", nil, nil, change(502))
	if report.Err() != nil || report.Event.RequestContext.Stage != "live" {
		t.Errorf("failover on 502: %v", report.Err())
	}
	if !inferred(report, "origin.group") {
		t.Errorf("inferred %v, want origin.group among them", report.Inferred())
	}
	report = way(t, "external", nil, nil, change(500))
	if report.Status != 502 {
		t.Errorf("no failover on 502 when only 500 is listed: %v", report.Refusal)
	}
}

func TestAnUpgradeOverHTTP2IsRefused(t *testing.T) {
	t.Parallel()
	if report := played(t, load(t, "external"), &Request{HTTP2: true}); report.Status != 400 || report.Refusal.Rule.ID != "edge.http1" {
		t.Errorf("refusal %v", report.Refusal)
	}
}

func TestAWildcardAliasCoversOneLabel(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) { config(d)["Aliases"] = []any{"*.example.com"} }, nil)
	for host, want := range map[string]bool{"a.example.com": true, "a.b.example.com": false, "example.com": false, ".example.com": false} {
		report := played(t, template, &Request{Path: "/ws", Host: host})
		if got := report.Refusal == nil || report.Refusal.Rule.ID != "distribution.alias"; got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
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
		report := played(t, template, &Request{EdgeRegion: region})
		if report.Err() != nil {
			t.Errorf("%s: %v", region, report.Err())
			continue
		}
		if got := report.Event.RequestContext.DomainName + " " + report.Event.RequestContext.Stage; got != want {
			t.Errorf("%s goes to %s, want %s", region, got, want)
		}
		if zone := sent(report.Event, "x-zone"); (zone == "s") != (region == "sa-east-1") {
			t.Errorf("%s: x-zone %q", region, zone)
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
	report := played(t, template, &Request{Path: "/ws", Country: "CH"})
	if report.Refusal == nil || !strings.HasSuffix(report.Refusal.Reason, ": CH") {
		t.Errorf("refusal %v, want the body CH", report.Refusal)
	}
}

func TestAFunctionSeesWhetherThereIsAQuestionMark(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/ws": "undefined", "/ws?": `""`, "/ws?a": `"a"`} {
		template := parse(t, "owned", func(d map[string]any) {
			props(d, "EdgeFunction")["FunctionCode"] = `function handler(event) { return { statusCode: 200, body: String(JSON.stringify(event.request.rawQueryString())) }; }`
		}, nil)
		if got := played(t, template, &Request{Path: path}).Refusal; got == nil || !strings.HasSuffix(got.Reason, "itself: "+want) {
			t.Errorf("%s: want %s, got %+v", path, want, got)
		}
	}
}

// inferred says whether a report rests on an inferred rule.
func inferred(r *Report, id string) bool {
	return slices.ContainsFunc(r.Inferred(), func(rule Rule) bool { return rule.ID == id })
}

// step finds a report's step.
func step(r *Report, layer string) Step {
	for _, s := range r.Steps {
		if s.Layer == layer {
			return s
		}
	}
	return Step{}
}

func containsAll(list, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(list, w) {
			return false
		}
	}
	return true
}
