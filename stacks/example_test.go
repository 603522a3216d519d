package stacks_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/stacks"
)

// Another app gets the whole stack in one line: distribution, edge function, web
// ACL, dashboard and alarms, in front of an API that lives elsewhere.
func ExampleNewWebSocket() {
	app := awscdk.NewApp(nil)
	stacks.NewWebSocket(app, stacks.Environment{
		Name:       "chat",
		Behavior:   stacks.Behavior{APIURL: "wss://abc.execute-api.eu-west-1.amazonaws.com/prod", PathParameter: "path"},
		WebACL:     &stacks.WebACL{RateLimit: 300},
		Monitoring: &stacks.Monitoring{Emails: []string{"oncall@example.com"}},
	})
	app.Synth(nil)
}
