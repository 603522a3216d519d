package originlock_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/constructs/originlock"
	"github.com/websocket-distribution/websocket-distribution/constructs/pingapi"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	distributionType = "AWS::CloudFront::Distribution"
	routeType        = "AWS::ApiGatewayV2::Route"
	planType         = "AWS::ApiGateway::UsagePlan"
	keyType          = "AWS::ApiGateway::ApiKey"
	planKeyType      = "AWS::ApiGateway::UsagePlanKey"
	secretType       = "AWS::SecretsManager::Secret"
)

// locked is a stack with a ping API, a lock on it and a distribution in front.
func locked(t *testing.T, props originlock.Props) cdktest.Template {
	t.Helper()
	stack := cdktest.NewStack(t)
	props.Stage = pingapi.New(stack, "Api", nil).Stage()
	distribution(stack, props.Stage.(awsapigatewayv2.WebSocketStage), originlock.New(stack, "Lock", &props))
	return cdktest.Synth(t, stack)
}

func distribution(stack awscdk.Stack, stage awsapigatewayv2.WebSocketStage, lock *originlock.Lock) {
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin: edge.FromStage(stage, &edge.OriginProps{CustomHeaders: lock.Headers(stack)}),
		},
	})
}

func properties(t *testing.T, tpl cdktest.Template, kind string) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	for id, resource := range *tpl.FindResources(&kind, nil) {
		found[id] = (*resource)["Properties"].(map[string]any)
	}
	return found
}

func header(tpl cdktest.Template) any {
	config := tpl.Properties(distributionType)["DistributionConfig"].(map[string]any)
	headers := config["Origins"].([]any)[0].(map[string]any)["OriginCustomHeaders"].([]any)
	return headers[0].(map[string]any)["HeaderValue"]
}

func TestTheSecretIsGeneratedAndHas40LettersAndDigits(t *testing.T) {
	got := locked(t, originlock.Props{}).Properties(secretType)["GenerateSecretString"]
	if want := map[string]any{"PasswordLength": 40.0, "ExcludePunctuation": true}; !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

// What CloudFront sends and what the API accepts are one reference, to the letter.
func TestKeyAndHeaderAreTheSameReference(t *testing.T) {
	tpl := locked(t, originlock.Props{})
	key := tpl.Properties(keyType)
	if got := header(tpl); !reflect.DeepEqual(got, key["Value"]) {
		t.Errorf("want %v, got %v", key["Value"], got)
	}
	want := map[string]any{"Fn::Join": []any{"", []any{"{{resolve:secretsmanager:", map[string]any{"Ref": only(properties(t, tpl, secretType))}, ":SecretString:::}}"}}}
	if !reflect.DeepEqual(key["Value"], want) || key["Enabled"] != true {
		t.Errorf("want %v, got %v", want, key)
	}
}

func only(found map[string]map[string]any) string {
	for id := range found {
		return id
	}
	return ""
}

func TestThePlanHasNoThrottleAndNoQuota(t *testing.T) {
	got := locked(t, originlock.Props{}).Properties(planType)
	if got["Throttle"] != nil || got["Quota"] != nil {
		t.Errorf("want neither, got %v", got)
	}
}

func TestAThrottleIsOnRequest(t *testing.T) {
	got := locked(t, originlock.Props{Throttle: &originlock.Throttle{RatePerSecond: 100, Burst: 200}}).Properties(planType)["Throttle"]
	if want := map[string]any{"RateLimit": 100.0, "BurstLimit": 200.0}; !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestThePlanIsOnTheStageAndWaitsForIt(t *testing.T) {
	tpl := locked(t, originlock.Props{})
	stages := properties(t, tpl, "AWS::ApiGatewayV2::Stage")
	for _, plan := range *tpl.FindResources(jsii.String(planType), nil) {
		if got := fmt.Sprint((*plan)["DependsOn"]); !strings.Contains(got, only(stages)) {
			t.Errorf("want the plan after the stage, got %s", got)
		}
		got := fmt.Sprint((*plan)["Properties"].(map[string]any)["ApiStages"])
		if want := fmt.Sprintf("[map[ApiId:%v Stage:live]]", stages[only(stages)]["ApiId"]); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}

func routes(t *testing.T, tpl cdktest.Template) map[string]any {
	t.Helper()
	required := map[string]any{}
	for _, route := range properties(t, tpl, routeType) {
		required[route["RouteKey"].(string)] = route["ApiKeyRequired"]
	}
	return required
}

func TestConnectAloneAsksForTheKey(t *testing.T) {
	got := routes(t, locked(t, originlock.Props{}))
	if want := map[string]any{"$connect": true, "ping": nil, "$default": nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestARouteThatIsAddedAfterTheLockAsksForTheKey(t *testing.T) {
	stack := cdktest.NewStack(t)
	api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil)
	stage := awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: api, StageName: jsii.String("live"), AutoDeploy: jsii.Bool(true),
	})
	originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
	awsapigatewayv2.NewCfnRoute(stack, jsii.String("Late"), &awsapigatewayv2.CfnRouteProps{ApiId: api.ApiId(), RouteKey: jsii.String("$connect")})
	other := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Other"), nil)
	awsapigatewayv2.NewCfnRoute(stack, jsii.String("OtherConnect"), &awsapigatewayv2.CfnRouteProps{ApiId: other.ApiId(), RouteKey: jsii.String("$connect")})
	found := properties(t, cdktest.Synth(t, stack), routeType)
	if got := found["Late"]["ApiKeyRequired"]; got != true {
		t.Errorf("want the key to be required, got %v", got)
	}
	if got := found["OtherConnect"]["ApiKeyRequired"]; got != nil {
		t.Errorf("want the other API left alone, got %v", got)
	}
}

func TestAnL1StageCanBeLocked(t *testing.T) {
	stack := cdktest.NewStack(t)
	api := awsapigatewayv2.NewCfnApi(stack, jsii.String("Api"), &awsapigatewayv2.CfnApiProps{
		Name: jsii.String("api"), ProtocolType: jsii.String("WEBSOCKET"), RouteSelectionExpression: jsii.String("$request.body.action"),
	})
	stage := awsapigatewayv2.NewCfnStage(stack, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{ApiId: api.Ref(), StageName: jsii.String("live"), AutoDeploy: jsii.Bool(true)})
	awsapigatewayv2.NewCfnRoute(stack, jsii.String("Connect"), &awsapigatewayv2.CfnRouteProps{ApiId: api.Ref(), RouteKey: jsii.String("$connect")})
	originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
	cdktest.Synth(t, stack).Has(routeType, map[string]any{"ApiKeyRequired": true})
}

func synthPanics(t *testing.T, stack awscdk.Stack, parts ...string) {
	t.Helper()
	cdktest.Panics(t, func() { stack.Node().Root().(awscdk.App).Synth(nil) }, parts...)
}

func TestWhatKeepsTheLockFromHoldingFailsTheSynthesis(t *testing.T) {
	for _, tt := range []struct {
		name   string
		define func(stack awscdk.Stack)
		want   string
	}{
		{"no $connect", func(stack awscdk.Stack) {
			api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil)
			stage := awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{WebSocketApi: api, StageName: jsii.String("live"), AutoDeploy: jsii.Bool(true)})
			originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
		}, "[Test/Lock] the API has no $connect route in the stack of its stage"},
		{"the key from an authorizer", func(stack awscdk.Stack) {
			api := pingapi.New(stack, "Api", nil)
			api.API().Node().DefaultChild().(awsapigatewayv2.CfnApi).SetApiKeySelectionExpression(jsii.String("$context.authorizer.usageIdentifierKey"))
			originlock.New(stack, "Lock", &originlock.Props{Stage: api.Stage()})
		}, "the API takes its key from $context.authorizer.usageIdentifierKey, which CloudFront does not send"},
		{"no default endpoint, and an origin that is it", func(stack awscdk.Stack) {
			api := pingapi.New(stack, "Api", nil)
			distribution(stack, api.Stage(), originlock.New(stack, "Lock", &originlock.Props{Stage: api.Stage(), DisableDefaultEndpoint: true}))
		}, "DisableDefaultEndpoint turns off the address that Test/Edge/Distribution/Resource has as its origin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			tt.define(stack)
			synthPanics(t, stack, tt.want)
		})
	}
}

func TestTheDefaultEndpointIsTurnedOffBehindACustomDomainName(t *testing.T) {
	stack := cdktest.NewStack(t)
	api := pingapi.New(stack, "Api", nil)
	lock := originlock.New(stack, "Lock", &originlock.Props{Stage: api.Stage(), DisableDefaultEndpoint: true})
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromDomainName("api.example.com", "", &edge.OriginProps{CustomHeaders: lock.Headers(stack)})},
	})
	tpl := cdktest.Synth(t, stack)
	tpl.Has("AWS::ApiGatewayV2::Api", map[string]any{"DisableExecuteApiEndpoint": true})
}

// CloudFormation does not reset what a template stops naming, so what a switch
// turned on has to be turned off in words.
func TestWhatASwitchTurnedOnIsTurnedOffInWords(t *testing.T) {
	if got := routes(t, locked(t, originlock.Props{Open: true}))["$connect"]; got != false {
		t.Errorf("want ApiKeyRequired: false of an open lock, got %v", got)
	}
	stack := cdktest.NewStack(t)
	api := awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), nil)
	awsapigatewayv2.NewCfnRoute(stack, jsii.String("Connect"), &awsapigatewayv2.CfnRouteProps{ApiId: api.ApiId(), RouteKey: jsii.String("$connect")})
	originlock.New(stack, "Lock", &originlock.Props{Stage: awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: api, StageName: jsii.String("live"), AutoDeploy: jsii.Bool(true),
	})})
	if got := cdktest.Synth(t, stack).Properties("AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"]; got != false {
		t.Errorf("want DisableExecuteApiEndpoint: false by default, got %v", got)
	}
}

func TestAnEndpointThatTheUserTurnedOffStaysOff(t *testing.T) {
	stack := cdktest.NewStack(t)
	api := pingapi.New(stack, "Api", nil)
	api.API().Node().DefaultChild().(awsapigatewayv2.CfnApi).SetDisableExecuteApiEndpoint(true)
	originlock.New(stack, "Lock", &originlock.Props{Stage: api.Stage()})
	cdktest.Synth(t, stack).Has("AWS::ApiGatewayV2::Api", map[string]any{"DisableExecuteApiEndpoint": true})
}

// A behavior to the locked API that was given no header refuses everybody.
func TestABehaviorWithoutTheHeaderIsWarnedAbout(t *testing.T) {
	withName := func(stack awscdk.Stack, api *pingapi.API) {
		name := awsapigatewayv2.NewCfnDomainName(stack, jsii.String("Name"), &awsapigatewayv2.CfnDomainNameProps{DomainName: jsii.String("api.example.com")})
		awsapigatewayv2.NewCfnApiMapping(stack, jsii.String("Mapping"), &awsapigatewayv2.CfnApiMappingProps{
			ApiId: api.API().ApiId(), Stage: api.Stage().StageName(), DomainName: jsii.String("api.example.com"),
		}).Node().AddDependency(name)
	}
	for _, tt := range []struct {
		name   string
		define func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock)
		want   string
	}{
		{"none", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			distribution(stack, api.Stage(), lock)
		}, ""},
		{"the default behavior", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromStage(api.Stage(), nil)}})
		}, `the default behavior goes to the locked API without the header x-api-key`},
		{"a further one", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
				DefaultBehavior:     edge.WebSocketBehaviorProps{Origin: edge.FromStage(api.Stage(), &edge.OriginProps{CustomHeaders: lock.Headers(stack)})},
				AdditionalBehaviors: map[string]edge.WebSocketBehaviorProps{"/chat": {Origin: edge.FromStage(api.Stage(), nil)}},
			})
		}, `the behavior for "/chat" and the behavior for "/chat/*" go to the locked API without the header x-api-key`},
		{"a custom domain name of the API", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			withName(stack, api)
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromDomainName("api.example.com", "", nil)}})
		}, `the default behavior goes to the locked API without the header x-api-key`},
		{"another API", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromURL("wss://abc.execute-api.us-east-1.amazonaws.com/prod", nil)}})
		}, ""},
		{"a further one in another stack", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			edge.NewWebSocketDistribution(front, "Edge", &edge.WebSocketDistributionProps{
				DefaultBehavior:     edge.WebSocketBehaviorProps{Origin: edge.FromStage(api.Stage(), &edge.OriginProps{CustomHeaders: lock.Headers(front)})},
				AdditionalBehaviors: map[string]edge.WebSocketBehaviorProps{"/chat": {Origin: edge.FromStage(api.Stage(), nil)}},
			})
		}, `the behavior for "/chat" and the behavior for "/chat/*" go to the locked API without the header x-api-key`},
		{"an API of another stack that has the same logical id", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			lock.Headers(front)
			edge.NewWebSocketDistribution(front, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: edge.WebSocketBehaviorProps{Origin: edge.FromStage(pingapi.New(front, "Api", nil).Stage(), nil)}})
		}, ""},
		{"a distribution that cannot be read", func(stack, front awscdk.Stack, api *pingapi.API, lock *originlock.Lock) {
			awscloudfront.NewCfnDistribution(stack, jsii.String("Raw"), &awscloudfront.CfnDistributionProps{DistributionConfig: awscdk.Lazy_UncachedAny(&unreadable{}, nil)})
		}, `cannot check that each origin that is the locked API sends x-api-key: this version of the CDK does not show`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack, front := twoStacks(cdktest.NewApp(t))
			api := pingapi.New(stack, "Api", nil)
			tt.define(stack, front, api, originlock.New(stack, "Lock", &originlock.Props{Stage: api.Stage()}))
			got := append(cdktest.Warnings(t, stack), cdktest.Warnings(t, front)...)
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
}

// It may be the one that sends the key.
func TestADistributionThatCannotBeReadWaitsForThePlan(t *testing.T) {
	stack := cdktest.NewStack(t)
	originlock.New(stack, "Lock", &originlock.Props{Stage: pingapi.New(stack, "Api", nil).Stage()})
	awscloudfront.NewCfnDistribution(stack, jsii.String("Raw"), &awscloudfront.CfnDistributionProps{DistributionConfig: awscdk.Lazy_UncachedAny(&unreadable{}, nil)})
	for _, d := range *cdktest.Synth(t, stack).FindResources(jsii.String(distributionType), nil) {
		if got := fmt.Sprint((*d)["DependsOn"]); !strings.Contains(got, "LockPlanKeya") {
			t.Errorf("want it after the plan's key, got %s", got)
		}
	}
}

// unreadable is a configuration that is there only after the Aspects.
type unreadable struct{ asked int }

func (u *unreadable) Produce(awscdk.IResolveContext) any {
	if u.asked++; u.asked == 1 {
		return "not a structure"
	}
	return map[string]any{"enabled": true, "defaultCacheBehavior": map[string]any{"targetOriginId": "x", "viewerProtocolPolicy": "https-only"}}
}

// twoStacks are the API's and the distribution's.
func twoStacks(app awscdk.App) (backend, front awscdk.Stack) {
	in := func(id string) awscdk.Stack {
		return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("us-east-1"), Account: jsii.String("111122223333")}})
	}
	return in("Backend"), in("Front")
}

// Without our feature flags a reference between stacks is an export, and
// CloudFormation deletes none that is imported. A deploy updates the API's stack
// first, so each step must keep what the step before made the front import.
func TestARotationAcrossStacksKeepsWhatIsImported(t *testing.T) {
	var imported []string
	for i, props := range []originlock.Props{{}, {Keys: []string{"a", "b"}, Active: "b"}, {Keys: []string{"b"}}, {Keys: []string{"b", "c"}, Active: "c"}, {Keys: []string{"c"}}} {
		backend, front := twoStacks(awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir())}))
		api := pingapi.New(backend, "Api", nil)
		props.Stage = api.Stage()
		distribution(front, api.Stage(), originlock.New(backend, "Lock", &props))
		template := cdktest.Synth(t, front)
		exported := fmt.Sprint((*cdktest.Synth(t, backend).ToJSON())["Outputs"])
		for _, name := range imported {
			if !strings.Contains(exported, name) {
				t.Errorf("step %d takes away %s, which the distribution imports until its own stack is updated", i, name)
			}
		}
		imported = nil
		for _, found := range regexp.MustCompile(`Fn::ImportValue:([^\]]+)\]`).FindAllStringSubmatch(fmt.Sprint(*template.ToJSON()), -1) {
			imported = append(imported, found[1])
			if !strings.Contains(exported, found[1]) {
				t.Errorf("step %d imports %s, which is not exported", i, found[1])
			}
		}
		if !strings.Contains(strings.Join(imported, " "), "Secret") {
			t.Errorf("step %d: want the secret to be imported, got %q", i, imported)
		}
	}
}

// state is what viewers meet between two deploys: the key that CloudFront sends,
// the keys that the API accepts, and whether it asks for one.
type state struct {
	sent     string
	accepted []string
	asks     bool
	// waits says that the distribution sends the key only once the plan has it.
	waits bool
}

func stateOf(t *testing.T, props originlock.Props) state {
	t.Helper()
	tpl := locked(t, props)
	names := map[string]string{} // of secrets, API keys and plan keys, by logical id
	for _, kind := range []string{secretType, keyType, planKeyType} {
		for id := range properties(t, tpl, kind) {
			for _, prefix := range []string{"LockSecret", "LockApiKey", "LockPlanKey"} {
				if rest, ok := strings.CutPrefix(id, prefix); ok {
					names[id] = rest[:len(rest)-8]
				}
			}
		}
	}
	reference := func(value any) string {
		return value.(map[string]any)["Fn::Join"].([]any)[1].([]any)[1].(map[string]any)["Ref"].(string)
	}
	s := state{sent: names[reference(header(tpl))], asks: routes(t, tpl)["$connect"] == true}
	keys := properties(t, tpl, keyType)
	for id, planKey := range properties(t, tpl, planKeyType) {
		key := planKey["KeyId"].(map[string]any)["Ref"].(string)
		if keys[key]["Enabled"] == true {
			s.accepted = append(s.accepted, names[reference(keys[key]["Value"])])
		}
		for _, d := range *tpl.FindResources(jsii.String(distributionType), nil) {
			if dependsOn, _ := (*d)["DependsOn"].([]any); names[id] == s.sent && slices.Contains(dependsOn, any(id)) {
				s.waits = true
			}
		}
	}
	slices.Sort(s.accepted)
	return s
}

// refuses says which key a valid viewer may bring during the deploy from one state
// to the next that the API does not take, or nothing. While a distribution is
// updated, some edges send the old key and some the new one. CloudFormation deletes
// what has gone only after everything else is updated.
func refuses(before, after state) string {
	if !after.asks && !before.asks {
		return ""
	}
	if !slices.Contains(before.accepted, after.sent) && !after.waits {
		return after.sent + ", which the plan does not have yet"
	}
	if !slices.Contains(after.accepted, after.sent) {
		return after.sent + ", which the plan never has"
	}
	if before.asks && !slices.Contains(after.accepted, before.sent) {
		return before.sent + ", which the plan has no more when the edges that send it are the last to know"
	}
	return ""
}

func TestARotationRefusesNobody(t *testing.T) {
	steps := []struct {
		props originlock.Props
		want  state
	}{
		{originlock.Props{}, state{"a", []string{"a"}, true, true}},
		{originlock.Props{Keys: []string{"a", "b"}, Active: "b"}, state{"b", []string{"a", "b"}, true, true}},
		{originlock.Props{Keys: []string{"b"}}, state{"b", []string{"b"}, true, true}},
	}
	var before state
	for i, step := range steps {
		got := stateOf(t, step.props)
		if !reflect.DeepEqual(got, step.want) {
			t.Errorf("step %d: want %+v, got %+v", i, step.want, got)
		}
		if i > 0 {
			if refused := refuses(before, got); refused != "" {
				t.Errorf("step %d refuses %s", i, refused)
			}
		}
		before = got
	}
}

func TestToReplaceAKeyInOneDeployWouldRefuseViewers(t *testing.T) {
	a, b := stateOf(t, originlock.Props{Keys: []string{"a"}}), stateOf(t, originlock.Props{Keys: []string{"b"}})
	if got := refuses(a, b); !strings.HasPrefix(got, "a, which the plan has no more") {
		t.Errorf("got %q", got)
	}
}

func TestAnOpenLockAsksForNothing(t *testing.T) {
	got := stateOf(t, originlock.Props{Open: true})
	if want := (state{"a", []string{"a"}, false, true}); !reflect.DeepEqual(got, want) {
		t.Errorf("want %+v, got %+v", want, got)
	}
}

// A key that stays keeps its logical ids, or it would get another value.
func TestTheOtherKeysOfALockChangeNothingForAKey(t *testing.T) {
	one := properties(t, locked(t, originlock.Props{Keys: []string{"b"}}), secretType)
	two := properties(t, locked(t, originlock.Props{Keys: []string{"a", "b"}}), secretType)
	if id := only(one); two[id] == nil || len(two) != 2 {
		t.Errorf("want %s among %v", id, two)
	}
}

func TestALockBelongsIntoTheRegionOfItsAPI(t *testing.T) {
	app := cdktest.NewApp(t)
	in := func(id, region string) awscdk.Stack {
		return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: &region}})
	}
	europe, virginia := in("Europe", "eu-west-1"), in("Virginia", "us-east-1")
	api := pingapi.New(europe, "Api", nil)
	cdktest.Panics(t, func() { originlock.New(virginia, "Lock", &originlock.Props{Stage: api.Stage()}) },
		`Lock "Lock": Stage is in eu-west-1 and the lock's stack in us-east-1; define the lock in the stack of the API`)
	lock := originlock.New(europe, "Lock", &originlock.Props{Stage: api.Stage()})
	cdktest.Panics(t, func() { lock.Headers(virginia) },
		`Lock "Lock": its secrets are in eu-west-1 and the distribution's stack is in us-east-1`, "define the distribution in eu-west-1, or replicate")
}

func TestADistributionOfAnotherStackOfTheRegionSendsTheKey(t *testing.T) {
	backend, front := twoStacks(cdktest.NewApp(t))
	api := pingapi.New(backend, "Api", nil)
	lock := originlock.New(backend, "Lock", &originlock.Props{Stage: api.Stage()})
	distribution(front, api.Stage(), lock)
	if got := fmt.Sprint(header(cdktest.Synth(t, front))); !strings.Contains(got, "{{resolve:secretsmanager: map[") || !strings.Contains(got, ":SecretString:::}}") {
		t.Errorf("got %s", got)
	}
	if got := *front.Dependencies(); len(got) != 1 || got[0] != backend {
		t.Errorf("want the front after the backend, got %v", got)
	}
}

func TestAStageThatIsDeployedByHandIsWarnedAbout(t *testing.T) {
	for auto, want := range map[bool]int{true: 0, false: 1} {
		stack := cdktest.NewStack(t)
		api := pingapi.New(stack, "Api", nil)
		stage := awsapigatewayv2.NewWebSocketStage(stack, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
			WebSocketApi: api.API(), StageName: jsii.String("other"), AutoDeploy: &auto,
		})
		originlock.New(stack, "Lock", &originlock.Props{Stage: stage})
		if got := cdktest.Warnings(t, stack); len(got) != want || want == 1 && !strings.Contains(got[0], "the stage has no AutoDeploy") {
			t.Errorf("AutoDeploy %v: want %d warnings, got %q", auto, want, got)
		}
	}
}

func TestEveryProblemOfALockIsReportedAtOnce(t *testing.T) {
	stack := cdktest.NewStack(t)
	text := cdktest.Panics(t, func() {
		originlock.New(stack, "Lock", &originlock.Props{
			Keys: []string{"a b", "c", "c"}, Active: "d", Throttle: &originlock.Throttle{RatePerSecond: 50},
		})
	})
	want := `Lock "Lock": Stage: is required; pass the stage of an API of this app, or use Reference for an API that lives elsewhere
Keys[0]: must be the name of a key, 1 to 32 letters, digits and hyphens such as a or 2026-11, got something else, which is not shown because it may be a key; the value is generated
Keys[2]: repeats "c"; drop one
Active: must be one of the keys ["a b" "c" "c"], got "d"; add it to Keys now, and remove the old key in the next deploy
Throttle.Burst: is required with the other limit; write 1 or more, or leave the throttle out for none`
	if text != want {
		t.Errorf("want\n%s\ngot\n%s", want, text)
	}
	if n := len(*stack.Node().Children()); n != 0 {
		t.Errorf("want nothing defined, got %d constructs", n)
	}
}

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	cdktest.IsConstruct(t, planType, func(stack awscdk.Stack, id string) constructs.Construct {
		return originlock.New(stack, id, &originlock.Props{Stage: pingapi.New(stack, "Api", nil).Stage()})
	})
}

func TestWhatALockGivesAway(t *testing.T) {
	stack := cdktest.NewStack(t)
	lock := originlock.New(stack, "Lock", &originlock.Props{Stage: pingapi.New(stack, "Api", nil).Stage(), Keys: []string{"x", "y"}})
	if lock.Active() != "x" || lock.Secret("y") == nil || lock.Secret("z") != nil || lock.UsagePlan() == nil {
		t.Errorf("got %s %v %v %v", lock.Active(), lock.Secret("y"), lock.Secret("z"), lock.UsagePlan())
	}
}

// The golden pins the logical ids: a changed one is a new secret.
func TestTheTemplateOfALock(t *testing.T) {
	locked(t, originlock.Props{Keys: []string{"a", "b"}, Active: "b"}).Golden("two-keys")
}
