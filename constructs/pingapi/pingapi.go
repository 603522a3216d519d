// Package pingapi is a WebSocket API to connect to when there is none yet: its
// routes answer by MOCK integrations, so it has no Lambda function, no code and
// no cost at rest.
package pingapi

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// The messages that the API answers with. They are fixed: whether a MOCK
// integration can repeat what it was sent is not documented.
const (
	// Pong answers {"action":"ping"}.
	Pong = `{"message":"pong"}`
	// Usage answers everything else.
	Usage = `{"message":"send {\"action\":\"ping\"}"}`
)

// Props are the properties of an [API].
type Props struct {
	// StageName is the stage that clients connect to: 1 to 128 letters, digits,
	// hyphens and underscores.
	//
	// Default: live.
	StageName string
}

// Validate reports what is wrong with the props, or nil.
func (p *Props) Validate() error {
	if p == nil || p.StageName == "" {
		return nil
	}
	if err := rules.StageName(p.StageName); err != nil {
		return fmt.Errorf("StageName %w", err)
	}
	return nil
}

// API is a WebSocket API that accepts every connection, answers [Pong] to the
// action ping and [Usage] to anything else.
//
// AWS documents each part (API Gateway Developer Guide: "Integration responses
// for two-way communication" in "WebSocket API integration responses", "WebSocket
// selection expressions"): a MOCK integration whose request template yields a
// status code, and, where the route answers, a route response and an integration
// response under the key $default. That $connect of a MOCK integration opens the
// connection is how public templates use it; AWS does not say so in words. It
// cannot choose a subprotocol: API Gateway wants that from the integration's
// answer, so a client that asks for one is refused.
//
// Child ids: Api, Stage.
type API struct {
	constructs.Construct
	api   awsapigatewayv2.WebSocketApi
	stage awsapigatewayv2.WebSocketStage
}

// New defines the API and its stage in scope. props may be nil. It panics with
// the text of props.Validate before it defines anything.
func New(scope constructs.Construct, id string, props *Props) *API {
	if err := props.Validate(); err != nil {
		panic(fmt.Errorf("API %q: %w", id, err))
	}
	stageName := "live"
	if props != nil && props.StageName != "" {
		stageName = props.StageName
	}
	a := &API{}
	constructs.NewConstruct_Override(a, scope, &id)
	a.api = awsapigatewayv2.NewWebSocketApi(a, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
		ApiName:     awscdk.Stack_Of(a).StackName(),
		Description: jsii.String("Answers {\"action\":\"ping\"}; no code behind it"),
	})
	a.endpointOn()
	// As AddRoute does it, except for the key, which AddRoute does not take.
	awsapigatewayv2.NewWebSocketRoute(a.api, jsii.String("$connect-Route"), &awsapigatewayv2.WebSocketRouteProps{
		WebSocketApi:   a.api,
		RouteKey:       jsii.String("$connect"),
		Integration:    mock(),
		ApiKeyRequired: jsii.Bool(false),
	})
	apiID := a.api.ApiId()
	a.answer(apiID, "ping", Pong)
	a.answer(apiID, "$default", Usage)
	a.stage = awsapigatewayv2.NewWebSocketStage(a, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: a.api,
		StageName:    &stageName,
		AutoDeploy:   jsii.Bool(true),
	})
	return a
}

// API returns the CDK's own API, to add routes to.
func (a *API) API() awsapigatewayv2.WebSocketApi { return a.api }

// Stage returns the stage that clients connect to.
func (a *API) Stage() awsapigatewayv2.WebSocketStage { return a.stage }

// endpointOn says that the API has its default endpoint. That is so by default; but
// an origin lock may turn the endpoint off, and so may it make $connect ask for a
// key: when the lock goes, CloudFormation resets neither (CloudFormation coverage
// roadmap, issue 2184). The lock overrides both.
func (a *API) endpointOn() {
	a.api.Node().DefaultChild().(awsapigatewayv2.CfnApi).SetDisableExecuteApiEndpoint(jsii.Bool(false))
}

// answer adds a route that sends message back. The CDK has no L2 for integration
// responses.
func (a *API) answer(apiID *string, routeKey, message string) {
	route := a.api.AddRoute(&routeKey, &awsapigatewayv2.WebSocketRouteOptions{
		Integration:    mock(),
		ReturnResponse: jsii.Bool(true),
	})
	integration := route.Node().FindChild(jsii.String(integrationID)).(awsapigatewayv2.WebSocketIntegration)
	awsapigatewayv2.NewCfnIntegrationResponse(route, jsii.String("IntegrationResponse"), &awsapigatewayv2.CfnIntegrationResponseProps{
		ApiId:                  apiID,
		IntegrationId:          integration.IntegrationId(),
		IntegrationResponseKey: jsii.String("$default"),
		ResponseTemplates:      map[string]string{"$default": message},
	})
}

const integrationID = "Integration"

func mock() awsapigatewayv2.WebSocketRouteIntegration {
	return awsapigatewayv2integrations.NewWebSocketMockIntegration(jsii.String(integrationID), &awsapigatewayv2integrations.WebSocketMockIntegrationProps{
		RequestTemplates: &map[string]*string{"$default": jsii.String(`{"statusCode":200}`)},
	})
}
