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
	got := originOf(t, cdktest.NewStack(t), edge.Origin{URL: apiURL})
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
		origin edge.Origin
		of     func(map[string]any) any
		want   any
	}{
		"read timeout":        {edge.Origin{ReadTimeout: time.Minute}, custom("OriginReadTimeout"), 60.0},
		"keep-alive timeout":  {edge.Origin{KeepaliveTimeout: 9 * time.Second}, custom("OriginKeepaliveTimeout"), 9.0},
		"IP address type":     {edge.Origin{IPAddressType: awscloudfront.OriginIpAddressType_DUALSTACK}, custom("IpAddressType"), "dualstack"},
		"connection attempts": {edge.Origin{ConnectionAttempts: 2}, at("ConnectionAttempts"), 2.0},
		"connection timeout":  {edge.Origin{ConnectionTimeout: 3 * time.Second}, at("ConnectionTimeout"), 3.0},
		"custom headers": {edge.Origin{CustomHeaders: map[string]string{"x-a": "1"}}, at("OriginCustomHeaders"),
			[]any{map[string]any{"HeaderName": "x-a", "HeaderValue": "1"}}},
		"response completion timeout, never": {edge.Origin{ReadTimeout: time.Minute}, at("ResponseCompletionTimeout"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			tt.origin.URL = apiURL
			if got := tt.of(originOf(t, cdktest.NewStack(t), tt.origin)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("want %v, got %v", tt.want, got)
			}
		})
	}
}

func TestASecretStaysADynamicReference(t *testing.T) {
	secret := awscdk.SecretValue_SecretsManager(jsii.String("origin-key"), nil)
	got := fmt.Sprint(originOf(t, cdktest.NewStack(t), edge.Origin{
		URL:           apiURL,
		CustomHeaders: map[string]string{"x-api-key": *secret.UnsafeUnwrap()},
	})["OriginCustomHeaders"])
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
		origin     func(stack awscdk.Stack) edge.Origin
		host, path any
	}{
		{"a stage of the same stack", func(stack awscdk.Stack) edge.Origin {
			api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil)
			return edge.Origin{Stage: awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{WebSocketApi: api, StageName: jsii.String("prod")})}
		}, host(map[string]any{"Ref": "ApiF70053CD"}, "us-east-1"), "/prod"},
		{"an L1 stage", func(stack awscdk.Stack) edge.Origin {
			return edge.Origin{Stage: awsapigatewayv2.NewCfnStage(stack, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{ApiId: jsii.String("abc"), StageName: jsii.String("prod")})}
		}, fixedHost("abc.execute-api.us-east-1."), map[string]any{"Fn::Join": []any{"", []any{"/", map[string]any{"Ref": "Stage"}}}}},
		{"an imported stage, whose url cannot be read", func(stack awscdk.Stack) edge.Origin {
			return edge.Origin{Stage: awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageAttributes{
				Api: importedAPI(stack), StageName: jsii.String("prod"),
			})}
		}, fixedHost("abc.execute-api.us-east-1."), "/prod"},
		{"an owned API and the name of a stage", func(stack awscdk.Stack) edge.Origin {
			return edge.Origin{API: awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil), StageName: "prod"}
		}, host(map[string]any{"Ref": "ApiF70053CD"}, "us-east-1"), "/prod"},
		{"an imported API and the name of a stage", func(stack awscdk.Stack) edge.Origin {
			return edge.Origin{API: importedAPI(stack), StageName: "prod"}
		}, fixedHost("abc.execute-api.us-east-1."), "/prod"},
		{"a stage of another stack in another region", func(stack awscdk.Stack) edge.Origin {
			other := inRegion(awscdk.App_Of(stack).(awscdk.App), "Api", "eu-west-1")
			api := awsapigatewayv2.NewWebSocketApi(other, jsii.String("Api"), nil)
			return edge.Origin{Stage: awsapigatewayv2.NewWebSocketStage(other, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{WebSocketApi: api, StageName: jsii.String("prod")})}
		}, host(map[string]any{"Fn::GetStackOutput": map[string]any{"StackName": "Api", "Region": "eu-west-1", "OutputName": "PublishOutputRefApiF70053CDCD16BA62"}}, "eu-west-1"), "/prod"},
		{"the URL of an API in China", func(awscdk.Stack) edge.Origin {
			return edge.Origin{URL: "https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod/"}
		}, "abc.execute-api.cn-north-1.amazonaws.com.cn", "/prod"},
		{"the URL of a custom domain name", func(awscdk.Stack) edge.Origin {
			return edge.Origin{URL: "wss://socket.example.com"}
		}, "socket.example.com", nil},
		{"a custom domain name without a stage", func(awscdk.Stack) edge.Origin {
			return edge.Origin{DomainName: "socket.example.com"}
		}, "socket.example.com", nil},
		{"a custom domain name with an API mapping key", func(awscdk.Stack) edge.Origin {
			return edge.Origin{DomainName: "socket.example.com", Path: "chat/"}
		}, "socket.example.com", "/chat"},
		{"a URL with tokens in it", func(stack awscdk.Stack) edge.Origin {
			id := awscdk.NewCfnParameter(stack, jsii.String("Id"), nil).ValueAsString()
			return edge.Origin{URL: "wss://" + *id + ".execute-api.eu-west-1.amazonaws.com/prod/"}
		}, map[string]any{"Fn::Join": []any{"", []any{map[string]any{"Ref": "Id"}, ".execute-api.eu-west-1.amazonaws.com"}}}, "/prod"},
		{"a URL that is one token", func(stack awscdk.Stack) edge.Origin {
			return edge.Origin{URL: *awscdk.NewCfnParameter(stack, jsii.String("Url"), nil).ValueAsString()}
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
		origin edge.Origin
		want   string
	}{
		"Stage":  {edge.Origin{URL: apiURL}, "https://abc.execute-api.eu-west-1.amazonaws.com/prod"},
		"Custom": {edge.Origin{DomainName: "socket.example.com"}, "https://socket.example.com"},
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
		origin  edge.Origin
		refused string
	}{
		{"the stage of an HttpApi", edge.Origin{Stage: http.DefaultStage()}, "Origin.Stage"},
		{"an imported HttpStage", edge.Origin{Stage: awsapigatewayv2.HttpStage_FromHttpStageAttributes(stack, jsii.String("ImportedStage"), &awsapigatewayv2.HttpStageAttributes{Api: importedAPI, StageName: jsii.String("live")})}, "Origin.Stage"},
		{"a CfnStage of a CfnApi of HTTP", edge.Origin{Stage: httpStage}, "Origin.Stage"},
		{"an HttpApi", edge.Origin{API: http, StageName: "live"}, "Origin.API"},
		{"an imported HttpApi", edge.Origin{API: importedAPI, StageName: "live"}, "Origin.API"},
		{"a CfnApi of HTTP", edge.Origin{API: httpAPI, StageName: "live"}, "Origin.API"},
		{"a CfnStage of a CfnApi of WEBSOCKET", edge.Origin{Stage: socketStage}, ""},
		{"a CfnApi of WEBSOCKET", edge.Origin{API: socketAPI, StageName: "live"}, ""},
		{"a CfnApi that does not say", edge.Origin{API: byRole, StageName: "live"}, ""},
		{"an imported WebSocketApi", edge.Origin{API: importedSocket, StageName: "live"}, ""},
		{"an imported WebSocketStage", edge.Origin{Stage: awsapigatewayv2.WebSocketStage_FromWebSocketStageAttributes(stack, jsii.String("ImportedSocketStage"), &awsapigatewayv2.WebSocketStageAttributes{Api: importedSocket, StageName: jsii.String("live")})}, ""},
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
