package handshake

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// way plays one handshake against a changed base.
func way(t *testing.T, base string, request *Request, options *Options, change func(d map[string]any)) *Report {
	t.Helper()
	if change == nil {
		change = func(map[string]any) {}
	}
	return Play(parse(t, base, change, nil), request, options)
}

func TestTheEdgeSendsWhatThePoliciesLetThrough(t *testing.T) {
	t.Parallel()
	request := &Request{Path: "/?token=x&utm=1", Header: http.Header{
		"Origin": {"https://app.example.com"}, "User-Agent": {"Browser"}, "X-Other": {"1"}, "Authorization": {"Bearer"},
		"Cookie": {"session=1; other=2"}, "X-Forwarded-For": {"10.0.0.1"}, "X-Real-Ip": {"forged"}, "X-Edge-Y": {"forged"},
		"X-Forwarded-Proto": {"http"}, "Sec-Websocket-Protocol": {"chat"}, "Accept-Encoding": {"gzip"}}}
	report := way(t, "authorizer", request, &Options{Subprotocol: "chat"}, nil)
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
		if got := e.Header(name); got != want {
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
		if got := report.Event.Header(name); got != want {
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
	if report.Err() != nil || report.Event.Header("x-api-key") != "{{resolve:secretsmanager:k}}" {
		t.Errorf("x-api-key is %q (%v)", report.Event.Header("x-api-key"), report.Err())
	}
	if got := report.Event.MultiValueHeaders["X-Api-Key"]; len(got) != 1 {
		t.Errorf("x-api-key has the values %q, want the origin's alone", got)
	}
	if strings.Contains(string(report.JSON()), "resolve:secretsmanager") {
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
	if e.Header("X-Other") != "1" || e.Header("Referer") != "" || e.Header("Authorization") != "" || e.Header("Cookie") != "" || len(e.QueryStringParameters) != 1 {
		t.Errorf("event %+v", e)
	}
	report = way(t, "external", request, nil, legacy(map[string]any{"QueryString": false, "Headers": []any{"*"}, "Cookies": map[string]any{"Forward": "all"}}))
	if report.Refusal == nil || report.Refusal.Rule != "api.host" || !strings.Contains(report.Refusal.Reason, "ForwardedValues forwards the viewer's Host") {
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
		if report.Status != c.status || report.Refusal.Rule != c.rule || !strings.Contains(report.Refusal.Reason, c.want) {
			t.Errorf("%s: %v, want %d by %s with %q", name, report.Refusal, c.status, c.rule, c.want)
		}
	}
	for _, host := range []string{"socket.example.com", "Socket.Example.com", "edgedistribution.cloudfront.net"} {
		if report := way(t, "owned", &Request{Path: "/ws", Host: host}, nil, nil); report.Err() != nil {
			t.Errorf("host %s: %v", host, report.Err())
		}
	}
}

func TestAWildcardAliasCoversOneLabel(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) { config(d)["Aliases"] = []any{"*.example.com"} }, nil)
	for host, want := range map[string]bool{"a.example.com": true, "a.b.example.com": false, "example.com": false, ".example.com": false} {
		if got := template.distributions[0].answersTo(host); got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
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
	if report.Status != 403 || report.Refusal.Rule != "function.response" {
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
	if !slices.Contains(report.Inferred(), "origin.group") {
		t.Errorf("inferred %v, want origin.group among them", report.Inferred())
	}
	report = way(t, "external", nil, nil, change(500))
	if report.Status != 502 {
		t.Errorf("no failover on 502 when only 500 is listed: %v", report.Refusal)
	}
}

func TestARedirectNamesTheSecureURL(t *testing.T) {
	t.Parallel()
	server := serve(t, parse(t, "external", func(d map[string]any) {
		object(config(d)["DefaultCacheBehavior"])["ViewerProtocolPolicy"] = "redirect-to-https"
	}, nil), nil)
	response, err := server.Client().Get("http" + strings.TrimPrefix(server.PlainURL(), "ws") + "/a?b=c")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Location"); response.StatusCode != 301 || got != "https://edgedistribution5e6f7a8b.cloudfront.net/a?b=c" {
		t.Errorf("%d to %q", response.StatusCode, got)
	}
}

func TestARefusalTellsEveryClientWhy(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "external"), nil)
	_, err := server.Dial(t.Context(), "/rooms/42", nil)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Status != 403 || !strings.Contains(err.Error(), "goes past the stage prod; fix: connect to /") {
		t.Fatalf("error %v", err)
	}
	_, response, err := websocket.Dial(t.Context(), server.URL()+"/rooms/42", &websocket.DialOptions{HTTPClient: server.Client()})
	if err == nil || response == nil {
		t.Fatalf("dial: %v", err)
	}
	for name, want := range map[string]string{"X-Handshake-Rule": "api.stage", "X-Handshake-Reason": "goes past the stage", "X-Handshake-Fix": "PathParameter",
		"X-Amzn-Errortype": "ForbiddenException"} {
		if got := response.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
}

func TestAPlainRequestIsAnsweredLikeAWebSocketRefusal(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]int{"external": 403, "owned": 426} {
		server := serve(t, load(t, base), nil)
		path := "/"
		if base == "owned" {
			path = "/ws"
		}
		response, err := server.Client().Get("https" + strings.TrimPrefix(server.URL(), "wss") + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d %s, want %d", base, response.StatusCode, body, want)
		}
		if base == "owned" && string(body) != "This is a WebSocket endpoint." {
			t.Errorf("the function's body is %q", body)
		}
	}
}

func TestAnUpgradeOverHTTP2IsRefused(t *testing.T) {
	t.Parallel()
	r := &Report{}
	e, err := newEngine(load(t, "external"), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &viewerRequest{method: "GET", host: e.distribution.host(), path: "/", header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}},
		secure: true, http2: true}
	if _, _, own := e.edge(v, "id", r); own == nil || own.refusal.Rule != "edge.http1" {
		t.Errorf("answer %+v", own)
	}
}

func TestTheEdgeSpeaksHTTP2OnlyWhereTheDistributionDoes(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"http2": 2, "http2and3": 2, "http1.1": 1} {
		server := serve(t, parse(t, "external", func(d map[string]any) { config(d)["HttpVersion"] = version }, nil), nil)
		client := server.Client()
		client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
		response, err := client.Get("https" + strings.TrimPrefix(server.URL(), "wss") + "/")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.ProtoMajor != want || response.StatusCode != 403 {
			t.Errorf("%s: HTTP/%d %d, want HTTP/%d and the 403 of what is no upgrade", version, response.ProtoMajor, response.StatusCode, want)
		}
		conn, err := server.Dial(t.Context(), "/", nil)
		if err != nil {
			t.Errorf("%s: a WebSocket client, which speaks HTTP/1.1: %v", version, err)
			continue
		}
		if err := conn.CloseNow(); err != nil {
			t.Error(err)
		}
	}
}

func TestBytesFlowBothWays(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "owned"), nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	conn, err := server.Dial(ctx, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"action":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		_, message, err := conn.Read(ctx)
		if err != nil || string(message) != `{"message":"pong"}` {
			t.Fatalf("message %q, %v", message, err)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close handshake: %v", err)
	}
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
