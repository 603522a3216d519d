// Command byhand is the app as one would write it from the article, without the
// library: the usual packages, the usual constructs.
package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("WebSocket-bench"), &awscdk.StackProps{
		Env:         &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("us-east-1")},
		Description: jsii.String("CloudFront in front of an API Gateway WebSocket API (environment bench)"),
	})

	api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
		ApiName:     stack.StackName(),
		Description: jsii.String("Answers {\"action\":\"ping\"}; no code behind it"),
	})
	for _, route := range []struct{ key, answer string }{
		{"$connect", ""},
		{"ping", `{"message":"pong"}`},
		{"$default", `{"message":"send {\"action\":\"ping\"}"}`},
	} {
		added := api.AddRoute(&route.key, &awsapigatewayv2.WebSocketRouteOptions{
			Integration: awsapigatewayv2integrations.NewWebSocketMockIntegration(jsii.String("Integration"), &awsapigatewayv2integrations.WebSocketMockIntegrationProps{
				RequestTemplates: &map[string]*string{"$default": jsii.String(`{"statusCode":200}`)},
			}),
			ReturnResponse: jsii.Bool(route.answer != ""),
		})
		if route.answer != "" {
			integration := added.Node().FindChild(jsii.String("Integration")).(awsapigatewayv2.WebSocketIntegration)
			awsapigatewayv2.NewCfnIntegrationResponse(added, jsii.String("IntegrationResponse"), &awsapigatewayv2.CfnIntegrationResponseProps{
				ApiId:                  api.ApiId(),
				IntegrationId:          integration.IntegrationId(),
				IntegrationResponseKey: jsii.String("$default"),
				ResponseTemplates:      map[string]string{"$default": route.answer},
			})
		}
	}
	stage := awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: api,
		StageName:    jsii.String("live"),
		AutoDeploy:   jsii.Bool(true),
	})

	policy := awscloudfront.NewOriginRequestPolicy(stack, jsii.String("Policy"), &awscloudfront.OriginRequestPolicyProps{
		OriginRequestPolicyName: jsii.String("WebSocket-bench-us-east-1"),
		Comment:                 jsii.String("WebSocket handshake to API Gateway"),
		HeaderBehavior: awscloudfront.OriginRequestHeaderBehavior_AllowList(
			jsii.String("Sec-WebSocket-Key"),
			jsii.String("Sec-WebSocket-Version"),
			jsii.String("Sec-WebSocket-Protocol"),
			jsii.String("Sec-WebSocket-Accept"),
			jsii.String("Sec-WebSocket-Extensions"),
		),
		QueryStringBehavior: awscloudfront.OriginRequestQueryStringBehavior_AllowList(jsii.String("token")),
		CookieBehavior:      awscloudfront.OriginRequestCookieBehavior_None(),
	})
	host := fmt.Sprintf("%s.execute-api.%s.%s", *api.ApiId(), *stack.Region(), *stack.UrlSuffix())
	distribution := awscloudfront.NewDistribution(stack, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin: awscloudfrontorigins.NewHttpOrigin(&host, &awscloudfrontorigins.HttpOriginProps{
				OriginPath: jsii.String("/" + *stage.StageName()),
			}),
			OriginRequestPolicy:  policy,
			CachePolicy:          awscloudfront.CachePolicy_CACHING_DISABLED(),
			ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
			AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
			Compress:             jsii.Bool(false),
		},
		Comment:     stack.StackName(),
		DomainNames: jsii.Strings("ws.example.com"),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String("arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555")),
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021,
	})

	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789EXAMPLE"),
		ZoneName:     jsii.String("example.com"),
	})
	target := awsroute53.RecordTarget_FromAlias(awsroute53targets.NewCloudFrontTarget(distribution))
	awsroute53.NewARecord(stack, jsii.String("A"), &awsroute53.ARecordProps{Zone: zone, RecordName: jsii.String("ws"), Target: target})
	awsroute53.NewAaaaRecord(stack, jsii.String("AAAA"), &awsroute53.AaaaRecordProps{Zone: zone, RecordName: jsii.String("ws"), Target: target})

	for _, output := range []struct {
		id, description string
		value           *string
	}{
		{"WebSocketUrl", "Where clients connect", jsii.String("wss://ws.example.com")},
		{"CallbackUrl", "Where the backend posts messages to clients (@connections); the API itself, not CloudFront", jsii.Sprintf("https://%s/%s", host, *stage.StageName())},
		{"DistributionId", "The id of the CloudFront distribution", distribution.DistributionId()},
		{"DistributionDomainName", "The target of DNS records of your own", distribution.DistributionDomainName()},
	} {
		awscdk.NewCfnOutput(stack, &output.id, &awscdk.CfnOutputProps{Value: output.value, Description: &output.description})
	}
	app.Synth(nil)
}
