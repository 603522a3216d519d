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

func ExampleNewDistributionLog() {
	accesslog.NewDistributionLog(stack, "AccessLog", &accesslog.DistributionLogProps{
		Distribution:  socket.Distribution(),
		RetentionDays: 30,
	})
}

func ExampleNewStageLog() {
	accesslog.NewStageLog(stack, "ApiLog", &accesslog.StageLogProps{
		Stage:       stage,
		AccountRole: accesslog.RoleExists,
	})
}
