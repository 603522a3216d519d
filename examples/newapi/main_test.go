package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// The CDK's validation of templates costs more than the tests; the environment is
// read when its process starts, which Close puts off.
func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	jsii.Close()
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// template is that of the stack with any file for the function, so that the tests
// need no build of it.
func template(t *testing.T) assertions.Template {
	t.Helper()
	code := t.TempDir()
	if err := os.WriteFile(filepath.Join(code, "bootstrap"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())})
	return assertions.Template_FromStack(newChat(app, "Chat", code), nil)
}

func TestBothRoutesReachTheFunction(t *testing.T) {
	tpl := template(t)
	tpl.ResourceCountIs(jsii.String("AWS::ApiGatewayV2::Route"), jsii.Number(2))
	for _, key := range []string{"$connect", "$default"} {
		tpl.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{"RouteKey": key})
	}
	tpl.AllResourcesProperties(jsii.String("AWS::ApiGatewayV2::Integration"), map[string]any{"IntegrationType": "AWS_PROXY"})
}

func TestTheFunctionsAnswerIsSentBack(t *testing.T) {
	tpl := template(t)
	tpl.ResourceCountIs(jsii.String("AWS::ApiGatewayV2::RouteResponse"), jsii.Number(1))
	tpl.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{
		"RouteKey": "$default", "RouteResponseSelectionExpression": "$default",
	})
}

func TestTheFunctionRunsWhatPackBuilds(t *testing.T) {
	template(t).HasResourceProperties(jsii.String("AWS::Lambda::Function"), map[string]any{
		"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{"arm64"},
	})
}

func TestThePathReachesConnectAsAQueryString(t *testing.T) {
	tpl := template(t)
	tpl.HasResourceProperties(jsii.String("AWS::CloudFront::Function"), map[string]any{
		"FunctionCode": assertions.Match_StringLikeRegexp(jsii.String(`"parameter":"path"`)),
	})
	tpl.HasResourceProperties(jsii.String("AWS::CloudFront::OriginRequestPolicy"), map[string]any{
		"OriginRequestPolicyConfig": map[string]any{"QueryStringsConfig": map[string]any{
			"QueryStringBehavior": "whitelist", "QueryStrings": []any{"path"},
		}},
	})
}

func TestTheViewersAddressReachesConnect(t *testing.T) {
	template(t).HasResourceProperties(jsii.String("AWS::CloudFront::OriginRequestPolicy"), map[string]any{
		"OriginRequestPolicyConfig": map[string]any{"HeadersConfig": map[string]any{
			"HeaderBehavior": "whitelist", "Headers": assertions.Match_ArrayWith(&[]any{"CloudFront-Viewer-Address"}),
		}},
	})
}

func TestTheAPIAsksForTheKeyThatTheDistributionSends(t *testing.T) {
	tpl := template(t)
	tpl.HasResourceProperties(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{"RouteKey": "$connect", "ApiKeyRequired": true})
	sent := assertions.NewCapture(nil)
	tpl.HasResourceProperties(jsii.String("AWS::CloudFront::Distribution"), map[string]any{
		"DistributionConfig": map[string]any{"Origins": []any{assertions.Match_ObjectLike(&map[string]any{
			"OriginCustomHeaders": []any{map[string]any{"HeaderName": "x-api-key", "HeaderValue": sent}},
		})}},
	})
	tpl.HasResourceProperties(jsii.String("AWS::ApiGateway::ApiKey"), map[string]any{"Value": sent.AsObject()})
}
