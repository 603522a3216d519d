package edge_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestTheOriginIsHTTPSOnlyWithTLS12(t *testing.T) {
	got := originOf(t, cdktest.NewStack(t), edge.FromURL(apiURL, nil))
	want := map[string]any{
		"Id":                 got["Id"],
		"DomainName":         "abc.execute-api.eu-west-1.amazonaws.com",
		"OriginPath":         "/prod",
		"CustomOriginConfig": map[string]any{"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": []any{"TLSv1.2"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestEachOriginPropReachesTheTemplate(t *testing.T) {
	custom := func(key string) func(map[string]any) any {
		return func(origin map[string]any) any { return origin["CustomOriginConfig"].(map[string]any)[key] }
	}
	at := func(key string) func(map[string]any) any {
		return func(origin map[string]any) any { return origin[key] }
	}
	for name, tt := range map[string]struct {
		props edge.OriginProps
		of    func(map[string]any) any
		want  any
	}{
		"read timeout":        {edge.OriginProps{ReadTimeout: time.Minute}, custom("OriginReadTimeout"), 60.0},
		"keep-alive timeout":  {edge.OriginProps{KeepaliveTimeout: 9 * time.Second}, custom("OriginKeepaliveTimeout"), 9.0},
		"IP address type":     {edge.OriginProps{IPAddressType: awscloudfront.OriginIpAddressType_DUALSTACK}, custom("IpAddressType"), "dualstack"},
		"connection attempts": {edge.OriginProps{ConnectionAttempts: 2}, at("ConnectionAttempts"), 2.0},
		"connection timeout":  {edge.OriginProps{ConnectionTimeout: 3 * time.Second}, at("ConnectionTimeout"), 3.0},
		"custom headers": {edge.OriginProps{CustomHeaders: map[string]string{"x-a": "1"}}, at("OriginCustomHeaders"),
			[]any{map[string]any{"HeaderName": "x-a", "HeaderValue": "1"}}},
		"response completion timeout, never": {edge.OriginProps{ReadTimeout: time.Minute}, at("ResponseCompletionTimeout"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.of(originOf(t, cdktest.NewStack(t), edge.FromURL(apiURL, &tt.props))); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("want %v, got %v", tt.want, got)
			}
		})
	}
}

func TestASecretStaysADynamicReference(t *testing.T) {
	secret := awscdk.SecretValue_SecretsManager(jsii.String("origin-key"), nil)
	got := fmt.Sprint(originOf(t, cdktest.NewStack(t), edge.FromURL(apiURL, &edge.OriginProps{CustomHeaders: map[string]string{"x-api-key": *secret.UnsafeUnwrap()}}))["OriginCustomHeaders"])
	if want := "{{resolve:secretsmanager:origin-key:SecretString:::}}"; got != "[map[HeaderName:x-api-key HeaderValue:"+want+"]]" {
		t.Errorf("want %s, got %s", want, got)
	}
}

// Each kind of stage and API gives the same two parts of an origin.
func TestEverySourceOfAnOrigin(t *testing.T) {
	inRegion := func(app awscdk.App, id, region string) awscdk.Stack {
		return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: &region}})
	}
	host := func(id any, region string) map[string]any {
		return map[string]any{"Fn::Join": []any{"", []any{id, ".execute-api." + region + ".", map[string]any{"Ref": "AWS::URLSuffix"}}}}
	}
	fixedHost := func(text string) map[string]any {
		return map[string]any{"Fn::Join": []any{"", []any{text, map[string]any{"Ref": "AWS::URLSuffix"}}}}
	}
	importedAPI := func(stack awscdk.Stack) awsapigatewayv2.IWebSocketApi {
		return awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(stack, jsii.String("Api"), &awsapigatewayv2.WebSocketApiAttributes{WebSocketId: jsii.String("abc")})
	}
	for _, tt := range []struct {
		name       string
		origin     func(stack awscdk.Stack) *edge.Origin
		host, path any
	}{
		{"a stage of the same stack", func(stack awscdk.Stack) *edge.Origin {
			api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil)
			return edge.FromStage(awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{WebSocketApi: api, StageName: jsii.String("prod")}), nil)
		}, host(map[string]any{"Ref": "ApiF70053CD"}, "us-east-1"), "/prod"},
		{"an L1 stage", func(stack awscdk.Stack) *edge.Origin {
			return edge.FromStage(awsapigatewayv2.NewCfnStage(stack, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{ApiId: jsii.String("abc"), StageName: jsii.String("prod")}), nil)
		}, fixedHost("abc.execute-api.us-east-1."), map[string]any{"Fn::Join": []any{"", []any{"/", map[string]any{"Ref": "Stage"}}}}},
		{"an imported stage, whose url cannot be read", func(stack awscdk.Stack) *edge.Origin {
			return edge.FromStage(awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageAttributes{
				Api: importedAPI(stack), StageName: jsii.String("prod"),
			}), nil)
		}, fixedHost("abc.execute-api.us-east-1."), "/prod"},
		{"an owned API and the name of a stage", func(stack awscdk.Stack) *edge.Origin {
			return edge.FromAPI(awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil), "prod", nil)
		}, host(map[string]any{"Ref": "ApiF70053CD"}, "us-east-1"), "/prod"},
		{"an imported API and the name of a stage", func(stack awscdk.Stack) *edge.Origin {
			return edge.FromAPI(importedAPI(stack), "prod", nil)
		}, fixedHost("abc.execute-api.us-east-1."), "/prod"},
		{"a stage of another stack in another region", func(stack awscdk.Stack) *edge.Origin {
			other := inRegion(awscdk.App_Of(stack).(awscdk.App), "Api", "eu-west-1")
			api := awsapigatewayv2.NewWebSocketApi(other, jsii.String("Api"), nil)
			return edge.FromStage(awsapigatewayv2.NewWebSocketStage(other, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{WebSocketApi: api, StageName: jsii.String("prod")}), nil)
		}, host(map[string]any{"Fn::GetStackOutput": map[string]any{"StackName": "Api", "Region": "eu-west-1", "OutputName": "PublishOutputRefApiF70053CDCD16BA62"}}, "eu-west-1"), "/prod"},
		{"the URL of an API in China", func(awscdk.Stack) *edge.Origin {
			return edge.FromURL("https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod/", nil)
		}, "abc.execute-api.cn-north-1.amazonaws.com.cn", "/prod"},
		{"the URL of a custom domain name", func(awscdk.Stack) *edge.Origin {
			return edge.FromURL("wss://socket.example.com", nil)
		}, "socket.example.com", nil},
		{"a custom domain name without a stage", func(awscdk.Stack) *edge.Origin {
			return edge.FromDomainName("socket.example.com", "", nil)
		}, "socket.example.com", nil},
		{"a custom domain name with an API mapping key", func(awscdk.Stack) *edge.Origin {
			return edge.FromDomainName("socket.example.com", "chat/", nil)
		}, "socket.example.com", "/chat"},
		{"a URL with tokens in it", func(stack awscdk.Stack) *edge.Origin {
			id := awscdk.NewCfnParameter(stack, jsii.String("Id"), nil).ValueAsString()
			return edge.FromURL("wss://"+*id+".execute-api.eu-west-1.amazonaws.com/prod/", nil)
		}, map[string]any{"Fn::Join": []any{"", []any{map[string]any{"Ref": "Id"}, ".execute-api.eu-west-1.amazonaws.com"}}}, "/prod"},
		{"a URL that is one token", func(stack awscdk.Stack) *edge.Origin {
			return edge.FromURL(*awscdk.NewCfnParameter(stack, jsii.String("Url"), nil).ValueAsString(), nil)
		}, map[string]any{"Fn::Select": []any{2.0, map[string]any{"Fn::Split": []any{"/", map[string]any{"Ref": "Url"}}}}},
			map[string]any{"Fn::Join": []any{"", []any{"/", map[string]any{"Fn::Select": []any{3.0, map[string]any{"Fn::Split": []any{"/", map[string]any{"Ref": "Url"}}}}}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := inRegion(cdktest.NewApp(t), "Test", "us-east-1")
			got := originOf(t, stack, tt.origin(stack))
			if !reflect.DeepEqual(got["DomainName"], tt.host) {
				t.Errorf("host: want %v, got %v", tt.host, got["DomainName"])
			}
			if !reflect.DeepEqual(got["OriginPath"], tt.path) {
				t.Errorf("path: want %v, got %v", tt.path, got["OriginPath"])
			}
		})
	}
}

func TestTheCallbackURLIsTheAPIsOwn(t *testing.T) {
	stack := cdktest.NewStack(t)
	for id, tt := range map[string]struct {
		origin *edge.Origin
		want   string
	}{
		"Stage":  {edge.FromURL(apiURL, nil), "https://abc.execute-api.eu-west-1.amazonaws.com/prod"},
		"Custom": {edge.FromDomainName("socket.example.com", "", nil), "https://socket.example.com"},
	} {
		b := edge.NewWebSocketBehavior(stack, id, &edge.WebSocketBehaviorProps{Origin: tt.origin})
		if got := *b.CallbackURL(); got != tt.want {
			t.Errorf("want %s, got %s", tt.want, got)
		}
	}
}

func TestPropsAreNotWrittenTo(t *testing.T) {
	stack := cdktest.NewStack(t)
	props, before := everyProp(stack), everyProp(awscdk.NewStack(cdktest.NewApp(t), jsii.String("Other"), nil))
	before.Certificate, before.HostedZone = props.Certificate, props.HostedZone
	before.DefaultBehavior.Origin = props.DefaultBehavior.Origin // an object, not a prop
	edge.NewWebSocketDistribution(stack, "Edge", props)
	if !reflect.DeepEqual(props, before) {
		t.Errorf("want the props as they were, got %+v", props)
	}
}

// The CDK's interfaces for stages and APIs are the same for both kinds.
func TestAnHTTPAPIIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	http := awsapigatewayv2.NewHttpApi(stack, jsii.String("Http"), nil)
	l1 := func(id, protocol string) (awsapigatewayv2.CfnApi, awsapigatewayv2.CfnStage) {
		api := awsapigatewayv2.NewCfnApi(stack, &id, &awsapigatewayv2.CfnApiProps{Name: &id, ProtocolType: &protocol})
		return api, awsapigatewayv2.NewCfnStage(stack, jsii.String(id+"Stage"), &awsapigatewayv2.CfnStageProps{ApiId: api.Ref(), StageName: jsii.String("live")})
	}
	httpAPI, httpStage := l1("RawHttp", "HTTP")
	socketAPI, socketStage := l1("RawSocket", "WEBSOCKET")
	byRole := awsapigatewayv2.NewCfnApi(stack, jsii.String("Body"), &awsapigatewayv2.CfnApiProps{BodyS3Location: map[string]string{"Bucket": "b", "Key": "k"}})
	importedAPI := awsapigatewayv2.HttpApi_FromHttpApiAttributes(stack, jsii.String("ImportedHttp"), &awsapigatewayv2.HttpApiAttributes{HttpApiId: jsii.String("abc")})
	importedSocket := awsapigatewayv2.WebSocketApi_FromWebSocketApiAttributes(stack, jsii.String("ImportedSocket"), &awsapigatewayv2.WebSocketApiAttributes{WebSocketId: jsii.String("abc")})
	for _, tt := range []struct {
		name    string
		origin  *edge.Origin
		refused string
	}{
		{"the stage of an HttpApi", edge.FromStage(http.DefaultStage(), nil), "Origin.Stage"},
		{"an imported HttpStage", edge.FromStage(awsapigatewayv2.HttpStage_FromHttpStageAttributes(stack, jsii.String("ImportedStage"), &awsapigatewayv2.HttpStageAttributes{Api: importedAPI, StageName: jsii.String("live")}), nil), "Origin.Stage"},
		{"a CfnStage of a CfnApi of HTTP", edge.FromStage(httpStage, nil), "Origin.Stage"},
		{"an HttpApi", edge.FromAPI(http, "live", nil), "Origin.API"},
		{"an imported HttpApi", edge.FromAPI(importedAPI, "live", nil), "Origin.API"},
		{"a CfnApi of HTTP", edge.FromAPI(httpAPI, "live", nil), "Origin.API"},
		{"a CfnStage of a CfnApi of WEBSOCKET", edge.FromStage(socketStage, nil), ""},
		{"a CfnApi of WEBSOCKET", edge.FromAPI(socketAPI, "live", nil), ""},
		{"a CfnApi that does not say", edge.FromAPI(byRole, "live", nil), ""},
		{"an imported WebSocketApi", edge.FromAPI(importedSocket, "live", nil), ""},
		{"an imported WebSocketStage", edge.FromStage(awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("ImportedSocketStage"), &awsapigatewayv2.WebSocketStageAttributes{Api: importedSocket, StageName: jsii.String("live")}), nil), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := (&edge.WebSocketBehaviorProps{Origin: tt.origin}).Validate()
			switch {
			case tt.refused == "" && err != nil:
				t.Errorf("got %v", err)
			case tt.refused != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.refused+": must be of a WebSocket API, got one of an HTTP API")):
				t.Errorf("want %s refused, got %v", tt.refused, err)
			}
		})
	}
}

// An OriginGroup, or a behavior of the user's own, takes the origin as it is.
func TestAnOriginIsHadAsTheCDKs(t *testing.T) {
	stack := cdktest.NewStack(t)
	origin := edge.FromURL(apiURL, &edge.OriginProps{ReadTimeout: time.Minute})
	d := awscloudfront.NewDistribution(stack, jsii.String("Site"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{Origin: origin.IOrigin()},
	})
	d.AddBehavior(jsii.String("/again"), origin.IOrigin(), nil)
	origins := config(cdktest.Synth(t, stack))["Origins"].([]any)
	if len(origins) != 1 {
		t.Fatalf("want one origin for both behaviors, got %v", origins)
	}
	if got := fmt.Sprint(origins[0].(map[string]any)["CustomOriginConfig"]); !strings.Contains(got, "OriginReadTimeout:60") || !strings.Contains(got, "https-only") {
		t.Errorf("got %s", got)
	}
	cdktest.Panics(t, func() { edge.FromURL("ws://x", nil).IOrigin() }, "Origin.URL: must start with wss://")
}

func TestWhatTheCallerChangesLaterIsNotInAnOrigin(t *testing.T) {
	props := &edge.OriginProps{CustomHeaders: map[string]string{"x-a": "1"}}
	origin := edge.FromURL(apiURL, props)
	props.CustomHeaders["x-a"] = "2"
	if got := fmt.Sprint(originOf(t, cdktest.NewStack(t), origin)["OriginCustomHeaders"]); !strings.Contains(got, "HeaderValue:1") {
		t.Errorf("got %s", got)
	}
}
