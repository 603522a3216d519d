package main

import (
	"context"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

func connect(path string, forwardedFor ...string) events.APIGatewayWebsocketProxyRequest {
	return events.APIGatewayWebsocketProxyRequest{
		QueryStringParameters: map[string]string{"path": path},
		MultiValueHeaders:     map[string][]string{"X-Forwarded-For": forwardedFor},
		RequestContext: events.APIGatewayWebsocketProxyRequestContext{
			RouteKey: "$connect",
			Identity: events.APIGatewayRequestIdentity{SourceIP: "192.0.2.10"},
		},
	}
}

func TestThePathDecidesWhoMayConnect(t *testing.T) {
	for path, want := range map[string]int{
		"/rooms/42": 200,
		"/rooms/":   404,
		"/":         404,
		"":          404,
	} {
		response, err := handle(context.Background(), connect(path))
		if err != nil || response.StatusCode != want {
			t.Errorf("%q: want %d, got %d (%v)", path, want, response.StatusCode, err)
		}
	}
}

func TestAMessageIsAnswered(t *testing.T) {
	request := events.APIGatewayWebsocketProxyRequest{Body: "hello"}
	request.RequestContext.RouteKey = "$default"
	response, err := handle(context.Background(), request)
	if err != nil || response.StatusCode != 200 || response.Body != "hello" {
		t.Errorf("want the message back, got %+v (%v)", response, err)
	}
}

func TestTheViewersAddressIsWhatCloudFrontAdded(t *testing.T) {
	for name, tt := range map[string]struct {
		forwardedFor []string
		want         string
	}{
		"viewer, then CloudFront":            {[]string{"198.51.100.7, 192.0.2.10"}, "198.51.100.7"},
		"in two headers":                     {[]string{"198.51.100.7", "192.0.2.10"}, "198.51.100.7"},
		"without CloudFront's own":           {[]string{"198.51.100.7"}, "198.51.100.7"},
		"by IPv6":                            {[]string{"2001:db8::7, 192.0.2.10"}, "2001:db8::7"},
		"one that the viewer made up before": {[]string{"203.0.113.9, 198.51.100.7, 192.0.2.10"}, "198.51.100.7"},
		"none":                               {nil, "192.0.2.10"},
		"CloudFront's own alone":             {[]string{"192.0.2.10"}, "192.0.2.10"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := viewerAddress(connect("/rooms/42", tt.forwardedFor...)); got != tt.want {
				t.Errorf("want %s, got %s", tt.want, got)
			}
		})
	}
}
