package monitoring

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// period is that of all metrics, in seconds: CloudFront's arrive each minute, and
// five of them smooth a quiet night.
const period = 300

// metric is a metric with the region in which it is, which is not always the
// stack's.
type metric struct {
	namespace, name string
	dimensions      []dimension
	region          string
	stat            string
	label           string
}

type dimension struct{ name, value string }

// watched is what the metrics are of.
type watched struct {
	distribution string
	apis         []api
	functions    []string
	webACL       string
	region       string
}

// api is a stage of a WebSocket API, as its metrics name it.
type api struct{ id, stage, region string }

// watched is what the props name, each thing once.
func (p *Props) watched(region string) watched {
	w := watched{distribution: *p.Distribution.DistributionRef().DistributionId, region: region}
	add := func(id, stage, region string) {
		if a := (api{id, stage, region}); id != "" && !slices.Contains(w.apis, a) {
			w.apis = append(w.apis, a)
		}
	}
	for _, behavior := range p.Behaviors {
		for _, function := range behavior.Functions() {
			if name := *function.FunctionName(); !slices.Contains(w.functions, name) {
				w.functions = append(w.functions, name)
			}
		}
		add(behavior.API())
	}
	for _, stage := range p.Stages {
		ref := stage.StageRef()
		add(*ref.ApiId, *ref.StageName, *stage.Env().Region)
	}
	if p.WebACL != nil {
		w.webACL = p.WebACL.MetricName()
	}
	return w
}

// cloudFront is a metric of the distribution, in us-east-1 wherever the API is
// (CloudFront Developer Guide, "Types of metrics for CloudFront").
func (w watched) cloudFront(name, stat, label string) metric {
	return metric{"AWS/CloudFront", name, []dimension{{"DistributionId", w.distribution}, {"Region", "Global"}}, "us-east-1", stat, label}
}

func function(function, name, stat, label string) metric {
	return metric{"AWS/CloudFront", name, []dimension{{"FunctionName", function}, {"Region", "Global"}}, "us-east-1", stat, label}
}

// acl is a metric of all rules of the web ACL. Those of CloudFront scope have no
// dimension Region (AWS WAF Developer Guide, "AWS WAF metrics and dimensions").
func (w watched) acl(name, label string) metric {
	return metric{"AWS/WAFV2", name, []dimension{{"Rule", "ALL"}, {"WebACL", w.webACL}}, "us-east-1", "Sum", label}
}

// of is a metric of the API (API Gateway Developer Guide, "Monitor WebSocket API
// execution with CloudWatch metrics").
func (a api) of(name, stat, label string) metric {
	return metric{"AWS/ApiGateway", name, []dimension{{"ApiId", a.id}, {"Stage", a.stage}}, a.region, stat, label}
}

// alarm is an alarm on a share, in percent, or on a value.
type alarm struct {
	id, description string
	metrics         []metric // m0, m1 …
	expression      string   // of the metrics above
	label           string
	threshold       int
}

// alarms are those of what is watched. A share counts only with enough requests
// behind it; three periods of four must be bad; no data is good. That FILL gives a
// value for a metric that has none in the whole range, as public alarms use it, is
// inferred.
func (w watched) alarms(scope constructs.Construct, p Props) []alarm {
	enough := func(requests, share string) string {
		return fmt.Sprintf("IF(%s >= %d, %s, 0)", requests, p.MinRequests, share)
	}
	all := []alarm{
		{
			id: "ServerErrors", label: "5xx answers, percent", threshold: p.ServerErrorPercent,
			description: "CloudFront answers handshakes with 5xx. Look first at the dashboard's row of the API: integration errors are the backend, none are CloudFront's way to it. Runbook: 502 and 504.",
			metrics:     []metric{w.cloudFront("5xxErrorRate", "Average", ""), w.cloudFront("Requests", "Sum", "")},
			expression:  enough("m1", "m0"),
		},
		{
			id: "ClientErrors", label: "4xx answers, percent", threshold: p.ClientErrorPercent,
			description: "Most handshakes are refused with 4xx. Look first at which row of the dashboard rises with it: web ACL, API (a key that does not match), or neither (edge function: origin of the page). Runbook: First, which layer?",
			metrics:     []metric{w.cloudFront("4xxErrorRate", "Average", ""), w.cloudFront("Requests", "Sum", "")},
			expression:  enough("m1", "m0"),
		},
	}
	if w.webACL != "" {
		all = append(all, alarm{
			id: "Blocked", label: "requests blocked, percent", threshold: p.BlockedPercent,
			description: "The web ACL blocks most requests. Look first at its sampled requests: one address and one rule is an attack that is held off, many addresses and one rule is a rule that is wrong. Runbook: 403 with HTML.",
			// Of CloudFront's requests, which are there even where all are blocked.
			metrics:    []metric{w.acl("BlockedRequests", ""), w.cloudFront("Requests", "Sum", "")},
			expression: enough("m1", "100 * m0 / m1"),
		})
	}
	for _, name := range w.functions {
		suffix := "-" + token.Name(scope, name)
		all = append(all, alarm{
			id: "FunctionErrors" + suffix, label: "function errors, percent", threshold: p.ServerErrorPercent,
			description: "The edge function " + name + " fails. Look first at its log group in us-east-1, /aws/cloudfront/function/, and at what was deployed last. Runbook: 502 and 504.",
			metrics: []metric{
				function(name, "FunctionExecutionErrors", "Sum", ""), function(name, "FunctionValidationErrors", "Sum", ""),
				function(name, "FunctionThrottles", "Sum", ""), function(name, "FunctionInvocations", "Sum", ""),
			},
			expression: enough("m3", "100 * (FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0)) / m3"),
		}, alarm{
			id: "FunctionUtilization" + suffix, label: "compute utilization, percent", threshold: 80,
			description: "The edge function " + name + " is near the time that CloudFront gives it, and will be throttled. Look first at how long its list of origins is. Runbook: 502 and 504.",
			metrics:     []metric{function(name, "FunctionComputeUtilization", "Average", ""), function(name, "FunctionInvocations", "Sum", "")},
			expression:  enough("m1", "m0"),
		})
	}
	for _, api := range w.apis {
		if api.region != w.region {
			continue // an alarm watches metrics of its own region only
		}
		// By name and not by number, so that one more in front replaces no alarm.
		suffix := "-" + token.Name(scope, api.id) + "-" + token.Name(scope, api.stage)
		all = append(all, alarm{
			id: "APIErrors" + suffix, label: "failed integrations, percent", threshold: p.ServerErrorPercent,
			description: "The API's integrations fail. Look first at the backend of $connect and at the API's log: integrationError says why. Runbook: 502 and 504.",
			metrics: []metric{
				api.of("IntegrationError", "Sum", ""), api.of("ExecutionError", "Sum", ""),
				api.of("ConnectCount", "Sum", ""), api.of("MessageCount", "Sum", ""),
			},
			expression: enough("FILL(m2, 0) + FILL(m3, 0)", "100 * (FILL(m0, 0) + FILL(m1, 0)) / (FILL(m2, 0) + FILL(m3, 0))"),
		}, alarm{
			id: "APIRefusals" + suffix, label: "refused by the API, percent", threshold: p.ClientErrorPercent,
			description: "The API refuses most connects: the key does not match, the authorizer denies, or clients go around CloudFront. Look first at whether CloudFront's 4xx rises too: if not, they go around. Runbook: 403 with ForbiddenException.",
			metrics:     []metric{api.of("ClientError", "Sum", ""), api.of("ConnectCount", "Sum", "")},
			expression:  enough("FILL(m0, 0) + FILL(m1, 0)", "100 * FILL(m0, 0) / (FILL(m0, 0) + FILL(m1, 0))"),
		})
	}
	return all
}

// define is where an alarm's Go values become those of the CDK.
func (a alarm) define(m *Monitoring, actions []string) awscloudwatch.CfnAlarm {
	queries := []any{&awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: jsii.String("share"), Expression: &a.expression, Label: &a.label, ReturnData: jsii.Bool(true),
	}}
	for i, metric := range a.metrics {
		var dimensions []any
		for _, d := range metric.dimensions {
			dimensions = append(dimensions, &awscloudwatch.CfnAlarm_DimensionProperty{Name: &d.name, Value: &d.value})
		}
		queries = append(queries, &awscloudwatch.CfnAlarm_MetricDataQueryProperty{
			Id: jsii.String(fmt.Sprintf("m%d", i)), ReturnData: jsii.Bool(false),
			MetricStat: &awscloudwatch.CfnAlarm_MetricStatProperty{
				Metric: &awscloudwatch.CfnAlarm_MetricProperty{Namespace: &metric.namespace, MetricName: &metric.name, Dimensions: dimensions},
				Period: jsii.Number(period), Stat: &metric.stat,
			},
		})
	}
	props := &awscloudwatch.CfnAlarmProps{
		AlarmDescription:   &a.description,
		Metrics:            queries,
		ComparisonOperator: jsii.String("GreaterThanThreshold"),
		Threshold:          jsii.Number(a.threshold),
		EvaluationPeriods:  jsii.Number(4),
		DatapointsToAlarm:  jsii.Number(3),
		TreatMissingData:   jsii.String("notBreaching"),
	}
	if len(actions) > 0 {
		var told []any
		for _, action := range actions {
			told = append(told, action)
		}
		props.AlarmActions, props.OkActions = &told, &told
	}
	return awscloudwatch.NewCfnAlarm(m, &a.id, props)
}
