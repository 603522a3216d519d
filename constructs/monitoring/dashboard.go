package monitoring

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// body is the dashboard's, in CloudWatch's own form (CloudWatch User Guide,
// "Dashboard body structure and syntax"): a row for each layer, in the order in
// which a handshake meets them. A grid has 24 columns.
func (w watched) body(alarms []awscloudwatch.CfnAlarm) map[string]any {
	d := &board{}
	layers := "CloudFront"
	if w.webACL != "" {
		layers = "web ACL → " + layers
	}
	if len(w.functions) > 0 {
		layers = strings.Replace(layers, "CloudFront", "edge function → CloudFront", 1)
	}
	if len(w.apis) > 0 {
		layers += " → API"
	}
	d.row(3, text("## Can people connect, and if not, which layer refuses?\n"+layers+". The first row that is off its usual height is where to look; what its own errors do not explain was refused in the row above."))
	if len(alarms) > 0 {
		var arns []string
		for _, a := range alarms {
			arns = append(arns, *a.AttrArn())
		}
		d.row(3, map[string]any{"type": "alarm", "properties": map[string]any{"title": "Alarms", "alarms": arns}})
	}
	d.row(6,
		graph("CloudFront: requests", "", w.cloudFront("Requests", "Sum", "requests, a handshake each")),
		graph("CloudFront: refused and failed", "%", w.cloudFront("4xxErrorRate", "Average", "4xx"), w.cloudFront("5xxErrorRate", "Average", "5xx")),
		graph("CloudFront: bytes", "", w.cloudFront("BytesDownloaded", "Sum", "to viewers"), w.cloudFront("BytesUploaded", "Sum", "from viewers")),
	)
	if w.webACL != "" {
		d.row(6, graph("Web ACL: requests", "", w.acl("BlockedRequests", "blocked"), w.acl("CountedRequests", "counted"), w.acl("AllowedRequests", "allowed")))
	}
	for _, name := range w.functions {
		d.row(6,
			graph("Edge function: errors of "+name, "", function(name, "FunctionExecutionErrors", "Sum", "execution"),
				function(name, "FunctionValidationErrors", "Sum", "validation"), function(name, "FunctionThrottles", "Sum", "throttled")),
			graph("Edge function: compute utilization of "+name, "%", function(name, "FunctionComputeUtilization", "Average", "of the time allowed")),
		)
	}
	for _, api := range w.apis {
		at := api.id + "/" + api.stage + " in " + api.region
		d.row(6,
			graph("API: traffic of "+at, "", api.of("ConnectCount", "Sum", "connects"), api.of("MessageCount", "Sum", "messages")),
			graph("API: errors of "+at, "", api.of("ClientError", "Sum", "client: key, authorizer, around the edge"),
				api.of("IntegrationError", "Sum", "integration: the backend"), api.of("ExecutionError", "Sum", "execution: API Gateway")),
			graph("API: latency of "+at, "ms", api.of("IntegrationLatency", "p50", "integration, median"), api.of("IntegrationLatency", "p99", "integration, 99th percentile")),
		)
	}
	return map[string]any{"start": "-PT12H", "periodOverride": "inherit", "widgets": d.widgets}
}

// board places widgets, row below row.
type board struct {
	widgets []any
	y       int
}

func (b *board) row(height int, widgets ...map[string]any) {
	width := 24 / len(widgets)
	for i, widget := range widgets {
		widget["x"], widget["y"], widget["width"], widget["height"] = i*width, b.y, width, height
		b.widgets = append(b.widgets, widget)
	}
	b.y += height
}

func text(markdown string) map[string]any {
	return map[string]any{"type": "text", "properties": map[string]any{"markdown": markdown}}
}

// graph names the region of each metric, or CloudWatch would look in the
// dashboard's.
func graph(title, unit string, metrics ...metric) map[string]any {
	var lines []any
	for _, m := range metrics {
		line := []any{m.namespace, m.name}
		for _, d := range m.dimensions {
			line = append(line, d.name, d.value)
		}
		lines = append(lines, append(line, map[string]any{"stat": m.stat, "label": m.label, "region": m.region}))
	}
	axis := map[string]any{"min": 0, "showUnits": false}
	if unit != "" {
		axis["label"] = unit
	}
	return map[string]any{"type": "metric", "properties": map[string]any{
		"title": title, "view": "timeSeries", "region": metrics[0].region, "period": period,
		"metrics": lines, "yAxis": map[string]any{"left": axis},
	}}
}
