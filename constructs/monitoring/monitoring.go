// Package monitoring answers "can people connect, and if not, which layer refuses":
// a dashboard that goes through the layers in the order in which a handshake meets
// them, and alarms on each. See the example of [New].
package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/token"
)

// The defaults of an alarm's thresholds.
const (
	DefaultServerErrorPercent = 5
	DefaultClientErrorPercent = 50
	DefaultBlockedPercent     = 50
	DefaultMinRequests        = 20
)

// Props are the properties of a [Monitoring].
type Props struct {
	// Distribution is what is watched. Required.
	Distribution interfacesawscloudfront.IDistributionRef

	// Behaviors are the behaviors of it that carry WebSockets, such as
	// [edge.WebSocketDistribution.Behaviors]: their edge functions and their APIs are
	// watched. An API in the stack's own region gets alarms; one elsewhere is on the
	// dashboard alone, because an alarm watches metrics of its own region only.
	// Metrics of another account are not seen.
	//
	// Default: none.
	Behaviors []*edge.WebSocketBehavior

	// Stages are stages of WebSocket APIs that Behaviors do not tell, because their
	// origin is a custom domain name.
	//
	// Default: none.
	Stages []interfacesawsapigatewayv2.IStageRef

	// WebACL is the web ACL of the distribution.
	//
	// Default: none.
	WebACL *webacl.WebACL

	// DashboardName is unique in the account.
	//
	// Default: made from the path of the construct.
	DashboardName string

	// Emails get the alarms, by an SNS topic that is made. Each address is sent a
	// request to confirm first. Excludes Actions.
	//
	// Default: none.
	Emails []string

	// Actions are the ARNs of what is told of an alarm and of its end, such as an
	// SNS topic of yours, which must let cloudwatch.amazonaws.com publish.
	//
	// Default: none; alarms are seen on the dashboard.
	Actions []string

	// DisableAlarms leaves the dashboard alone.
	DisableAlarms bool

	// ServerErrorPercent is the share of 5xx answers, of failed integrations and of
	// function errors that raises an alarm.
	//
	// Default: 5.
	ServerErrorPercent int

	// ClientErrorPercent is the share of 4xx answers that raises an alarm.
	//
	// Default: 50; anybody on the internet can cause them.
	ClientErrorPercent int

	// BlockedPercent is the share of requests blocked by the web ACL that raises an
	// alarm.
	//
	// Default: 50.
	BlockedPercent int

	// MinRequests is how many requests five minutes must have for a share of them
	// to count.
	//
	// Default: 20.
	MinRequests int
}

// Validate reports everything that is wrong with the props, one problem a line, or
// nil. Tokens are not checked.
func (p *Props) Validate() error {
	if p == nil {
		p = &Props{}
	}
	return p.problems("").Err("")
}

// problems lists what is wrong with the props in a stack of region, which is empty
// where that is not known.
func (p *Props) problems(region string) (problems rules.Problems) {
	if p.Distribution == nil {
		problems.Addf("Distribution", "is required; pass the distribution to watch")
	}
	for i, behavior := range p.Behaviors {
		if behavior == nil {
			problems.Addf(rules.Field("Behaviors").At(i), "must be a behavior, got nil; drop it")
		}
	}
	for i, stage := range p.Stages {
		if stage == nil {
			problems.Addf(rules.Field("Stages").At(i), "must be a stage, got nil; drop it")
		}
	}
	return append(problems, rules.Monitoring{
		DashboardName:      p.DashboardName,
		Emails:             p.Emails,
		Actions:            p.Actions,
		DisableAlarms:      p.DisableAlarms,
		ServerErrorPercent: p.ServerErrorPercent,
		ClientErrorPercent: p.ClientErrorPercent,
		BlockedPercent:     p.BlockedPercent,
		MinRequests:        p.MinRequests,
		Region:             region,
	}.Problems(token.Is)...)
}

// withDefaults fills in what is not set.
func (p *Props) withDefaults() Props {
	q := *p
	for value, or := range map[*int]int{
		&q.ServerErrorPercent: DefaultServerErrorPercent,
		&q.ClientErrorPercent: DefaultClientErrorPercent,
		&q.BlockedPercent:     DefaultBlockedPercent,
		&q.MinRequests:        DefaultMinRequests,
	} {
		if *value == 0 {
			*value = or
		}
	}
	return q
}

// Monitoring is a dashboard, alarms, and a topic where Emails are given.
//
// Child ids: Dashboard, Topic, TopicPolicy, and the name of each alarm: ServerErrors,
// ClientErrors and Blocked; FunctionErrors and FunctionUtilization, followed by the
// name of the function; APIErrors and APIRefusals, followed by the id and the stage
// of the API, such as APIErrors-abc123-prod. A hash stands for a token.
type Monitoring struct {
	constructs.Construct
	dashboard awscloudwatch.CfnDashboard
	topic     awssns.CfnTopic
	alarms    []awscloudwatch.CfnAlarm
}

// New defines the monitoring in scope, whose stack must be in us-east-1, where the
// metrics of CloudFront are. It panics with the text of props.Validate before it
// defines anything.
func New(scope constructs.Construct, id string, props *Props) *Monitoring {
	if props == nil {
		props = &Props{}
	}
	region := *awscdk.Stack_Of(scope).Region()
	if err := props.problems(region).Err(""); err != nil {
		panic(fmt.Errorf("Monitoring %q: %w", id, err))
	}
	p := props.withDefaults()
	m := &Monitoring{}
	constructs.NewConstruct_Override(m, scope, &id)
	if len(p.Emails) > 0 {
		m.makeTopic(p.Emails)
	}
	watched := p.watched(region)
	if !p.DisableAlarms {
		actions := p.Actions
		if m.topic != nil {
			actions = []string{*m.topic.Ref()}
		}
		for _, a := range watched.alarms(m, p) {
			m.alarms = append(m.alarms, a.define(m, actions))
		}
	}
	name := p.DashboardName
	if name == "" {
		name = *awscdk.Names_UniqueResourceName(m, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(100), Separator: jsii.String("-")})
	}
	m.dashboard = awscloudwatch.NewCfnDashboard(m, jsii.String("Dashboard"), &awscloudwatch.CfnDashboardProps{
		DashboardName: &name,
		DashboardBody: awscdk.Stack_Of(m).ToJsonString(watched.body(m.alarms), nil),
	})
	return m
}

// Dashboard returns the CDK's own dashboard.
func (m *Monitoring) Dashboard() awscloudwatch.CfnDashboard { return m.dashboard }

// Topic returns the topic of Emails, nil without them.
func (m *Monitoring) Topic() awssns.CfnTopic { return m.topic }

// Alarms returns the alarms, to be changed or made part of composite ones.
func (m *Monitoring) Alarms() []awscloudwatch.CfnAlarm { return m.alarms }

// makeTopic makes a topic that this account's alarms may publish to, over TLS. It
// has no key of AWS's own, alias/aws/sns, because CloudWatch may not use that one
// (CloudWatch User Guide, "Troubleshooting alarms").
func (m *Monitoring) makeTopic(emails []string) {
	var subscriptions []any
	for _, email := range emails {
		subscriptions = append(subscriptions, &awssns.CfnTopic_SubscriptionProperty{Protocol: jsii.String("email"), Endpoint: &email})
	}
	m.topic = awssns.NewCfnTopic(m, jsii.String("Topic"), &awssns.CfnTopicProps{Subscription: subscriptions})
	awssns.NewCfnTopicPolicy(m, jsii.String("TopicPolicy"), &awssns.CfnTopicPolicyProps{
		Topics: &[]*string{m.topic.Ref()},
		PolicyDocument: map[string]any{
			"Version": "2012-10-17",
			"Statement": []any{
				map[string]any{
					"Sid": "AlarmsMayPublish", "Effect": "Allow", "Action": "sns:Publish", "Resource": m.topic.Ref(),
					"Principal": map[string]any{"Service": "cloudwatch.amazonaws.com"},
					"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(m).Account()}},
				},
				map[string]any{
					"Sid": "TLSOnly", "Effect": "Deny", "Action": "sns:Publish", "Resource": m.topic.Ref(), "Principal": "*",
					"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
				},
			},
		},
	})
}
