package edge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/handshake"
	"github.com/websocket-distribution/websocket-distribution/handshake/handshaketest"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// server plays the golden of a distribution with several APIs, none of which the
// template defines.
func server(t *testing.T) *handshaketest.Server {
	t.Helper()
	model, err := handshake.Open("testdata/several-apis.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	server, err := handshaketest.NewServer(model, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func from(origin string) *websocket.DialOptions {
	return &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}}
}

// A real client connects, and $connect sees what a Lambda function would.
func TestAClientReachesItsAPIWithItsPath(t *testing.T) {
	s := server(t)
	for _, tt := range []struct{ path, host, sees string }{
		{"/", "abc.execute-api.eu-west-1.amazonaws.com", "map[]"},
		{"/chat", "chat.execute-api.eu-west-1.amazonaws.com", "map[path:/]"},
		{"/chat/", "chat.execute-api.eu-west-1.amazonaws.com", "map[path:/]"},
		{"/chat/rooms/42?token=x", "chat.execute-api.eu-west-1.amazonaws.com", "map[path:/rooms/42 token:x]"},
		{"/chat/rooms/42?token=x&path=/admin&other=y", "chat.execute-api.eu-west-1.amazonaws.com", "map[path:/rooms/42 token:x]"},
		{"/chat/a%2Fb%20c/r%C3%A4ume//?p%61th=/admin", "chat.execute-api.eu-west-1.amazonaws.com", "map[path:/a%2Fb%20c/r%C3%A4ume//]"},
		{"/chat/admin", "admin.execute-api.eu-west-1.amazonaws.com", "map[]"},
		{"/game", "game.execute-api.us-west-2.amazonaws.com", "map[]"},
	} {
		conn, err := s.Dial(context.Background(), tt.path, from("https://app.example.com"))
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		conn.CloseNow()
		event := s.Last().Event
		if got := fmt.Sprint(event.QueryStringParameters); got != tt.sees {
			t.Errorf("%s: want $connect to see %s, got %s", tt.path, tt.sees, got)
		}
		if got := event.RequestContext.DomainName; got != tt.host {
			t.Errorf("%s: want %s, got %s", tt.path, tt.host, got)
		}
	}
}

// X-Forwarded-For begins with what the viewer made up; CloudFront-Viewer-Address, where
// the policy lists it, has nothing of it.
func TestTheViewersAddressCannotBeForged(t *testing.T) {
	stack := cdktest.NewStack(t)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{
		Origin:     edge.FromURL("wss://abc.execute-api.eu-west-1.amazonaws.com/prod", nil),
		Forwarding: edge.Forwarding{Headers: []string{"CloudFront-Viewer-Address"}},
	}})
	model, err := handshake.Parse(cdktest.Synth(t, stack).ToJSON(), nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := model.Play(handshake.Request{Path: "/", ViewerIP: "198.51.100.7", Header: http.Header{
		"Cloudfront-Viewer-Address": {"203.0.113.9:1"}, "X-Forwarded-For": {"203.0.113.9"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if report.Event == nil {
		t.Fatal("the handshake is refused")
	}
	sees := http.Header{}
	for name, value := range report.Event.Headers {
		sees.Set(name, value)
	}
	if got := sees.Get("CloudFront-Viewer-Address"); !strings.HasPrefix(got, "198.51.100.7:") {
		t.Errorf("got %q", got)
	}
	if got := sees.Get("X-Forwarded-For"); !strings.HasPrefix(got, "203.0.113.9, 198.51.100.7, ") {
		t.Errorf("want what the viewer made up first, got %q", got)
	}
}

func TestAClientThatMayNotConnectIsToldWhy(t *testing.T) {
	s := server(t)
	for _, tt := range []struct {
		path, origin string
		status       int
		reason       string
	}{
		{"/chat", "https://evil.com", 403, "Pages of this origin may not connect here."},
		{"/chat", "", 403, "Pages of this origin may not connect here."},
		{"/chat/" + strings.Repeat("x", 4200), "https://app.example.com", 414, "longer than API Gateway takes"},
		{"/chatter", "https://app.example.com", 403, "goes past the stage prod"},
		{"/game/42", "https://app.example.com", 403, "goes past the stage live"},
	} {
		options := from(tt.origin)
		if tt.origin == "" {
			options = nil
		}
		conn, err := s.Dial(context.Background(), tt.path, options)
		if err == nil {
			conn.CloseNow()
			t.Errorf("%.40s from %q: want a refusal", tt.path, tt.origin)
			continue
		}
		var refusal *handshake.Refusal
		if !errors.As(err, &refusal) || refusal.Status != tt.status || !strings.Contains(refusal.Reason, tt.reason) {
			t.Errorf("%.40s from %q: want %d and %q, got %v", tt.path, tt.origin, tt.status, tt.reason, err)
		}
	}
}

// What a viewer may try to make the path another one, from the edge to $connect.
func TestNoViewerChoosesWhatThePathIs(t *testing.T) {
	model, err := handshake.Open("testdata/several-apis.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path   string
		status int
		sees   string // of "path", or the reason
	}{
		{"/chat/x?path=/a&token=1&path=/b", 101, "[/x]"},
		{"/chat/x?path=/a&path=/b&PATH=/c&p%61th=/d&%zz=/e&+path=/f", 101, "[/x]"},
		{"/chat/path=%2Fy&path=/z", 101, "[/path=%2Fy&path=/z]"},
		{"/chat/__proto__?__proto__=1&constructor=2", 101, "[/__proto__]"},
		{"/%63hat/x", 400, "Write the path as /chat"},
		{"//chat/x", 400, "Write the path as /chat"},
		{"/a/../chat/x", 400, "Write the path as /chat"},
		{"/chat/x/../../chat/y", 400, "Write the path as /chat"},
		{"/chat/admin/../x", 400, "Write the path as /chat"},
		{"/chat/%2e%2e/chat/x", 400, "Write the path as /chat"},
		{"/chat/x/../admin", 400, "Write the path as /chat/admin"},
		{"/chat/x#y", 400, "Percent-encode"},
		{"/chat/x?token=y#z", 400, "Percent-encode"},
		{"/game/x#y", 400, "Percent-encode"},
		{"/chat/x?" + strings.Repeat("a&", 1000), 414, "More than 24 query string parameters."},
		{"/chat/x?" + strings.Repeat("%70ath=&", 1000), 414, "longer than API Gateway takes"},
		{"/game?" + strings.Repeat("a&", 3000), 414, "longer than API Gateway takes"},
	} {
		report, err := model.Play(handshake.Request{Path: tt.path, Header: http.Header{"Origin": {"https://app.example.com"}}})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case tt.status == 101 && report.Refusal != nil, tt.status != 101 && report.Refusal == nil:
			t.Errorf("%.40s: want %d, got %+v", tt.path, tt.status, report.Refusal)
		case tt.status == 101:
			if got := fmt.Sprint(report.Event.MultiValueQueryStringParameters["path"]); got != tt.sees {
				t.Errorf("%.40s: want $connect to see %s, got %s", tt.path, tt.sees, got)
			}
		case report.Refusal.Status != tt.status || !strings.Contains(report.Refusal.Reason, tt.sees):
			t.Errorf("%.40s: want %d and %q, got %+v", tt.path, tt.status, tt.sees, report.Refusal)
		}
	}
}

// What CloudFront would say of the templates before any handshake: quotas, and
// syntax that its JavaScript runtime does not take among them.
func TestTheGoldensHaveNoFindings(t *testing.T) {
	for _, name := range []string{"defaults", "every-prop", "several-apis"} {
		model, err := handshake.Open("testdata/"+name+".json", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range model.Check() {
			t.Errorf("%s: %s", name, finding)
		}
	}
}
