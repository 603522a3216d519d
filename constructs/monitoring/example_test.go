package monitoring_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/monitoring"
)

var (
	stack  awscdk.Stack
	socket *edge.WebSocketDistribution
)

func ExampleNew() {
	monitoring.New(stack, "Monitoring", &monitoring.Props{
		Distribution: socket.Distribution(),
		Behaviors:    socket.Behaviors(),
		Emails:       []string{"oncall@example.com"},
	})
}
