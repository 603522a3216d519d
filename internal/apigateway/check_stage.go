package apigateway

import (
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// logDestination is an ARN that access logs go to: a log group, or a Firehose stream
// with the name that API Gateway asks for.
var logDestination = regexp.MustCompile(`^arn:[a-z-]+:(logs:[^:]*:[^:]*:log-group:\S+|firehose:[^:]*:[^:]*:deliverystream/amazon-apigateway-\S+)$`)

// checkStages finds stages that API Gateway does not take.
func checkStages(c *checker) {
	taken := map[string]string{} // API and name → logical id
	for _, r := range c.parts("AWS::ApiGatewayV2::Stage") {
		name := r.Text("StageName")
		if name != "" {
			if err := rules.StageName(name); err != nil {
				c.add(StageName, r, "StageName", "name the stage by letters, digits, - and _, and put the name into the URL or OriginPath", "the stage of a WebSocket API %v", err)
			}
			key := r.api.id + "/" + name
			if other, twice := taken[key]; twice {
				c.add(StageName, r, "StageName", "give each stage a name of its own", "the stages %s and %s of API %s have the same name %s", other, r.id, r.api.id, name)
			}
			taken[key] = r.id
		}
		if r.Flag("AutoDeploy", false) && r.Has("DeploymentId") {
			c.add(DeploymentStage, r, "DeploymentId", "remove DeploymentId, or AutoDeploy", "stage %s has AutoDeploy and a DeploymentId; with AutoDeploy API Gateway chooses the deployment", r.id)
		}
		checkRouteSettings(c, r)
		checkLogs(c, r)
	}
}

// checkRouteSettings finds settings of routes that are not there.
func checkRouteSettings(c *checker, r resource) {
	if len(r.api.routes) == 0 || r.api.route("") != nil {
		return // the routes are not known
	}
	for key := range cfn.Object(r.Value("RouteSettings")) {
		if r.api.route(key) == nil {
			c.add(RouteSettings, r, "RouteSettings", "name a route of the API, or remove the entry", "stage %s has settings for the route %s, which API %s does not have", r.id, key, r.api.id)
		}
	}
}

// checkLogs finds what the logs of a stage need.
func checkLogs(c *checker, r resource) {
	logs := r.Child("AccessLogSettings")
	destination := logs.Text("DestinationArn")
	if destination != "" && !strings.Contains(destination, "{{resolve:") && !logDestination.MatchString(destination) {
		c.add(LogDestination, r, "AccessLogSettings.DestinationArn", "give the ARN of a log group, or of a Firehose stream named amazon-apigateway-…",
			"stage %s logs to %q, which is neither the ARN of a log group nor of a Firehose stream named amazon-apigateway-…", r.id, destination)
	}
	level := r.Child("DefaultRouteSettings").Text("LoggingLevel")
	if logs.Empty() && (level == "" || level == "OFF") {
		return
	}
	accounts := c.of("AWS::ApiGateway::Account")
	switch {
	case len(accounts) == 0:
		c.add(LogRole, r, "AccessLogSettings", "make sure that the account has a CloudWatch role for API Gateway in this region (AWS::ApiGateway::Account)",
			"stage %s writes logs; the deploy fails unless the account has a CloudWatch role for API Gateway, and the template sets none", r.id)
	case accounts[0].absent("CloudWatchRoleArn"):
		c.add(LogRole, accounts[0], "CloudWatchRoleArn", "set CloudWatchRoleArn", "stage %s writes logs, and %s sets no CloudWatch role", r.id, accounts[0].id)
	case !c.order.Follows(r.Resource, accounts[0].Resource):
		c.add(LogRole, r, "AccessLogSettings", "add DependsOn: "+accounts[0].id+" to "+r.id,
			"stage %s writes logs and does not depend on %s, so it may be created before the CloudWatch role is set", r.id, accounts[0].id)
	}
}
