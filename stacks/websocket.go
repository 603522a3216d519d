// Package stacks says what one environment consists of.
package stacks

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
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
}

// Distribution returns the environment's distribution.
func (s *WebSocket) Distribution() *edge.WebSocketDistribution { return s.distribution }

// NewWebSocket defines the stack of env, an environment that config.Select has
// checked.
func NewWebSocket(scope constructs.Construct, env config.Environment) *WebSocket {
	s := &WebSocket{}
	awscdk.NewStack_Override(s, scope, jsii.String(env.StackName()), stackProps(env))
	s.distribution = edge.NewWebSocketDistribution(s, "Edge", s.props(env))
	s.outputs()
	return s
}

func stackProps(env config.Environment) *awscdk.StackProps {
	region := env.Region
	if region == "" {
		region = config.DefaultRegion
	}
	props := &awscdk.StackProps{
		Env:         &awscdk.Environment{Region: &region},
		Description: jsii.String("CloudFront in front of an API Gateway WebSocket API (environment " + env.Name + ")"),
	}
	if env.Account != "" {
		props.Env.Account = &env.Account
	}
	if env.TerminationProtection {
		props.TerminationProtection = jsii.Bool(true)
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
func (s *WebSocket) props(env config.Environment) *edge.WebSocketDistributionProps {
	props := &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:     s.origin(env),
			Forwarding: s.forwarding(env.Forwarding),
		},
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

func (s *WebSocket) origin(env config.Environment) edge.Origin {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	origin := edge.Origin{
		URL:                env.APIURL,
		ReadTimeout:        seconds(env.Origin.ReadTimeoutSeconds),
		KeepaliveTimeout:   seconds(env.Origin.KeepaliveTimeoutSeconds),
		ConnectionAttempts: env.Origin.ConnectionAttempts,
		ConnectionTimeout:  seconds(env.Origin.ConnectionTimeoutSeconds),
		CustomHeaders:      env.Origin.CustomHeaders,
		IPAddressType:      awscloudfront.OriginIpAddressType(env.Origin.IPAddressType),
	}
	if env.APIURL == "" {
		origin.Stage = pingapi.New(s, "PingApi", nil).Stage()
	}
	return origin
}

func (s *WebSocket) forwarding(f config.Forwarding) edge.Forwarding {
	forwarding := edge.Forwarding{
		Headers:        f.Headers,
		QueryStrings:   selection(f.QueryStrings),
		Cookies:        selection(f.Cookies),
		AllExceptHost:  f.AllExceptHost,
		OmitExtensions: f.OmitExtensions,
	}
	if f.OriginRequestPolicyID != "" {
		forwarding.OriginRequestPolicy = awscloudfront.OriginRequestPolicy_FromOriginRequestPolicyId(s, jsii.String("OriginRequestPolicy"), &f.OriginRequestPolicyID)
	}
	return forwarding
}

func selection(s config.Selection) edge.Selection {
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
