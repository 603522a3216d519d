package apigateway

import "strings"

// checkDeployments finds deployments that fail, or that do not have all routes.
func checkDeployments(c *checker) {
	for _, d := range c.parts("AWS::ApiGatewayV2::Deployment") {
		checkDeploymentOrder(c, d)
		if name := d.Text("StageName"); name != "" {
			checkDeploymentStage(c, d, name)
		}
	}
	deployments := c.named("AWS::ApiGatewayV2::Deployment", "DeploymentId")
	for _, s := range c.parts("AWS::ApiGatewayV2::Stage") {
		if d, ok := deployments[s.Text("DeploymentId")]; ok && d.api != s.api && d.Known("ApiId") {
			c.add(DeploymentStage, s, "DeploymentId", "name a deployment of "+s.api.id, "stage %s of API %s has the deployment %s, which is of another API", s.id, s.api.id, d.id)
		}
	}
}

// checkDeploymentOrder compares a deployment with the routes that are there before it.
func checkDeploymentOrder(c *checker, d resource) {
	var before, after []string
	connect := false
	there, done := c.order.Before(d.Resource)
	if !done {
		return
	}
	for _, route := range d.api.routes {
		if there[route.id] {
			before = append(before, route.id)
			continue
		}
		after = append(after, route.id)
		connect = connect || route.key == "$connect"
	}
	fix := "add DependsOn to " + d.id + ": " + strings.Join(after, ", ")
	switch {
	case len(before)+len(after) == 0 || len(after) == 0:
		if len(before) == 0 && len(c.of("AWS::CloudFormation::Stack")) == 0 {
			c.found.AddFixed(DeploymentOrder, d.Place, "add a route, and DependsOn it", "API %s has no route, and a deployment needs one", d.api.id)
		}
	case len(before) == 0:
		c.found.AddFixed(DeploymentOrder, d.Place, fix,
			"deployment %s depends on none of the routes of API %s, so it may be created before them: \"At least one route is required before deploying the Api\"", d.id, d.api.id)
	case connect:
		c.found.AddFixed(DeploymentPartial, d.Place, fix,
			"deployment %s does not depend on the $connect route of API %s, so it may be without it: handshakes then get through without its key, authorizer and integration", d.id, d.api.id)
	default:
		c.found.AddFixed(DeploymentPartial, d.Place, fix, "deployment %s does not depend on %s, so it may be without them", d.id, strings.Join(after, ", "))
	}
}

// checkDeploymentStage compares a deployment with the stage that it names.
func checkDeploymentStage(c *checker, d resource, name string) {
	stage := d.api.stage(name)
	switch {
	case stage == nil && d.api.stage("") != nil: // it may be this one
	case stage == nil:
		c.add(DeploymentStage, d, "StageName", "name a stage of the API, or remove StageName and set DeploymentId on the stage",
			"deployment %s names the stage %s, which API %s does not have", d.id, name, d.api.id)
	case c.order.Follows(stage.Resource, d.Resource):
		c.add(DeploymentStage, d, "StageName", "remove StageName: the stage has the deployment already", "deployment %s names the stage %s, which is created after it (from it): the stage has to exist before", d.id, name)
	case !c.order.Follows(d.Resource, stage.Resource):
		c.add(Order, d, "StageName", "add DependsOn: "+stage.id+" to "+d.id, "deployment %s names the stage %s and does not depend on it, so it may be created before the stage", d.id, name)
	}
}
