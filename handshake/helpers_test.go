package handshake

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// load reads a base template of testdata.
func load(t testing.TB, base string) *Model {
	t.Helper()
	template, err := Open(filepath.Join("testdata", base+".json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// document is a base template, decoded.
func document(t testing.TB, base string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", base+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// parse reads a base template and changes it.
func parse(t testing.TB, base string, change func(d map[string]any), options *Options) *Model {
	t.Helper()
	d := document(t, base)
	change(d)
	template, err := Parse(&d, options)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// props are the properties of a resource.
func props(d map[string]any, id string) map[string]any {
	return object(object(object(d["Resources"])[id])["Properties"])
}

// config is the distribution's configuration.
func config(d map[string]any) map[string]any {
	for _, r := range object(d["Resources"]) {
		if object(r)["Type"] == "AWS::CloudFront::Distribution" {
			return object(object(object(r)["Properties"])["DistributionConfig"])
		}
	}
	return nil
}

// origin0 is the distribution's first origin.
func origin0(d map[string]any) map[string]any { return object(list(config(d)["Origins"])[0]) }

// played plays one handshake; nil is the default one.
func played(t testing.TB, m *Model, request *Request) *Report {
	t.Helper()
	if request == nil {
		request = &Request{}
	}
	report, err := m.Play(*request)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// way plays one handshake against a changed base.
func way(t *testing.T, base string, request *Request, options *Options, change func(d map[string]any)) *Report {
	t.Helper()
	if change == nil {
		change = func(map[string]any) {}
	}
	return played(t, parse(t, base, change, options), request)
}

// sent is a header of an event in any case, "" when there is none.
func sent(e *events.APIGatewayWebsocketProxyRequest, name string) string {
	for n, v := range e.Headers {
		if strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

// answering is a handler that answers every route with a status and a subprotocol.
func answering(status int, subprotocol string) *Options {
	return &Options{Handler: func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		answer := events.APIGatewayProxyResponse{StatusCode: status}
		if subprotocol != "" {
			answer.Headers = map[string]string{"sec-websocket-protocol": subprotocol}
		}
		return answer, nil
	}}
}

// object and list are decoded JSON.
func object(v any) map[string]any { return cfn.Object(v) }
func list(v any) []any            { return cfn.List(v) }
