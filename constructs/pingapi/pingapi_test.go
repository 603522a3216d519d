package pingapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// The golden pins the whole template, logical ids included: a changed id replaces a
// live API, and so its address.
func TestThePingAPI(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	cdktest.Synth(t, stack).Golden("defaults")
}

func TestThePingAPIHasNoCode(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	tpl := cdktest.Synth(t, stack)
	for _, resource := range (*tpl.ToJSON())["Resources"].(map[string]any) {
		if kind := resource.(map[string]any)["Type"].(string); !strings.HasPrefix(kind, "AWS::ApiGatewayV2::") {
			t.Errorf("want API Gateway alone, got %s", kind)
		}
	}
	for _, integration := range *tpl.FindResources(jsii.String("AWS::ApiGatewayV2::Integration"), nil) {
		if got := (*integration)["Properties"].(map[string]any)["IntegrationType"]; got != "MOCK" {
			t.Errorf("want MOCK, got %v", got)
		}
	}
}

func TestEveryIntegrationYieldsAStatusCode(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	integrations := *cdktest.Synth(t, stack).FindResources(jsii.String("AWS::ApiGatewayV2::Integration"), nil)
	if len(integrations) != 3 {
		t.Fatalf("want 3 integrations, got %d", len(integrations))
	}
	for id, integration := range integrations {
		got := fmt.Sprint((*integration)["Properties"].(map[string]any)["RequestTemplates"])
		if got != `map[$default:{"statusCode":200}]` {
			t.Errorf("%s: got %s", id, got)
		}
	}
}

func TestConnectIsOneWay(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	tpl := cdktest.Synth(t, stack)
	routes := *tpl.FindResources(jsii.String("AWS::ApiGatewayV2::Route"), map[string]any{"Properties": map[string]any{"RouteKey": "$connect"}})
	if len(routes) != 1 {
		t.Fatalf("want one $connect, got %d", len(routes))
	}
	for _, route := range routes {
		if got := (*route)["Properties"].(map[string]any)["RouteResponseSelectionExpression"]; got != nil {
			t.Errorf("want no response on $connect, got %v", got)
		}
	}
}

// What a lock turned on stays on when the template no longer names it, so the
// template turns it off in words.
func TestWhatALockTurnsOnIsTurnedOffInWords(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	tpl := cdktest.Synth(t, stack)
	tpl.Has("AWS::ApiGatewayV2::Route", map[string]any{"RouteKey": "$connect", "ApiKeyRequired": false, "AuthorizationType": "NONE"})
	if got := tpl.Properties("AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"]; got != false {
		t.Errorf("DisableExecuteApiEndpoint: want false, got %v", got)
	}
}

// A message is answered by the route, its response, and the integration's.
func TestMessagesAreAnswered(t *testing.T) {
	stack := cdktest.NewStack(t)
	pingapi.New(stack, "PingApi", nil)
	tpl := cdktest.Synth(t, stack)
	for id, want := range map[string]struct{ key, message string }{
		"PingApipingRoute":    {"ping", `{"message":"pong"}`},
		"PingApidefaultRoute": {"$default", `{"message":"send {\"action\":\"ping\"}"}`},
	} {
		ref := func(part string) any {
			for logicalID := range (*tpl.ToJSON())["Resources"].(map[string]any) {
				if strings.HasPrefix(logicalID, id+part) && len(logicalID) == len(id+part)+8 {
					return map[string]any{"Ref": logicalID}
				}
			}
			t.Fatalf("no resource %s%s", id, part)
			return nil
		}
		tpl.Has("AWS::ApiGatewayV2::Route", map[string]any{
			"RouteKey": want.key, "RouteResponseSelectionExpression": "$default",
			"Target": map[string]any{"Fn::Join": []any{"", []any{"integrations/", ref("Integration")}}},
		})
		tpl.Has("AWS::ApiGatewayV2::RouteResponse", map[string]any{"RouteId": ref(""), "RouteResponseKey": "$default"})
		tpl.Has("AWS::ApiGatewayV2::IntegrationResponse", map[string]any{
			"IntegrationId": ref("Integration"), "IntegrationResponseKey": "$default",
			"ResponseTemplates": map[string]any{"$default": want.message},
		})
	}
}

func TestTheStage(t *testing.T) {
	for name, tt := range map[string]struct {
		props *pingapi.Props
		want  string
	}{
		"is live":         {nil, "live"},
		"by another name": {&pingapi.Props{StageName: "v2"}, "v2"},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			api := pingapi.New(stack, "PingApi", tt.props)
			cdktest.Synth(t, stack).Has("AWS::ApiGatewayV2::Stage", map[string]any{"StageName": tt.want, "AutoDeploy": true})
			if got := *api.Stage().StageName(); got != tt.want {
				t.Errorf("want %s, got %s", tt.want, got)
			}
		})
	}
}

func TestAStageNameThatAPIGatewayDoesNotTakeIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	cdktest.Panics(t, func() { pingapi.New(stack, "PingApi", &pingapi.Props{StageName: "$default"}) },
		`API "PingApi": StageName must be a stage name of 1 to 128 letters, digits, hyphens and underscores, got "$default"`)
	if n := len(*stack.Node().Children()); n != 0 {
		t.Errorf("want nothing defined, got %d constructs", n)
	}
}

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	cdktest.IsConstruct(t, "AWS::ApiGatewayV2::Stage", func(stack awscdk.Stack, id string) constructs.Construct {
		return pingapi.New(stack, id, nil)
	})
}

func TestTheAPIIsCalledAfterItsStack(t *testing.T) {
	stack := cdktest.NewStack(t)
	api := pingapi.New(stack, "PingApi", nil)
	cdktest.Synth(t, stack).Has("AWS::ApiGatewayV2::Api", map[string]any{"Name": "Test"})
	if got := *api.API().Node().Path(); got != "Test/PingApi/Api" {
		t.Errorf("got %s", got)
	}
}

func ExampleNew() {
	var stack awscdk.Stack

	api := pingapi.New(stack, "PingApi", nil)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromStage(api.Stage(), nil)},
	})
}
