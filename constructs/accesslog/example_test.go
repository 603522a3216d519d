package accesslog_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"

	"github.com/websocket-distribution/websocket-distribution/constructs/accesslog"
	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
)

var (
	stack  awscdk.Stack
	stage  awsapigatewayv2.WebSocketStage
	socket *edge.WebSocketDistribution
)

func ExampleNewDistribution() {
	accesslog.NewDistribution(stack, "AccessLog", &accesslog.DistributionProps{
		Distribution:  socket.Distribution(),
		RetentionDays: 30,
	})
}

func ExampleNewStage() {
	accesslog.NewStage(stack, "ApiLog", &accesslog.StageProps{
		Stage:       stage,
		AccountRole: accesslog.RoleExists,
	})
}
