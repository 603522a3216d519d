package monitoring_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/monitoring"
	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	alarmType = "AWS::CloudWatch::Alarm"
	topicARN  = "arn:aws:sns:us-east-1:111122223333:oncall"
	// handshakeID is the name of the edge function as logical ids have it.
	handshakeID = "Test792484c0useast1"
)

// watched is the template of a monitoring with these props.
func watched(t *testing.T, props func(stack awscdk.Stack) monitoring.Props) cdktest.Template {
	t.Helper()
	stack := cdktest.NewStack(t)
	p := props(stack)
	monitoring.New(stack, "Monitoring", &p)
	return cdktest.Synth(t, stack)
}

func url(url string) edge.WebSocketBehaviorProps {
	return edge.WebSocketBehaviorProps{Origin: edge.FromURL(url, nil)}
}

// with are props for a distribution.
func with(stack awscdk.Stack, props monitoring.Props) *monitoring.Props {
	props.Distribution = edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: url("wss://abc.execute-api.eu-west-1.amazonaws.com/prod"),
	}).Distribution()
	return &props
}

// alone are props of a distribution and nothing else.
func alone(props monitoring.Props) func(awscdk.Stack) monitoring.Props {
	return func(stack awscdk.Stack) monitoring.Props { return *with(stack, props) }
}

// handshake is the name of the edge function of everything.
const handshake = "Test-792484c0-us-east-1"

// everything is all that can be watched: an API here, one in another region, the
// edge function of the first and the web ACL.
func everything(stack awscdk.Stack) monitoring.Props {
	here := url("wss://here.execute-api.us-east-1.amazonaws.com/live")
	here.RequireHandshake = true
	there := edge.NewWebSocketBehavior(stack, "There", &edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://there.execute-api.eu-west-1.amazonaws.com/prod", nil)})
	socket := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: here})
	return monitoring.Props{
		Distribution: socket.Distribution(), Behaviors: append(socket.Behaviors(), there),
		WebACL: webacl.New(stack, "Acl", nil), DashboardName: "chat",
	}
}

// changed is everything with a change.
func changed(change func(*monitoring.Props)) func(awscdk.Stack) monitoring.Props {
	return func(stack awscdk.Stack) monitoring.Props {
		props := everything(stack)
		change(&props)
		return props
	}
}

// bodyOf is the dashboard's body, with the names of resources in the place of what
// only a deploy knows.
func bodyOf(t *testing.T, tpl cdktest.Template) (body struct {
	Widgets []struct {
		Type                string
		X, Y, Width, Height int
		Properties          struct {
			Title, Markdown, Region string
			Metrics                 [][]any
			Alarms                  []string
		}
	}
}) {
	t.Helper()
	raw := ""
	value := tpl.Properties("AWS::CloudWatch::Dashboard")["DashboardBody"]
	if text, ok := value.(string); ok {
		raw = text
	} else {
		for _, part := range value.(map[string]any)["Fn::Join"].([]any)[1].([]any) {
			switch p := part.(type) {
			case string:
				raw += p
			case map[string]any:
				raw += strings.Trim(fmt.Sprint(slices.Collect(maps.Values(p))...), "[]")
			}
		}
	}
	if err := json.Unmarshal([]byte(raw), &body); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return body
}

func TestTheDashboardGoesThroughTheLayersInOrder(t *testing.T) {
	var titles []string
	for _, widget := range bodyOf(t, watched(t, everything)).Widgets {
		titles = append(titles, widget.Properties.Title)
	}
	want := []string{
		"", "Alarms", "CloudFront: requests", "CloudFront: refused and failed", "CloudFront: bytes", "Web ACL: requests",
		"Edge function: errors of " + handshake, "Edge function: compute utilization of " + handshake,
		"API: traffic of here/live in us-east-1", "API: errors of here/live in us-east-1", "API: latency of here/live in us-east-1",
		"API: traffic of there/prod in eu-west-1", "API: errors of there/prod in eu-west-1", "API: latency of there/prod in eu-west-1",
	}
	if !slices.Equal(titles, want) {
		t.Errorf("want %q\ngot  %q", want, titles)
	}
}

func TestWidgetsFillTheGridAndDoNotOverlap(t *testing.T) {
	taken := map[[2]int]string{}
	for _, w := range bodyOf(t, watched(t, everything)).Widgets {
		for x := w.X; x < w.X+w.Width; x++ {
			for y := w.Y; y < w.Y+w.Height; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x > 23 {
					t.Fatalf("%q at %d, %d is over %q", w.Properties.Title, x, y, other)
				}
				taken[[2]int{x, y}] = w.Properties.Title
			}
		}
	}
	if len(taken)%24 != 0 {
		t.Errorf("want full rows, got %d cells", len(taken))
	}
}

// Without a region, CloudWatch looks in that of the dashboard's widget.
func TestEachMetricNamesItsRegion(t *testing.T) {
	for _, widget := range bodyOf(t, watched(t, everything)).Widgets {
		for _, line := range widget.Properties.Metrics {
			want := "us-east-1"
			if slices.Contains(line, any("there")) {
				want = "eu-west-1"
			}
			if got := line[len(line)-1].(map[string]any)["region"]; got != want {
				t.Errorf("%v: want %s, got %v", line, want, got)
			}
			if line[0] == "AWS/CloudFront" && !slices.Contains(line, any("Global")) {
				t.Errorf("%v: want Region Global", line)
			}
		}
	}
}

func alarms(t *testing.T, tpl cdktest.Template) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	for id, resource := range *tpl.FindResources(jsii.String(alarmType), nil) {
		id = strings.TrimPrefix(id, "Monitoring")
		found[id[:len(id)-8]] = (*resource)["Properties"].(map[string]any)
	}
	return found
}

// An alarm cannot see metrics of another region, so there is none on "there".
func TestEachLayerHasItsAlarms(t *testing.T) {
	got := slices.Sorted(maps.Keys(alarms(t, watched(t, everything))))
	want := []string{"APIErrorsherelive", "APIRefusalsherelive", "Blocked", "ClientErrors", "FunctionErrors" + handshakeID, "FunctionUtilization" + handshakeID, "ServerErrors"}
	if !slices.Equal(got, want) {
		t.Errorf("want %q\ngot  %q", want, got)
	}
}

// An alarm keeps its id whatever is watched besides.
func TestAnAlarmIsKnownByWhatItWatches(t *testing.T) {
	of := func(stages ...string) []string {
		stack := cdktest.NewStack(t)
		props := everything(stack)
		for _, stage := range stages {
			id, name, _ := strings.Cut(stage, "/")
			if strings.HasPrefix(id, "token") {
				id = *awscdk.Fn_ImportValue(&id)
			}
			api := awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(stack, jsii.String("Api-"+stage[:4]+strings.ReplaceAll(stage, "/", "-")), &awsapigatewayv2.WebSocketApiAttributes{WebSocketId: &id})
			props.Stages = append(props.Stages, awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("Stage-"+strings.ReplaceAll(stage, "/", "-")), &awsapigatewayv2.WebSocketStageAttributes{Api: api, StageName: &name}))
		}
		monitoring.New(stack, "Monitoring", &props)
		return slices.Sorted(maps.Keys(alarms(t, cdktest.Synth(t, stack))))
	}
	first := of("token-a/live", "token-b/live", "known/live")
	if second := of("known/live", "token-b/live", "token-a/live"); !slices.Equal(first, second) {
		t.Errorf("in another order: want\n%q\ngot\n%q", first, second)
	}
	more := of("known/beta", "token-c/live", "token-a/live", "token-b/live", "known/live")
	for _, id := range first {
		if !slices.Contains(more, id) {
			t.Errorf("with further APIs in front: want %s kept, got %q", id, more)
		}
	}
	if len(more) != len(first)+4 {
		t.Errorf("want two alarms for each stage, got %q", more)
	}
}

// Several behaviors may go to one API.
func TestAnAPIIsWatchedOnce(t *testing.T) {
	once, twice := watched(t, everything), watched(t, changed(func(p *monitoring.Props) { p.Behaviors = append(p.Behaviors, p.Behaviors...) }))
	if got, want := alarms(t, twice), alarms(t, once); len(got) != len(want) {
		t.Errorf("want %d alarms, got %d", len(want), len(got))
	}
}

func TestAlarmsDoNotCryWolf(t *testing.T) {
	for id, alarm := range alarms(t, watched(t, everything)) {
		if alarm["TreatMissingData"] != "notBreaching" || alarm["EvaluationPeriods"] != 4.0 || alarm["DatapointsToAlarm"] != 3.0 {
			t.Errorf("%s: want three bad periods of four, and missing data to be good, got %v", id, alarm)
		}
		queries := alarm["Metrics"].([]any)
		if got := fmt.Sprint(queries[0].(map[string]any)["Expression"]); !strings.HasPrefix(got, "IF(") || !strings.Contains(got, " >= 20, ") {
			t.Errorf("%s: want a share of at least 20 requests, got %s", id, got)
		}
		for _, query := range queries[1:] {
			if got := query.(map[string]any)["MetricStat"].(map[string]any)["Period"]; got != 300.0 {
				t.Errorf("%s: want five minutes, got %v", id, got)
			}
		}
	}
}

func TestAnAlarmSaysWhatToLookAtFirst(t *testing.T) {
	for id, alarm := range alarms(t, watched(t, everything)) {
		text := alarm["AlarmDescription"].(string)
		if !strings.Contains(text, "Look first at") || !strings.Contains(text, "Runbook: ") || len(text) > 1024 {
			t.Errorf("%s: got %q", id, text)
		}
	}
}

func TestTheRunbookHasWhatAlarmsPointAt(t *testing.T) {
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	for id, alarm := range alarms(t, watched(t, everything)) {
		_, heading, _ := strings.Cut(alarm["AlarmDescription"].(string), "Runbook: ")
		if heading = strings.TrimSuffix(heading, "."); !strings.Contains(string(runbook), "\n## "+heading+"\n") {
			t.Errorf("%s: no heading %q", id, heading)
		}
	}
}

// Every metric of an expression is there, and none is there for nothing.
func TestAnExpressionUsesEachOfItsMetrics(t *testing.T) {
	for id, alarm := range alarms(t, watched(t, everything)) {
		queries := alarm["Metrics"].([]any)
		expression := queries[0].(map[string]any)["Expression"].(string)
		for i := range queries[1:] {
			if !strings.Contains(expression, fmt.Sprintf("m%d", i)) {
				t.Errorf("%s: m%d is not in %s", id, i, expression)
			}
		}
		if strings.Contains(expression, fmt.Sprintf("m%d", len(queries)-1)) {
			t.Errorf("%s: no metric for all of %s", id, expression)
		}
	}
}

func TestThresholdsAreProps(t *testing.T) {
	found := alarms(t, watched(t, changed(func(p *monitoring.Props) {
		p.ServerErrorPercent, p.ClientErrorPercent, p.BlockedPercent, p.MinRequests = 1, 2, 3, 7
	})))
	for id, want := range map[string]float64{"ServerErrors": 1, "FunctionErrors" + handshakeID: 1, "APIErrorsherelive": 1, "ClientErrors": 2, "APIRefusalsherelive": 2, "Blocked": 3, "FunctionUtilization" + handshakeID: 80} {
		if got := found[id]["Threshold"]; got != want {
			t.Errorf("%s: want %v, got %v", id, want, got)
		}
		if got := fmt.Sprint(found[id]["Metrics"]); !strings.Contains(got, ">= 7") {
			t.Errorf("%s: want 7 requests, got %s", id, got)
		}
	}
}

func TestEmailsAreToldByATopicOfItsOwn(t *testing.T) {
	tpl := watched(t, alone(monitoring.Props{Emails: []string{"oncall@example.com"}}))
	tpl.Has("AWS::SNS::Topic", map[string]any{"Subscription": []any{map[string]any{"Protocol": "email", "Endpoint": "oncall@example.com"}}})
	policy := fmt.Sprint(tpl.Properties("AWS::SNS::TopicPolicy"))
	for _, want := range []string{"Service:cloudwatch.amazonaws.com", "aws:SourceAccount", "aws:SecureTransport:false"} {
		if !strings.Contains(policy, want) {
			t.Errorf("want %s in %s", want, policy)
		}
	}
	for id, alarm := range alarms(t, tpl) {
		for _, key := range []string{"AlarmActions", "OKActions"} {
			if got := fmt.Sprint(alarm[key]); !strings.HasPrefix(got, "[map[Ref:MonitoringTopic") {
				t.Errorf("%s: want %s to the topic, got %s", id, key, got)
			}
		}
	}
}

func TestActionsOfYoursAreTold(t *testing.T) {
	tpl := watched(t, alone(monitoring.Props{Actions: []string{topicARN}}))
	tpl.Count("AWS::SNS::Topic", 0)
	for id, alarm := range alarms(t, tpl) {
		if got := fmt.Sprint(alarm["AlarmActions"], alarm["OKActions"]); got != "["+topicARN+"] ["+topicARN+"]" {
			t.Errorf("%s: got %s", id, got)
		}
	}
}

func TestTheDashboardCanBeAlone(t *testing.T) {
	tpl := watched(t, changed(func(p *monitoring.Props) { p.DisableAlarms = true }))
	tpl.Count(alarmType, 0)
	tpl.Count("AWS::SNS::Topic", 0)
	tpl.Has("AWS::CloudWatch::Dashboard", map[string]any{"DashboardName": "chat"})
	for _, widget := range bodyOf(t, tpl).Widgets {
		if widget.Type == "alarm" {
			t.Error("want no list of alarms")
		}
	}
}

func TestEveryProblemOfAMonitoringIsReportedAtOnce(t *testing.T) {
	stack := cdktest.NewStack(t)
	text := cdktest.Panics(t, func() {
		monitoring.New(stack, "Monitoring", &monitoring.Props{
			Behaviors: []*edge.WebSocketBehavior{nil}, Stages: []interfacesawsapigatewayv2.IStageRef{nil}, DashboardName: "a b", Emails: []string{"oncall", "a@example.com", "A@example.com"},
			Actions: []string{"topic"}, DisableAlarms: true, ServerErrorPercent: 100, ClientErrorPercent: -1, BlockedPercent: 101, MinRequests: -1,
		})
	})
	want := `Monitoring "Monitoring": Distribution: is required; pass the distribution to watch
Behaviors[0]: must be a behavior, got nil; drop it
Stages[0]: must be a stage, got nil; drop it
DashboardName: must be 1 to 255 letters, digits, hyphens and underscores, got "a b"; use those only
Emails[0]: must be an e-mail address, got "oncall"; write one such as oncall@example.com
Emails[2]: repeats "A@example.com"; drop one
Actions[0]: must be the ARN of what an alarm tells, got "topic"; write one such as arn:aws:sns:us-east-1:account:topic
Emails: cannot be set with Actions; subscribe the addresses to your topic
DisableAlarms: cannot be set with Emails and Actions; drop one, there are no alarms to tell of
ServerErrorPercent: must be from 1 to 99, got 100
ClientErrorPercent: must be from 1 to 99, got -1
BlockedPercent: must be from 1 to 99, got 101
MinRequests: must be from 1 to 2147483647, got -1`
	if text != want {
		t.Errorf("want\n%s\ngot\n%s", want, text)
	}
	if n := len(*stack.Node().Children()); n != 0 {
		t.Errorf("want nothing defined, got %d constructs", n)
	}
}

func TestMonitoringIsWhereTheMetricsOfCloudFrontAre(t *testing.T) {
	stack := awscdk.NewStack(cdktest.NewApp(t), jsii.String("Test"), &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("eu-west-1")}})
	cdktest.Panics(t, func() { monitoring.New(stack, "Monitoring", with(stack, monitoring.Props{})) },
		`Monitoring "Monitoring": needs a stack in us-east-1`)
}

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	cdktest.IsConstruct(t, "AWS::SNS::Topic", func(stack awscdk.Stack, id string) constructs.Construct {
		return monitoring.New(stack, id, with(stack, monitoring.Props{Emails: []string{"oncall@example.com"}}))
	})
}

func TestWhatAMonitoringGivesAway(t *testing.T) {
	stack := cdktest.NewStack(t)
	m := monitoring.New(stack, "Monitoring", with(stack, monitoring.Props{}))
	if len(m.Alarms()) != 2 || m.Topic() != nil || m.Dashboard() == nil {
		t.Errorf("got %d alarms, %v, %v", len(m.Alarms()), m.Topic(), m.Dashboard())
	}
}

// The golden pins the logical ids and the body. internal/drawdashboard draws
// docs/dashboard.svg from it.
func TestTheTemplateOfAMonitoring(t *testing.T) {
	watched(t, changed(func(p *monitoring.Props) { p.Emails = []string{"oncall@example.com"} })).Golden("everything")
}
