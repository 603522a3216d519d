package handshake

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

func TestOptionsForAPIsOutsideTheTemplateAreChecked(t *testing.T) {
	t.Parallel()
	const host = "abcdef1234.execute-api.eu-west-1.amazonaws.com"
	allow := func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return policy("Allow", "*"), nil
	}
	for name, c := range map[string]struct {
		base    string
		options Options
		want    string // "" for options that are taken
	}{
		"a stage and a key":         {"external", Options{APIs: map[string]ExternalAPI{host: {Stage: "prod", KeyRequired: true, Keys: []string{"k"}}}}, ""},
		"a host in capitals":        {"external", Options{APIs: map[string]ExternalAPI{strings.ToUpper(host): {Stage: "prod"}}}, ""},
		"an authorizer":             {"external", Options{Authorizer: allow}, ""},
		"a misspelt host":           {"external", Options{APIs: map[string]ExternalAPI{"abcdef1235.execute-api.eu-west-1.amazonaws.com": {}}}, "no origin of the template names this host"},
		"a URL":                     {"external", Options{APIs: map[string]ExternalAPI{"wss://" + host: {}}}, "must be the host name"},
		"keys without KeyRequired":  {"external", Options{APIs: map[string]ExternalAPI{host: {Keys: []string{"k"}}}}, "set KeyRequired"},
		"an empty key":              {"external", Options{APIs: map[string]ExternalAPI{host: {KeyRequired: true, Keys: []string{""}}}}, "empty key"},
		"a path as stage":           {"external", Options{APIs: map[string]ExternalAPI{host: {Stage: "prod/x"}}}, "bad Stage"},
		"the template's own API":    {"owned", Options{APIs: map[string]ExternalAPI{"pingapi.execute-api.us-east-1.amazonaws.com": {}}}, "API PingApi of the template"},
		"an authorizer for nobody":  {"owned", Options{Authorizer: allow}, ""}, // an edge function may choose another API
		"an authorizer of its own":  {"authorizer", Options{Authorizer: allow}, ""},
		"two mistakes, both named ": {"external", Options{APIs: map[string]ExternalAPI{host: {Stage: "a b", Keys: []string{"k"}}}}, "set KeyRequired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := document(t, c.base)
			_, err := Parse(&d, &c.options)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	d := document(t, "authorizer")
	props(d, "ChatConnect")["AuthorizationType"] = "NONE"
	if _, err := Parse(&d, &Options{Authorizer: allow}); err == nil || !strings.Contains(err.Error(), "Authorizer has no effect") {
		t.Errorf("an authorizer that nothing asks: %v", err)
	}
}
