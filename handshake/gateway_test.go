package handshake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

var signedIn = &Request{Path: "/?token=x", Header: http.Header{"Cookie": {"session=1"}}}

// policy is an authorizer's answer.
func policy(effect string, resource ...string) events.APIGatewayCustomAuthorizerResponse {
	return events.APIGatewayCustomAuthorizerResponse{PrincipalID: "user", Context: map[string]any{"room": "42"},
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{Version: "2012-10-17", Statement: []events.IAMPolicyStatement{
			{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: resource}}}}
}

func TestTheAuthorizerDecides(t *testing.T) {
	t.Parallel()
	arn := "arn:aws:execute-api:us-east-1:123456789012:chatapi/prod/$connect"
	for name, c := range map[string]struct {
		answer events.APIGatewayCustomAuthorizerResponse
		err    error
		want   int
	}{
		"allows":                      {policy("Allow", arn), nil, 101},
		"allows every stage":          {policy("Allow", "arn:aws:execute-api:*:*:chatapi/*"), nil, 101},
		"allows everything":           {policy("Allow", "*"), nil, 101},
		"allows another route":        {policy("Allow", strings.Replace(arn, "$connect", "chat", 1)), nil, 403},
		"denies":                      {policy("Deny", "*"), nil, 403},
		"fails with Unauthorized":     {events.APIGatewayCustomAuthorizerResponse{}, errors.New("Unauthorized"), 401},
		"fails otherwise":             {events.APIGatewayCustomAuthorizerResponse{}, errors.New("unauthorized"), 500},
		"returns nothing":             {events.APIGatewayCustomAuthorizerResponse{}, nil, 500},
		"returns a policy for nobody": {events.APIGatewayCustomAuthorizerResponse{PolicyDocument: policy("Allow", "*").PolicyDocument}, nil, 500},
	} {
		called := 0
		var authorizer any
		report := way(t, "authorizer", signedIn, &Options{
			Authorizer: func(_ context.Context, e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
				called++
				if e.QueryStringParameters["token"] != "x" || e.Headers["Cookie"] != "session=1" || e.MethodArn != arn || e.Type != "REQUEST" {
					t.Errorf("%s: the authorizer sees %+v", name, e)
				}
				return c.answer, c.err
			},
			Handler: func(_ context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
				authorizer = e.RequestContext.Authorizer
				return events.APIGatewayProxyResponse{StatusCode: 200}, nil
			}}, nil)
		if report.Status != c.want || called != 1 {
			t.Errorf("%s: status %d after %d calls, want %d after 1", name, report.Status, called, c.want)
		}
		if got := fmt.Sprint(authorizer); c.want == 101 && got != "map[principalId:user room:42]" {
			t.Errorf("%s: $connect sees %s", name, got)
		}
	}
	report := way(t, "authorizer", signedIn, nil, nil)
	if report.Err() != nil || len(report.Notes) == 0 || !strings.Contains(report.Notes[0].Text, "assumed: the authorizer allows") {
		t.Errorf("without an authorizer: %v, notes %v", report.Err(), report.Notes)
	}
}

func TestAMissingIdentitySourceIs401WithoutTheAuthorizer(t *testing.T) {
	t.Parallel()
	report := way(t, "authorizer", &Request{Header: http.Header{"Cookie": {"session=1"}}}, &Options{
		Authorizer: func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			t.Error("the authorizer was called")
			return policy("Allow", "*"), nil
		}}, nil)
	if report.Status != 401 || !strings.Contains(report.Refusal.Reason, "query string token") {
		t.Errorf("refusal %v", report.Refusal)
	}
}

func TestTheConnectIntegrationDecides(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{200: 101, 204: 101, 400: 400, 500: 500, 0: 502, 7: 502} {
		if report := way(t, "authorizer", signedIn, answering(status, ""), nil); report.Status != want {
			t.Errorf("%d: %d, want %d", status, report.Status, want)
		}
	}
	report := way(t, "authorizer", signedIn, &Options{Handler: func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{}, errors.New("no table")
	}}, nil)
	if report.Status != 502 || !strings.Contains(report.Refusal.Reason, "no table") {
		t.Errorf("an error: %v", report.Refusal)
	}
}

func TestASlowConnectIsA504AfterTheReadTimeout(t *testing.T) {
	t.Parallel()
	report := way(t, "authorizer", signedIn, &Options{Handler: func(ctx context.Context, _ events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		<-ctx.Done()
		time.Sleep(time.Second)
		return events.APIGatewayProxyResponse{StatusCode: 200}, nil
	}}, func(d map[string]any) {
		object(origin0(d)["CustomOriginConfig"])["OriginReadTimeout"] = 1
	})
	if report.Status != 504 || !strings.Contains(report.Refusal.Reason, "read timeout of 1s") {
		t.Errorf("refusal %v", report.Refusal)
	}
}

func TestSubprotocolsNeedTheIntegrationsAnswer(t *testing.T) {
	t.Parallel()
	asks := &Request{Path: signedIn.Path, Header: http.Header{"Cookie": {"session=1"}, "Sec-Websocket-Protocol": {"v1, chat"}}}
	report := way(t, "authorizer", asks, answering(200, "chat"), nil)
	if report.Err() != nil || report.Header.Get("Sec-WebSocket-Protocol") != "chat" {
		t.Errorf("one that was asked for: %v, response header %v", report.Err(), report.Header)
	}
	report = way(t, "authorizer", signedIn, answering(200, "other"), nil)
	if report.Refusal == nil || report.Status != 101 || !strings.Contains(report.Refusal.Reason, `"other", for which the client did not ask`) {
		t.Errorf("one that was not asked for: %v", report.Refusal)
	}
	report = way(t, "authorizer", asks, nil, nil)
	if report.Refusal == nil || report.Refusal.Rule.ID != "api.subprotocol" || !strings.Contains(report.Refusal.Reason, "answers without one") {
		t.Errorf("no answer: %v", report.Refusal)
	}
}

func TestAnExternalAPITakesItsFactsFromTheCaller(t *testing.T) {
	t.Parallel()
	host := "abcdef1234.execute-api.eu-west-1.amazonaws.com"
	facts := &Options{APIs: map[string]ExternalAPI{host: {Stage: "prod", KeyRequired: true, Keys: []string{"k1", "k2"}}}}
	for key, want := range map[string]string{"": "no x-api-key header reached it", "wrong": "not the value of an API key", "k2": ""} {
		template := parse(t, "external", func(d map[string]any) {
			if key != "" {
				origin0(d)["OriginCustomHeaders"] = []any{map[string]any{"HeaderName": "X-Api-Key", "HeaderValue": key}}
			}
		}, facts)
		report := played(t, template, nil)
		if want == "" && report.Err() != nil || want != "" && (report.Refusal == nil || !strings.Contains(report.Refusal.Reason, want)) {
			t.Errorf("key %q: %v, want %q", key, report.Err(), want)
		}
	}
	facts.APIs[host] = ExternalAPI{Stage: "live"}
	template := parse(t, "external", func(map[string]any) {}, facts)
	if report := played(t, template, nil); report.Status != 403 || !strings.Contains(report.Refusal.Reason, `no stage "prod" (its stages: live)`) {
		t.Errorf("another stage: %v", report.Refusal)
	}
	if findings := template.Check(); len(findings) != 1 || findings[0].Rule.ID != "api.stage" {
		t.Errorf("findings %v", findings)
	}
	report := played(t, load(t, "external"), nil)
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
		report := played(t, template, &Request{Direct: true, Host: c.host, Path: c.path})
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
		report := played(t, load(t, "external"), &Request{Header: c.header})
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
		for _, id := range []string{"code", "silent"} {
			resources[id] = map[string]any{"Type": "AWS::ApiGatewayV2::Route", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"}, "RouteKey": id}}
		}
		resources["CodeRR"] = map[string]any{"Type": "AWS::ApiGatewayV2::RouteResponse", "Properties": map[string]any{"ApiId": map[string]any{"Ref": "PingApi"},
			"RouteId": map[string]any{"Ref": "code"}, "RouteResponseKey": "$default"}}
	}, &Options{Handler: func(_ context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: e.RequestContext.RouteKey + " got " + e.Body}, nil
	}})
	conn := connect(t, template, "/ws")
	for message, want := range map[string]string{
		`{"action":"hello"}`:    "world",
		`{"action":"quiet"}`:    "",
		`{"action":"render"}`:   "",
		`{"action":"code"}`:     `code got {"action":"code"}`,
		`{"action":"silent"}`:   "",
		`{"action":"other"}`:    `{"message":"pong"}`,
		`{}`:                    `{"message":"pong"}`,
		`no JSON`:               `{"message":"pong"}`,
		`{"action":["hello"]}`:  `{"message":"pong"}`,
		`{"action":"$connect"}`: `{"message": "Forbidden"`,
	} {
		if got := exchange(t, conn, message); got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
	noted := map[string]bool{}
	for _, n := range conn.Notes() {
		noted[n.Rule.ID] = true
	}
	if len(noted) != 2 || !noted["api.mock-template"] || !noted["api.route"] {
		t.Errorf("notes %v, want that a template was not rendered and a message had no route", conn.Notes())
	}
}

func TestAMessageWithoutAnyRouteIsForbidden(t *testing.T) {
	t.Parallel()
	conn := connect(t, parse(t, "authorizer", func(d map[string]any) {
		for id, r := range object(d["Resources"]) {
			if key := object(object(r)["Properties"])["RouteKey"]; key != nil && key != "$connect" {
				delete(object(d["Resources"]), id)
			}
		}
	}, nil), "")
	if got := exchange(t, conn, `{"action":"x"}`); !strings.Contains(got, `"Forbidden"`) {
		t.Errorf("no route at all: %q", got)
	}
}

func TestAConnectionEndsForBothSides(t *testing.T) {
	t.Parallel()
	var routes []string
	conn := connect(t, parse(t, "authorizer", func(d map[string]any) {
		resources := object(d["Resources"])
		for _, r := range resources {
			if object(object(r)["Properties"])["RouteKey"] == "$connect" {
				resources["Bye"] = map[string]any{"Type": "AWS::ApiGatewayV2::Route", "Properties": map[string]any{"RouteKey": "$disconnect",
					"ApiId": object(object(r)["Properties"])["ApiId"], "Target": object(object(r)["Properties"])["Target"]}}
				break
			}
		}
	}, &Options{Handler: func(_ context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		routes = append(routes, e.RequestContext.RouteKey+" "+e.RequestContext.EventType)
		return events.APIGatewayProxyResponse{StatusCode: 200}, nil
	}}), "")
	for range 2 {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := conn.Send(t.Context(), []byte("{}")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
	if _, err := conn.Receive(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("Receive after Close: %v", err)
	}
	if got := strings.Join(routes, ", "); got != "$connect CONNECT, $disconnect DISCONNECT" {
		t.Errorf("the handler is called for %s", got)
	}
}

// connect opens a connection, with what the base asks for.
func connect(t *testing.T, m *Model, path string) *Connection {
	t.Helper()
	request := *signedIn
	if path != "" {
		request.Path = path
	}
	conn, report, err := m.Connect(t.Context(), request)
	if err != nil || conn == nil {
		t.Fatalf("%v, %v", report, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// exchange sends a message and returns the answer, "" for none.
func exchange(t *testing.T, conn *Connection, message string) string {
	t.Helper()
	if err := conn.Send(t.Context(), []byte(message)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // what there is, is there
	answer, err := conn.Receive(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return string(answer)
}
