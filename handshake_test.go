package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/handshake/handshaketest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// A route is one behavior of an environment, under its path.
type route struct {
	path string
	config.Behavior
}

// eachRoute runs f on every behavior of every environment of every table.
func eachRoute(t *testing.T, f func(t *testing.T, e environment, r route)) {
	eachEnvironment(t, func(t *testing.T, e environment) {
		f(t, e, route{"", e.Behavior})
		for path, behavior := range e.Routes {
			t.Run(path, func(t *testing.T) { f(t, e, route{path, behavior}) })
		}
	})
}

// page is the origin of a page that may connect, "" where any may.
func (r route) page() string {
	if len(r.AllowedWebOrigins) == 0 {
		return ""
	}
	return strings.Replace(r.AllowedWebOrigins[0], "*", "a", 1)
}

// target is a path, with a query string, that the route takes to the API: deeper
// than the route where the API gets paths, and with the parameters that it gets.
func (r route) target() string {
	target := r.path + "/"
	if r.PathParameter != "" {
		target += "rooms/42"
	}
	query := url.Values{}
	for _, name := range r.Forwarding.QueryStrings.Names {
		query.Set(name, "x")
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return target
}

// unknownPolicy says why a route with a policy of the deployer's own is not played.
func (r route) unknownPolicy(t *testing.T) {
	t.Helper()
	if r.Forwarding.OriginRequestPolicyID != "" {
		t.Skip("what the origin request policy of this id forwards is known to AWS alone")
	}
}

// lockedBy says what keeps clients from going around the edge to the route's API:
// an API key, another header, or nothing.
func (e environment) lockedBy(r route) (header string) {
	switch {
	case r.APIURL == "" && !e.PingLock().Disabled && !e.PingLock().Open:
		return "x-api-key"
	case r.APIURL != "" && r.Lock != nil:
		return strings.ToLower(r.Lock.HeaderName())
	}
	return ""
}

// host is where clients of the environment connect.
func (e environment) host() string {
	if len(e.DomainNames) == 0 {
		return ""
	}
	return strings.Replace(e.DomainNames[0], "*", "a", 1)
}

// elsewhere are the APIs that the environment does not define, by host. Those that
// are locked by an API key ask for the value that CloudFront is told to send.
func (e environment) elsewhere(t *testing.T) map[string]handshake.ExternalAPI {
	t.Helper()
	apis := map[string]handshake.ExternalAPI{}
	for _, b := range e.Behaviors() {
		if b.APIURL == "" || e.lockedBy(route{"", b}) != "x-api-key" {
			continue
		}
		endpoint, err := rules.ParseEndpoint(b.APIURL)
		if err != nil {
			t.Fatal(err)
		}
		api := apis[endpoint.Host]
		api.KeyRequired, api.Stage = true, strings.TrimPrefix(endpoint.Path, "/")
		api.Keys = append(api.Keys, e.sent(endpoint.Host, b.Lock.HeaderName())...)
		apis[endpoint.Host] = api
	}
	return apis
}

// sent are the values that CloudFront sends to a host in a header.
func (e environment) sent(host, header string) (values []string) {
	for _, resource := range e.template["Resources"].(map[string]any) {
		if resource.(map[string]any)["Type"] != "AWS::CloudFront::Distribution" {
			continue
		}
		config := resource.(map[string]any)["Properties"].(map[string]any)["DistributionConfig"].(map[string]any)
		for _, o := range config["Origins"].([]any) {
			origin := o.(map[string]any)
			headers, _ := origin["OriginCustomHeaders"].([]any)
			for _, h := range headers {
				pair := h.(map[string]any)
				if origin["DomainName"] == host && strings.EqualFold(fmt.Sprint(pair["HeaderName"]), header) {
					values = append(values, fmt.Sprint(pair["HeaderValue"]))
				}
			}
		}
	}
	return values
}

func (e environment) played(t *testing.T) *handshake.Model {
	t.Helper()
	model, err := handshake.Parse(&e.template, &handshake.Options{
		Account: e.Account, Region: e.StackRegion(), StackName: e.StackName(), APIs: e.elsewhere(t), Handler: chat,
	})
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// chat is the $connect function of every API but the ping API: it answers with the
// subprotocol that is asked for.
func chat(_ context.Context, event events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
	answer := events.APIGatewayProxyResponse{StatusCode: http.StatusOK}
	if asked := event.Headers["Sec-WebSocket-Protocol"]; asked != "" {
		answer.Headers = map[string]string{"Sec-WebSocket-Protocol": asked}
	}
	return answer, nil
}

// play is the status of one handshake, and why it is refused.
func play(t *testing.T, model *handshake.Model, request handshake.Request) (status int, why string) {
	t.Helper()
	report, err := model.Play(request)
	if err != nil {
		t.Fatal(err)
	}
	if report.Refusal != nil {
		why = report.Refusal.Reason
	}
	return report.Status, why
}

// meant are the findings about what an environment asks for in so many words.
var meant = map[string]func(e environment) bool{
	"api.bypass":   func(e environment) bool { return e.PingLock().Open },
	"api.throttle": func(e environment) bool { return e.PingLock().Throttle != nil },
	"policy.websocket-headers-recommended": func(e environment) bool {
		return e.anyRoute(func(b config.Behavior) bool { return b.Forwarding.OmitExtensions })
	},
	// That the account has the role, "exists" says.
	"api.log-role": func(e environment) bool {
		return e.HasPingAPI() && e.APILogs != nil && e.APILogs.AccountRole == "exists"
	},
	// That the policy is there, the account knows and the template does not.
	"policy.unknown": func(e environment) bool {
		return e.anyRoute(func(b config.Behavior) bool { return b.Forwarding.OriginRequestPolicyID != "" })
	},
}

func (e environment) anyRoute(f func(config.Behavior) bool) bool {
	return slices.ContainsFunc(e.Behaviors(), f)
}

func TestNoEnvironmentHasAFindingThatIsNotMeant(t *testing.T) {
	eachEnvironment(t, func(t *testing.T, e environment) {
		found := map[string]bool{}
		for _, finding := range e.played(t).Check() {
			found[finding.Rule.ID] = true
			if is := meant[finding.Rule.ID]; is == nil || !is(e) {
				t.Error(finding)
			}
		}
		for rule, is := range meant {
			if is(e) && !found[rule] {
				t.Errorf("%s is meant, and not found", rule)
			}
		}
	})
}

// A real client connects to what was synthesized, by what the environment's own
// settings ask for, and is answered.
func TestTheHandshakeOfEachEnvironmentGetsThrough(t *testing.T) {
	eachRoute(t, func(t *testing.T, e environment, r route) {
		r.unknownPolicy(t)
		edge, err := handshaketest.NewServer(e.played(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer edge.Close()
		options := &websocket.DialOptions{Host: e.host(), HTTPHeader: http.Header{}}
		if r.page() != "" {
			options.HTTPHeader.Set("Origin", r.page())
		}
		if r.APIURL != "" { // the ping API cannot answer with one
			options.Subprotocols = []string{"chat"}
		}
		ctx := context.Background()
		conn, err := edge.Dial(ctx, r.target(), options)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		if r.APIURL != "" {
			if got := conn.Subprotocol(); got != "chat" {
				t.Errorf("want the subprotocol chat, got %q", got)
			}
			return
		}
		for sent, want := range map[string]string{`{"action":"ping"}`: pingapi.Pong, `{"action":"other"}`: pingapi.Usage, "no JSON": pingapi.Usage} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(sent)); err != nil {
				t.Fatal(err)
			}
			_, got, err := conn.Read(ctx)
			if err != nil || string(got) != want {
				t.Errorf("%s: want %s, got %s (%v)", sent, want, got, err)
			}
		}
	})
}

// Where the environment is locked, the API answers 403 to all but CloudFront; where
// it is not, whoever knows its address gets in.
func TestAroundTheEdgeGoesWhoTheEnvironmentLets(t *testing.T) {
	eachRoute(t, func(t *testing.T, e environment, r route) {
		direct := handshake.Request{Direct: true, Path: "/live", Header: http.Header{}}
		if r.APIURL != "" {
			endpoint, err := rules.ParseEndpoint(r.APIURL)
			if err != nil {
				t.Fatal(err)
			}
			direct.Host, direct.Path = endpoint.Host, endpoint.Path
		}
		model := e.played(t)
		switch e.lockedBy(r) {
		case "":
			if got, why := play(t, model, direct); got != 101 {
				t.Errorf("want 101 for lack of a lock, got %d: %s", got, why)
			}
		case "x-api-key":
			if got, why := play(t, model, direct); got != 403 || !strings.Contains(why, "going around the edge is refused") {
				t.Errorf("without a key: want 403, got %d: %s", got, why)
			}
			direct.Header.Set("x-api-key", "guessed")
			got, why := play(t, model, direct)
			switch {
			case r.APIURL != "": // whose secret the template does not make, so it may be the guess
				if got != 0 || !strings.Contains(why, "cannot decide") {
					t.Errorf("with a guessed key: want no decision, got %d: %s", got, why)
				}
			case got != 403 || !strings.Contains(why, "is not the value of an API key"):
				t.Errorf("with a guessed key: want 403, got %d: %s", got, why)
			}
		default:
			t.Skip("the API's owner checks the header, by means that the template does not hold")
		}
	})
}

// A viewer's own header does not get in the way of the edge's.
func TestAViewersOwnKeyIsNotTheEdges(t *testing.T) {
	eachRoute(t, func(t *testing.T, e environment, r route) {
		r.unknownPolicy(t)
		request := handshake.Request{Host: e.host(), Path: r.target(), Header: http.Header{"X-Api-Key": {"guessed"}}}
		if header := e.lockedBy(r); header != "" {
			request.Header.Set(header, "guessed")
		}
		if r.page() != "" {
			request.Header.Set("Origin", r.page())
		}
		if got, why := play(t, e.played(t), request); got != 101 {
			t.Errorf("want 101, got %d: %s", got, why)
		}
	})
}

func TestPagesConnectFromTheOriginsThatAreAllowed(t *testing.T) {
	eachRoute(t, func(t *testing.T, e environment, r route) {
		r.unknownPolicy(t)
		others, none := 101, 101
		if len(r.AllowedWebOrigins) > 0 {
			others = 403
		}
		if r.RequireWebOrigin {
			none = 403
		}
		model := e.played(t)
		for page, want := range map[string]int{r.page(): 101, "https://evil.invalid": others, "": none} {
			request := handshake.Request{Host: e.host(), Path: r.target(), Header: http.Header{}}
			if page != "" {
				request.Header.Set("Origin", page)
			}
			if got, why := play(t, model, request); got != want {
				t.Errorf("%q: want %d, got %d: %s", page, want, got, why)
			}
		}
	})
}

func TestNobodyConnectsInTheClear(t *testing.T) {
	eachRoute(t, func(t *testing.T, e environment, r route) {
		if got, why := play(t, e.played(t), handshake.Request{Host: e.host(), Path: r.target(), Plain: true}); got != 403 {
			t.Errorf("ws://: want 403, got %d: %s", got, why)
		}
	})
}
