package handshake

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

var signedIn = &Request{Path: "/?token=x", Header: http.Header{"Cookie": {"session=1"}}}

func TestTheAuthorizersVerdictIsTheCallers(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[Verdict]int{Allow: 101, Deny: 403, Unauthorized: 401, Failed: 500} {
		called := 0
		report := way(t, "authorizer", signedIn, &Options{Authorize: func(e *ConnectEvent) Verdict {
			called++
			if e.QueryStringParameters["token"] != "x" || e.Header("Cookie") != "session=1" {
				t.Errorf("the authorizer sees %+v", e)
			}
			return verdict
		}}, nil)
		if report.Status != want || called != 1 {
			t.Errorf("verdict %d: status %d after %d calls, want %d after 1", verdict, report.Status, called, want)
		}
	}
	report := way(t, "authorizer", signedIn, nil, nil)
	if report.Err() != nil || len(report.Notes) == 0 || !strings.Contains(report.Notes[0].Text, "verdict is taken to be allow") {
		t.Errorf("without a verdict: %v, notes %v", report.Err(), report.Notes)
	}
}

func TestAMissingIdentitySourceIs401WithoutTheAuthorizer(t *testing.T) {
	t.Parallel()
	report := way(t, "authorizer", &Request{Header: http.Header{"Cookie": {"session=1"}}}, &Options{Authorize: func(*ConnectEvent) Verdict {
		t.Error("the authorizer was called")
		return Allow
	}}, nil)
	if report.Status != 401 || !strings.Contains(report.Refusal.Reason, "query string token") {
		t.Errorf("refusal %v", report.Refusal)
	}
}

func TestTheConnectIntegrationDecides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer ConnectResponse
		want   int
	}{{ConnectResponse{}, 101}, {ConnectResponse{StatusCode: 204}, 101}, {ConnectResponse{StatusCode: 400}, 400}, {ConnectResponse{StatusCode: 7}, 502}} {
		report := way(t, "authorizer", signedIn, &Options{Connect: func(*ConnectEvent) ConnectResponse { return c.answer }}, nil)
		if report.Status != c.want {
			t.Errorf("%+v: %d, want %d", c.answer, report.Status, c.want)
		}
	}
}

func TestSubprotocolsNeedTheIntegrationsAnswer(t *testing.T) {
	t.Parallel()
	server := serve(t, load(t, "authorizer"), &Options{Connect: func(e *ConnectEvent) ConnectResponse {
		if strings.Contains(e.Header("Sec-WebSocket-Protocol"), "chat") {
			return ConnectResponse{Headers: map[string]string{"sec-websocket-protocol": "chat"}}
		}
		return ConnectResponse{}
	}})
	options := func(names ...string) *websocket.DialOptions {
		return &websocket.DialOptions{Subprotocols: names, HTTPHeader: signedIn.Header}
	}
	conn, err := server.Dial(t.Context(), signedIn.Path, options("v1", "chat"))
	if err != nil || conn.Subprotocol() != "chat" {
		t.Fatalf("subprotocol: %v", err)
	}
	if err := conn.CloseNow(); err != nil {
		t.Error(err)
	}
	report := way(t, "authorizer", signedIn, &Options{Subprotocol: "other"}, nil)
	if report.Refusal == nil || report.Status != 101 || !strings.Contains(report.Refusal.Reason, `"other", for which the client did not ask`) {
		t.Errorf("a subprotocol that was not asked for: %v", report.Refusal)
	}
	report = way(t, "authorizer", &Request{Path: signedIn.Path, Header: http.Header{"Cookie": {"session=1"}, "Sec-Websocket-Protocol": {"chat"}}}, nil, nil)
	if report.Refusal == nil || report.Refusal.Rule != "api.subprotocol" || !strings.Contains(report.Refusal.Reason, "answers without one") {
		t.Errorf("no answer: %v", report.Refusal)
	}
	if report := way(t, "authorizer", &Request{Path: signedIn.Path, Header: http.Header{"Cookie": {"session=1"}, "Sec-Websocket-Protocol": {"chat"}}},
		&Options{Subprotocol: "chat"}, nil); report.Err() != nil {
		t.Errorf("Options.Subprotocol: %v", report.Err())
	}
}

func TestAnExternalAPITakesItsFactsFromTheCaller(t *testing.T) {
	t.Parallel()
	host := "abcdef1234.execute-api.eu-west-1.amazonaws.com"
	facts := &Facts{APIs: map[string]ExternalAPI{host: {Stage: "prod", KeyRequired: true, Keys: []string{"k1", "k2"}}}}
	for key, want := range map[string]string{"": "no x-api-key header reached it", "wrong": "value of no API key", "k2": ""} {
		template := parse(t, "external", func(d map[string]any) {
			if key != "" {
				origin0(d)["OriginCustomHeaders"] = []any{map[string]any{"HeaderName": "X-Api-Key", "HeaderValue": key}}
			}
		}, facts)
		report := Play(template, nil, nil)
		if want == "" && report.Err() != nil || want != "" && (report.Refusal == nil || !strings.Contains(report.Refusal.Reason, want)) {
			t.Errorf("key %q: %v, want %q", key, report.Err(), want)
		}
	}
	facts.APIs[host] = ExternalAPI{Stage: "live"}
	template := parse(t, "external", func(map[string]any) {}, facts)
	if report := Play(template, nil, nil); report.Status != 403 || !strings.Contains(report.Refusal.Reason, `no stage "prod" (its stages: live)`) {
		t.Errorf("another stage: %v", report.Refusal)
	}
	if findings := template.Check(); len(findings) != 1 || findings[0].Rule != "api.stage" {
		t.Errorf("findings %v", findings)
	}
	report := Play(load(t, "external"), nil, nil)
	if len(report.Notes) < 2 || !strings.Contains(report.Notes[0].Text, "does not define "+host) {
		t.Errorf("what is assumed of an unknown API: %v", report.Notes)
	}
}

func TestTheAPIAnswersOnlyToItsOwnHostAndPath(t *testing.T) {
	t.Parallel()
	template := load(t, "external")
	for _, c := range []struct{ host, path, want string }{
		{"", "/prod", ""},
		{"", "/prod/", ""},
		{"", "/", "without a stage"},
		{"", "/prod/x", "goes past"},
		{"", "/prod//", "goes past"},
		{"", "/other", `no stage "other"`},
		{"127.0.0.1", "/prod", "no API answers to the Host 127.0.0.1"},
	} {
		report := Play(template, &Request{Direct: true, Host: c.host, Path: c.path}, nil)
		if c.want == "" && report.Err() != nil || c.want != "" && (report.Status != 403 || !strings.Contains(report.Refusal.Reason, c.want)) {
			t.Errorf("%s%s: %v, want %q", c.host, c.path, report.Err(), c.want)
		}
	}
}

func TestTheHandshakesOwnHeadersAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header http.Header
		want   string
	}{
		"a short key":     {http.Header{"Sec-Websocket-Key": {"c2hvcnQ="}}, "not 16 bytes"},
		"an old version":  {http.Header{"Sec-Websocket-Version": {"8"}}, `"8", not 13`},
		"an empty key":    {http.Header{"Sec-Websocket-Key": {""}}, "Sec-WebSocket-Key did not reach"},
		"a key of no use": {http.Header{"Sec-Websocket-Key": {"***"}}, "not 16 bytes"},
	} {
		report := Play(load(t, "external"), &Request{Header: c.header}, nil)
		if report.Status != 400 || !strings.Contains(report.Refusal.Reason, c.want) {
			t.Errorf("%s: %v, want %q", name, report.Refusal, c.want)
		}
	}
}

func TestMessagesGoToTheRouteThatTheExpressionNames(t *testing.T) {
	t.Parallel()
	template := parse(t, "owned", func(d map[string]any) {
		resources := object(d["Resources"])
		add := func(id, key, text string, twoWay bool) {
			resources[id] = map[string]any{"Type": "AWS::ApiGatewayV2::Route", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"},
				"RouteKey": key, "Target": "integrations/" + id + "I"}}
			resources[id+"I"] = map[string]any{"Type": "AWS::ApiGatewayV2::Integration", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"},
				"IntegrationType": "MOCK", "RequestTemplates": map[string]any{"200": `{"statusCode":200}`}}}
			resources[id+"R"] = map[string]any{"Type": "AWS::ApiGatewayV2::IntegrationResponse", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"},
				"IntegrationId": map[string]any{"Ref": id + "I"}, "IntegrationResponseKey": "$default", "ResponseTemplates": map[string]any{"200": text}}}
			if twoWay {
				resources[id+"RR"] = map[string]any{"Type": "AWS::ApiGatewayV2::RouteResponse", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"},
					"RouteId": map[string]any{"Ref": id}, "RouteResponseKey": "$default"}}
			}
		}
		add("Hello", "hello", "world", true)
		add("Quiet", "quiet", "never", false)
		add("Render", "render", "$input.body", true)
		resources["Code"] = map[string]any{"Type": "AWS::ApiGatewayV2::Route", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"}, "RouteKey": "code"}}
	}, nil)
	server := serve(t, template, &Options{Message: func(route string, message []byte) []byte { return []byte(route + " got " + string(message)) }})
	a := template.apis[0]
	for message, want := range map[string]string{
		`{"action":"hello"}`:    "world",
		`{"action":"quiet"}`:    "",
		`{"action":"render"}`:   "",
		`{"action":"code"}`:     `code got {"action":"code"}`,
		`{"action":"other"}`:    `{"message":"pong"}`,
		`{}`:                    `{"message":"pong"}`,
		`no JSON`:               `{"message":"pong"}`,
		`{"action":["hello"]}`:  `{"message":"pong"}`,
		`{"action":"$connect"}`: `{"message": "Forbidden"`,
	} {
		if got := string(server.reply(a, []byte(message), "c1")); got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
	rules := map[string]bool{}
	for _, n := range server.Notes() {
		rules[n.Rule] = true
	}
	if len(rules) != 2 || !rules["api.mock-template"] || !rules["api.route"] {
		t.Errorf("notes %v, want that a template was not rendered and a message had no route", server.Notes())
	}
	a.routes = a.routes[:0]
	if got := string(server.reply(a, []byte(`{"action":"x"}`), "c1")); !strings.Contains(got, `"Forbidden"`) {
		t.Errorf("no route at all: %q", got)
	}
}

func TestTheRouteSelectionExpressionIsEvaluated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expression, message, want string }{
		{"$request.body.action", `{"action":"a"}`, "a"},
		{"${request.body.action}", `{"action":"a"}`, "a"},
		{"$request.body.meta.type", `{"meta":{"type":"b"}}`, "b"},
		{"$request.body.n", `{"n":3}`, "3"},
		{"$request.body.action", `{}`, ""},
		{"$request.body.action", `[]`, ""},
		{"$other", `{}`, ""},
	} {
		if got, err := selectRoute(c.expression, []byte(c.message)); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s of %s = %q, %v; want %q", c.expression, c.message, got, err, c.want)
		}
	}
}
