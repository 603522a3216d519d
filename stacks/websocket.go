// Package stacks says what one environment consists of.
package stacks

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/accesslog"
	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/monitoring"
	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
)

// WebSocket is the stack of one environment: a distribution, and a ping API
// behind it where the environment names no API.
//
// Its outputs are a contract: WebSocketUrl, CallbackUrl, DistributionId and
// DistributionDomainName.
type WebSocket struct {
	awscdk.Stack
	distribution *edge.WebSocketDistribution
	pingAPI      *pingapi.API
	pingHeaders  map[string]string
	webACL       *webacl.WebACL

	importedPolicies map[string]awscloudfront.IOriginRequestPolicy
}

// Distribution returns the environment's distribution.
func (s *WebSocket) Distribution() *edge.WebSocketDistribution { return s.distribution }

// NewWebSocket defines the stack of env, WebSocket- and its name, in scope. It
// panics with the text of env.Validate before it defines anything.
func NewWebSocket(scope constructs.Construct, env Environment) *WebSocket {
	if err := env.Validate(); err != nil {
		panic(fmt.Errorf("WebSocket %q: %w", env.Name, err))
	}
	s := &WebSocket{importedPolicies: map[string]awscloudfront.IOriginRequestPolicy{}}
	awscdk.NewStack_Override(s, scope, jsii.String(env.StackName()), stackProps(env))
	s.distribution = edge.NewWebSocketDistribution(s, "Edge", s.props(env))
	s.accessLogs(env)
	s.monitor(env)
	s.outputs()
	return s
}

func stackProps(env Environment) *awscdk.StackProps {
	region := env.Region
	if region == "" {
		region = config.DefaultRegion
	}
	props := &awscdk.StackProps{
		Env:         &awscdk.Environment{Region: &region},
		Description: jsii.String("CloudFront in front of an API Gateway WebSocket API (environment " + env.Name + ")"),
		// Also where it is off: a stack may have had it on.
		TerminationProtection: jsii.Bool(env.TerminationProtection),
	}
	if env.Account != "" {
		props.Env.Account = &env.Account
	}
	if len(env.Tags) > 0 {
		tags := make(map[string]*string, len(env.Tags))
		for key, value := range env.Tags {
			tags[key] = &value
		}
		props.Tags = &tags
	}
	return props
}

// props turns the entry of the environment table into the construct's props.
func (s *WebSocket) props(env Environment) *edge.WebSocketDistributionProps {
	props := &edge.WebSocketDistributionProps{
		DefaultBehavior:        s.behavior(env, env.Behavior),
		DomainNames:            env.DomainNames,
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol(env.MinimumProtocolVersion),
		HTTPVersion:            awscloudfront.HttpVersion(env.HTTPVersion),
		PriceClass:             awscloudfront.PriceClass(env.PriceClass),
		AllowedCountries:       env.GeoRestriction.Allow,
		DeniedCountries:        env.GeoRestriction.Deny,
		DisableIPv6:            env.DisableIPv6,
		WebACL:                 env.WebACLARN,
		Comment:                env.Comment,
	}
	if acl := env.WebACL; acl != nil {
		s.webACL = webacl.New(s, "WebAcl", &webacl.Props{
			RateLimit:        acl.RateLimit,
			AllowedAddresses: acl.AllowedAddresses,
			DeniedAddresses:  acl.DeniedAddresses,
			TrustedAddresses: acl.TrustedAddresses,
			DisableIPv6:      env.DisableIPv6,
			CountOnly:        acl.CountOnly,
		})
		props.WebACL = s.webACL.ARN()
	}
	if len(env.Routes) > 0 {
		props.AdditionalBehaviors = make(map[string]edge.WebSocketBehaviorProps, len(env.Routes))
		for _, path := range slices.Sorted(maps.Keys(env.Routes)) {
			props.AdditionalBehaviors[path] = s.behavior(env, env.Routes[path])
		}
	}
	if props.Comment == "" {
		props.Comment = env.StackName()
	}
	if env.CertificateARN != "" {
		props.Certificate = awscertificatemanager.Certificate_FromCertificateArn(s, jsii.String("Certificate"), &env.CertificateARN)
	}
	if zone := env.HostedZone; zone != nil {
		props.HostedZone = awsroute53.HostedZone_FromHostedZoneAttributes(s, jsii.String("HostedZone"), &awsroute53.HostedZoneAttributes{
			HostedZoneId: &zone.ID,
			ZoneName:     &zone.Name,
		})
	}
	return props
}

// behavior turns the default behavior, or that of a route, into props.
func (s *WebSocket) behavior(env Environment, b Behavior) edge.WebSocketBehaviorProps {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	origin := &edge.OriginProps{
		ReadTimeout:        seconds(b.Origin.ReadTimeoutSeconds),
		KeepaliveTimeout:   seconds(b.Origin.KeepaliveTimeoutSeconds),
		ConnectionAttempts: b.Origin.ConnectionAttempts,
		ConnectionTimeout:  seconds(b.Origin.ConnectionTimeoutSeconds),
		CustomHeaders:      b.Origin.CustomHeaders,
		IPAddressType:      awscloudfront.OriginIpAddressType(b.Origin.IPAddressType),
	}
	props := edge.WebSocketBehaviorProps{
		Forwarding: edge.Forwarding{
			Headers:        b.Forwarding.Headers,
			QueryStrings:   selection(b.Forwarding.QueryStrings),
			Cookies:        selection(b.Forwarding.Cookies),
			AllExceptHost:  b.Forwarding.AllExceptHost,
			OmitExtensions: b.Forwarding.OmitExtensions,
		},
		PathParameter:     b.PathParameter,
		AllowedWebOrigins: b.AllowedWebOrigins,
		RequireWebOrigin:  b.RequireWebOrigin,
		RequireHandshake:  b.RequireHandshake,
	}
	if b.APIURL == "" {
		s.makePingAPI(env)
		origin.CustomHeaders = joined(b.Origin.CustomHeaders, s.pingHeaders)
		props.Origin = edge.FromStage(s.pingAPI.Stage(), origin)
	} else {
		if l := b.Lock; l != nil {
			elsewhere := originlock.Reference{SecretARN: l.SecretARN, SecretName: l.SecretName, SSMParameter: l.SSMParameter, Field: l.Field, Header: l.Header}
			origin.CustomHeaders = joined(b.Origin.CustomHeaders, elsewhere.Headers(s))
		}
		props.Origin = edge.FromURL(b.APIURL, origin)
	}
	if id := b.Forwarding.OriginRequestPolicyID; id != "" {
		props.Forwarding.OriginRequestPolicy = s.importedPolicy(id)
	}
	return props
}

// importedPolicy is the policy of an id, which several behaviors may name.
func (s *WebSocket) importedPolicy(id string) awscloudfront.IOriginRequestPolicy {
	policy, imported := s.importedPolicies[id]
	if !imported {
		policy = awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(s, jsii.String("OriginRequestPolicy-"+id), &id)
		s.importedPolicies[id] = policy
	}
	return policy
}

// makePingAPI defines the ping API and its lock once; all behaviours without a URL
// share them.
func (s *WebSocket) makePingAPI(env Environment) {
	if s.pingAPI != nil {
		return
	}
	s.pingAPI = pingapi.New(s, "PingApi", nil)
	if logs := env.APILogs; logs != nil {
		accesslog.NewStageLog(s, "ApiLog", &accesslog.StageLogProps{
			Stage:         s.pingAPI.Stage(),
			AccountRole:   accesslog.AccountRole(logs.AccountRole),
			RetentionDays: logs.RetentionDays,
		})
	}
	l := env.PingLock()
	if l.Disabled {
		return
	}
	props := &originlock.Props{Stage: s.pingAPI.Stage(), Keys: l.Keys, Active: l.Active, Open: l.Open}
	if t := l.Throttle; t != nil {
		props.Throttle = &originlock.Throttle{RatePerSecond: t.RatePerSecond, Burst: t.Burst}
	}
	s.pingHeaders = originlock.New(s, "Lock", props).Headers(s)
}

// accessLogs turns the logs of the distribution into props.
func (s *WebSocket) accessLogs(env Environment) {
	logs := env.AccessLogs
	if logs == nil {
		return
	}
	props := &accesslog.DistributionLogProps{
		Distribution:     s.distribution.Distribution(),
		ToBucket:         logs.ToBucket,
		RetentionDays:    logs.RetentionDays,
		AdditionalFields: logs.AdditionalFields,
	}
	if logs.LogGroupName != "" {
		props.LogGroup = awslogs.LogGroup_FromLogGroupName(s, jsii.String("AccessLogGroup"), &logs.LogGroupName)
	}
	if logs.BucketName != "" {
		props.Bucket = awss3.Bucket_FromBucketName(s, jsii.String("AccessLogBucket"), &logs.BucketName)
	}
	accesslog.NewDistributionLog(s, "AccessLog", props)
}

// monitor watches what the environment consists of.
func (s *WebSocket) monitor(env Environment) {
	m := env.Monitoring
	if m == nil {
		return
	}
	props := &monitoring.Props{
		Distribution:       s.distribution.Distribution(),
		Behaviors:          s.distribution.Behaviors(),
		WebACL:             s.webACL,
		DashboardName:      env.StackName(),
		Emails:             m.Emails,
		Actions:            m.ActionARNs,
		DisableAlarms:      m.DisableAlarms,
		ServerErrorPercent: m.ServerErrorPercent,
		ClientErrorPercent: m.ClientErrorPercent,
		BlockedPercent:     m.BlockedPercent,
		MinRequests:        m.MinRequests,
	}
	monitoring.New(s, "Monitoring", props)
}

func joined(a, b map[string]string) map[string]string {
	if len(b) == 0 {
		return a
	}
	all := maps.Clone(b)
	maps.Copy(all, a)
	return all
}

func selection(s Selection) edge.Selection {
	if s.All {
		return edge.All()
	}
	return edge.AllowList(s.Names...)
}

func (s *WebSocket) outputs() {
	for _, output := range []struct {
		id, description string
		value           *string
	}{
		{"WebSocketUrl", "Where clients connect", s.distribution.URL()},
		{"CallbackUrl", "Where the backend posts messages to clients (@connections); the API itself, not CloudFront", s.distribution.Behavior().CallbackURL()},
		{"DistributionId", "The id of the CloudFront distribution", s.distribution.Distribution().DistributionId()},
		{"DistributionDomainName", "The target of DNS records of your own", s.distribution.DomainName()},
	} {
		awscdk.NewCfnOutput(s, &output.id, &awscdk.CfnOutputProps{
			Value:       output.value,
			Description: &output.description,
		})
	}
}
