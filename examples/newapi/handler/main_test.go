package main

import (
	"context"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

func connect(path string, headers map[string][]string) events.APIGatewayWebsocketProxyRequest {
	return events.APIGatewayWebsocketProxyRequest{
		QueryStringParameters: map[string]string{"path": path},
		MultiValueHeaders:     headers,
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
		response, err := handle(context.Background(), connect(path, nil))
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

func TestTheViewersAddressIsWhatCloudFrontWrote(t *testing.T) {
	const header = "CloudFront-Viewer-Address"
	for name, tt := range map[string]struct {
		headers map[string][]string
		want    string
	}{
		"IPv4":               {map[string][]string{header: {"198.51.100.7:46532"}}, "198.51.100.7"},
		"IPv6":               {map[string][]string{header: {"2001:db8::7:46532"}}, "2001:db8::7"},
		"IPv6, every group":  {map[string][]string{header: {"2001:db8:1:2:3:4:5:6:443"}}, "2001:db8:1:2:3:4:5:6"},
		"IPv6 with brackets": {map[string][]string{header: {"[2001:db8::7]:46532"}}, "2001:db8::7"},
		"in lower case":      {map[string][]string{"cloudfront-viewer-address": {"198.51.100.7:46532"}}, "198.51.100.7"},
		"beside a forged X-Forwarded-For": {map[string][]string{header: {"198.51.100.7:46532"},
			"X-Forwarded-For": {"203.0.113.9, 198.51.100.7, 192.0.2.10"}}, "198.51.100.7"},

		"a forged X-Forwarded-For alone": {map[string][]string{"X-Forwarded-For": {"203.0.113.9"}}, ""},
		"twice":                          {map[string][]string{header: {"203.0.113.9:1", "198.51.100.7:46532"}}, ""},
		"twice, in two spellings":        {map[string][]string{header: {"203.0.113.9:1"}, "cloudfront-viewer-address": {"198.51.100.7:46532"}}, ""},
		"without a port":                 {map[string][]string{header: {"198.51.100.7"}}, ""},
		"no address":                     {map[string][]string{header: {"localhost:80"}}, ""},
		"a list":                         {map[string][]string{header: {"203.0.113.9, 198.51.100.7:46532"}}, ""},
		"none":                           {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, known := viewerAddress(connect("/rooms/42", tt.headers))
			if known != (tt.want != "") || known && got.String() != tt.want {
				t.Errorf("want %q, got %s (%t)", tt.want, got, known)
			}
		})
	}
}
