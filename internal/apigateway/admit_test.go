package apigateway

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

const key = "0123456789abcdefghijklmnop"

// arriving is a handshake that comes through an origin with the API's key.
func arriving(host, path string, header ...string) *Request {
	q := &Request{Host: host, Path: path, Query: "token=x", Peer: "192.0.2.1", Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}},
		Via: &Via{OriginPlace: "Origin", BehaviorPlace: "Behavior", SetByOrigin: map[string]bool{"x-api-key": true}}}
	q.Header.Set("x-api-key", key)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			q.Header.Del(header[i])
		} else {
			q.Header.Set(header[i], header[i+1])
		}
	}
	return q
}

// admitted plays a handshake to the API that answers at a host.
func admitted(t *testing.T, g *Gateway, q *Request, originPath string, backend *Backend) (*Admission, *trace.Trace) {
	t.Helper()
	if backend == nil {
		backend = &Backend{}
	}
	backend.Now = time.Now
	a, m := g.At(Endpoint{Host: q.Host, Path: originPath, Place: "Origin"})
	var notes trace.Trace
	return Admit(t.Context(), a, m, q, "1", backend, &notes), &notes
}

func TestHandshakesAtTheAPI(t *testing.T) {
	t.Parallel()
	const host = "api.execute-api.eu-west-1.amazonaws.com"
	for name, c := range map[string]struct {
		q      *Request
		status int // 0 for one that cannot be decided
		word   string
		make   []func(r template)
	}{
		"as it should be":           {arriving(host, "/prod"), 101, "", nil},
		"by its custom domain":      {arriving("ws.example.com", "/"), 101, "", nil},
		"in another region":         {arriving("api.execute-api.us-east-1.amazonaws.com", "/prod"), 403, "another region", nil},
		"the endpoint is disabled":  {arriving(host, "/prod"), 403, "disabled", []func(r template){set("Api", "DisableExecuteApiEndpoint", true)}},
		"a domain without mapping":  {arriving("ws.example.com", "/"), 403, "without an AWS::ApiGatewayV2::ApiMapping", []func(r template){remove("Mapping")}},
		"a domain without mappings": {arriving("ws.example.com", "/"), 403, "do nothing", []func(r template){set("Domain", "RoutingMode", "ROUTING_RULE_ONLY")}},
		"a domain's regional name":  {arriving("d-domain.execute-api.eu-west-1.amazonaws.com", "/"), 403, "regional target of the custom domain ws.example.com", nil},
		"another mapping's key": {arriving("ws.example.com", "/two"), 101, "", []func(r template){
			add("Second", "AWS::ApiGatewayV2::ApiMapping", object{"ApiId": ref("Api"), "DomainName": ref("Domain"), "Stage": ref("Stage"), "ApiMappingKey": "two"})}},
		"no mapping's key": {arriving("ws.example.com", "/two"), 403, "serves only", nil},
		"an HTTP API": {arriving("http.execute-api.eu-west-1.amazonaws.com", "/prod"), 404, "HTTP API", []func(r template){
			add("Http", "AWS::ApiGatewayV2::Api", object{"Name": "h", "ProtocolType": "HTTP"})}},
		"a REST API": {arriving("rest.execute-api.eu-west-1.amazonaws.com", "/prod"), 403, "REST API", []func(r template){
			add("Rest", "AWS::ApiGateway::RestApi", object{"Name": "r"})}},
		"throttled by the stage":     {arriving(host, "/prod"), 429, "ThrottlingRateLimit 0", []func(r template){set("Stage", "DefaultRouteSettings", object{"ThrottlingRateLimit": 0})}},
		"throttled by the plan":      {arriving(host, "/prod"), 429, "Throttle.RateLimit 0", []func(r template){set("Plan", "Throttle", object{"RateLimit": 0, "BurstLimit": 1})}},
		"without a key":              {arriving(host, "/prod", "x-api-key", ""), 403, "no x-api-key", nil},
		"the key as another header":  {arriving(host, "/prod", "x-api-key", "", "x-origin-key", key), 403, "no x-api-key", nil},
		"another key":                {arriving(host, "/prod", "x-api-key", "zzzzzzzzzzzzzzzzzzzzzzzz"), 403, "not the value", nil},
		"a key without a plan":       {arriving(host, "/prod"), 403, "no usage plan", []func(r template){remove("PlanKey")}},
		"a plan without a stage":     {arriving(host, "/prod"), 403, "no stage of the API", []func(r template){set("Plan", "ApiStages", nil)}},
		"a key only AWS knows":       {arriving(host, "/prod"), 403, "generates the value", []func(r template){set("Key", "Value", nil)}},
		"a key of a parameter":       {arriving(host, "/prod"), 0, "cannot decide", []func(r template){set("Key", "Value", ref("Unknown"))}},
		"a key by reference":         {arriving(host, "/prod"), 0, "cannot decide", []func(r template){set("Key", "Value", "{{resolve:secretsmanager:key}}")}},
		"the same reference":         {arriving(host, "/prod", "x-api-key", "{{resolve:secretsmanager:key}}"), 101, "", []func(r template){set("Key", "Value", "{{resolve:secretsmanager:key}}")}},
		"a key from the authorizer":  {arriving(host, "/prod"), 0, "not played", []func(r template){set("Api", "ApiKeySelectionExpression", "$context.authorizer.usageIdentifierKey")}},
		"a parameter that is there":  {arriving(host, "/prod"), 101, "", []func(r template){set("Connect", "RequestParameters", object{"route.request.querystring.token": object{"Required": true}})}},
		"a parameter that is not":    {arriving(host, "/prod"), 400, "header X-Room", []func(r template){set("Connect", "RequestParameters", object{"route.request.header.X-Room": object{"Required": true}})}},
		"an optional parameter":      {arriving(host, "/prod"), 101, "", []func(r template){set("Connect", "RequestParameters", object{"route.request.header.X-Room": object{"Required": false}})}},
		"a stage variable's absence": {arriving(host, "/prod"), 401, "stage variable who", []func(r template){set("Auth", "IdentitySource", []any{"stageVariables.who"})}},
		"a stage variable":           {arriving(host, "/prod"), 101, "", []func(r template){set("Auth", "IdentitySource", []any{"stageVariables.who"}), set("Stage", "StageVariables", object{"who": "x"})}},
		"an authorizer uncalled":     {arriving(host, "/prod"), 500, "function Check", []func(r template){remove("CheckPermission")}},
		"a function uncalled":        {arriving(host, "/prod"), 500, "function Function", []func(r template){remove("Permission")}},
		"a function that is idle":    {arriving(host, "/prod"), 500, "concurrency of 0", []func(r template){set("Function", "ReservedConcurrentExecutions", 0)}},
		"a function without handler": {arriving(host, "/prod"), 502, "no begin", []func(r template){set("Function", "Handler", "index.begin")}},
		"Lambda by GET":              {arriving(host, "/prod"), 500, "with GET", []func(r template){set("Proxy", "IntegrationMethod", "GET")}},
		"an unknown integration":     {arriving(host, "/prod"), 0, "cannot decide", []func(r template){set("Proxy", "IntegrationType", ref("Unknown"))}},
		"no integration":             {arriving(host, "/prod"), 101, "", []func(r template){set("Connect", "Target", nil)}},
		"nothing that is taken":      {arriving(host, "/prod"), 415, "takes nothing", []func(r template){set("Proxy", "IntegrationType", "AWS"), set("Proxy", "PassthroughBehavior", "NEVER")}},
		"a MOCK with another status": {arriving(host, "/prod"), 403, "status 403", []func(r template){set("Connect", "Target", "integrations/Answer"), set("Answer", "RequestTemplates", object{"$default": "{statusCode:403}"})}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := admitted(t, gateway(t, change(t, c.make...), ireland), c.q, "/prod", nil)
			if c.status == 101 {
				if got.Refusal != nil {
					t.Fatalf("refused: %+v", got.Refusal)
				}
				return
			}
			if got.Refusal == nil || got.Refusal.Status != c.status || !strings.Contains(got.Refusal.Reason, c.word) || got.Refusal.Fix == "" {
				t.Errorf("%+v, want %d with %q", got.Refusal, c.status, c.word)
			}
		})
	}
}

// Where the stack's region is not known, the origin's host says it.
func TestAnUnknownRegionIsThatOfTheHost(t *testing.T) {
	t.Parallel()
	g := gateway(t, change(t), cfn.Environment{})
	const host = "api.execute-api.ap-northeast-1.amazonaws.com"
	g.Locate(host)
	got, _ := admitted(t, g, arriving(host, "/prod"), "/prod", nil)
	if got.Refusal != nil || got.API.HostOf(nil) != host {
		t.Errorf("%+v at %s", got.Refusal, got.API.HostOf(nil))
	}
	got, _ = admitted(t, g, arriving("api.execute-api.ap-northeast-1.example.com", "/prod"), "/prod", nil)
	if got.Refusal == nil || got.Refusal.Rule.ID != Region.ID {
		t.Errorf("another suffix: %+v", got.Refusal)
	}
}

// A value given for the API's own Ref or endpoint does not make it another API.
func TestAGivenIDIsTheSameAPI(t *testing.T) {
	t.Parallel()
	const host = "realid1234.execute-api.eu-west-1.amazonaws.com"
	for name, attributes := range map[string]map[string]string{
		"Ref":         {"Api": "realid1234"},
		"ApiId":       {"Api.ApiId": "realid1234"},
		"ApiEndpoint": {"Api.ApiEndpoint": "wss://" + host},
	} {
		environment := ireland
		environment.Attributes = attributes
		g := gateway(t, change(t), environment)
		got, _ := admitted(t, g, arriving(host, "/prod"), "/prod", nil)
		if got.Refusal != nil || got.API.external {
			t.Errorf("%s: %+v, external %v", name, got.Refusal, got.API.external)
		}
		got, _ = admitted(t, g, arriving(host, "/prod", "x-api-key", ""), "/prod", nil)
		if got.Refusal == nil || got.Refusal.Rule.ID != Key.ID {
			t.Errorf("%s: without the key: %+v", name, got.Refusal)
		}
	}
}

// A key that a custom resource reads back comes with a value that the caller gives.
func TestAKeyReadBackIsTheKey(t *testing.T) {
	t.Parallel()
	environment := ireland
	environment.Attributes = map[string]string{"Reader.value": "the-generated-value"}
	g := gateway(t, change(t, set("Key", "Value", nil)), environment)
	const host = "api.execute-api.eu-west-1.amazonaws.com"
	got, notes := admitted(t, g, arriving(host, "/prod", "x-api-key", "the-generated-value"), "/prod", nil)
	if got.Refusal != nil || len(notes.Notes) == 0 || !strings.Contains(notes.Notes[0].Text, "assumed: the value given") {
		t.Errorf("%+v, notes %v", got.Refusal, notes.Notes)
	}
}

// The forwarded Host may be the custom domain of which the origin names the target.
func TestTheDomainsTargetTakesTheDomainAsHost(t *testing.T) {
	t.Parallel()
	g := gateway(t, change(t), ireland)
	a, m := g.At(Endpoint{Host: "d-domain.execute-api.eu-west-1.amazonaws.com"})
	got := Admit(t.Context(), a, m, arriving("ws.example.com", "/"), "1", &Backend{Now: time.Now}, &trace.Trace{})
	if got.Refusal != nil {
		t.Errorf("%+v", got.Refusal)
	}
}

func TestAMOCKAnswersTheSubprotocolOfItsMapping(t *testing.T) {
	t.Parallel()
	respond := func(value string) *Gateway {
		return gateway(t, change(t, set("Connect", "Target", "integrations/Answer"), add("Response", "AWS::ApiGatewayV2::IntegrationResponse", object{"ApiId": ref("Api"), "IntegrationId": ref("Answer"),
			"IntegrationResponseKey": "$default", "ResponseParameters": object{"route.response.header.Sec-WebSocket-Protocol": value}})), ireland)
	}
	q := arriving("api.execute-api.eu-west-1.amazonaws.com", "/prod", "Sec-Websocket-Protocol", "chat")
	if got, _ := admitted(t, respond("'chat'"), q, "/prod", nil); got.Subprotocol != "chat" || got.GiveUp != nil {
		t.Errorf("a static mapping: %q, %+v", got.Subprotocol, got.GiveUp)
	}
	if got, _ := admitted(t, respond("integration.response.header.x"), q, "/prod", nil); got.GiveUp != nil {
		t.Errorf("a mapping that is not played: %+v", got.GiveUp)
	}
	if got, _ := admitted(t, respond("'other'"), q, "/prod", nil); got.GiveUp == nil {
		t.Error("a subprotocol for which nobody asked")
	}
}

func TestAnAPIOutsideTheTemplate(t *testing.T) {
	t.Parallel()
	const host = "abc123.execute-api.us-west-2.amazonaws.com"
	deny := func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return events.APIGatewayCustomAuthorizerResponse{PrincipalID: "x", PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Statement: []events.IAMPolicyStatement{{Effect: "Deny", Action: []string{"*"}, Resource: []string{"*"}}}}}, nil
	}
	for name, c := range map[string]struct {
		known   External
		path    string
		key     string
		backend *Backend
		status  int
		word    string
	}{
		"a key, and the stage from the origin path": {External{KeyRequired: true, Keys: []string{"k"}}, "/prod", "k", nil, 101, ""},
		"another key":               {External{KeyRequired: true, Keys: []string{"k"}}, "/prod", "wrong", nil, 403, "not the value"},
		"no key":                    {External{KeyRequired: true, Keys: []string{"k"}}, "/prod", "", nil, 403, "no x-api-key"},
		"a key that is not given":   {External{KeyRequired: true}, "/prod", "k", nil, 0, "not given"},
		"a stage":                   {External{Stage: "prod"}, "/prod", "", nil, 101, ""},
		"another stage":             {External{Stage: "live"}, "/prod", "", nil, 403, `no stage "prod"`},
		"an authorizer that denies": {External{Stage: "prod"}, "/prod", "", &Backend{Authorizer: deny}, 403, "denies"},
		"a key of a stage that is not the path's": {External{Stage: "live", KeyRequired: true, Keys: []string{"k"}}, "/prod", "k", nil, 403, `no stage "prod"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gateway(t, change(t), ireland)
			g.outside = map[string]External{host: c.known}
			got, _ := admitted(t, g, arriving(host, c.path, "x-api-key", c.key), c.path, c.backend)
			if c.status == 101 {
				if got.Refusal != nil {
					t.Errorf("%+v", got.Refusal)
				}
				return
			}
			if got.Refusal == nil || got.Refusal.Status != c.status || !strings.Contains(got.Refusal.Reason, c.word) {
				t.Errorf("%+v, want %d with %q", got.Refusal, c.status, c.word)
			}
		})
	}
}
