package edge_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// site is a distribution that serves something else.
func site(stack awscdk.Stack, errorResponses ...*awscloudfront.ErrorResponse) awscloudfront.Distribution {
	behavior := byURL()
	return awscloudfront.NewDistribution(stack, jsii.String("Site"), &awscloudfront.DistributionProps{
		DefaultBehavior: edge.NewWebSocketBehavior(stack, "Default", &behavior).Bind(),
		ErrorResponses:  &errorResponses,
	})
}

func TestABehaviorCarriesWebSocketsAndNothingElse(t *testing.T) {
	stack := cdktest.NewStack(t)
	got := distributionOf(t, stack, edge.WebSocketDistributionProps{DefaultBehavior: byURL()})["DefaultCacheBehavior"].(map[string]any)
	want := map[string]any{
		"TargetOriginId":        got["TargetOriginId"],
		"ViewerProtocolPolicy":  "https-only",
		"AllowedMethods":        []any{"GET", "HEAD"},
		"Compress":              false,
		"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"OriginRequestPolicyId": map[string]any{"Ref": "EdgeOriginRequestPolicy35a3b7ef10c856BFAA64"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func TestABehaviorIsAddedUnderItsPathAndEverythingBelow(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := site(stack)
	behavior := byURL()
	behavior.Forwarding.QueryStrings = edge.AllowList("token")
	edge.NewWebSocketBehavior(stack, "Socket", &behavior).AddTo(d, "/ws")
	tpl := cdktest.Synth(t, stack)
	behaviors := config(tpl)["CacheBehaviors"].([]any)
	if len(behaviors) != 2 {
		t.Fatalf("want two behaviours, got %v", behaviors)
	}
	for i, pattern := range []string{"/ws", "/ws/*"} {
		got := behaviors[i].(map[string]any)
		want := map[string]any{
			"PathPattern":           pattern,
			"TargetOriginId":        behaviors[0].(map[string]any)["TargetOriginId"],
			"ViewerProtocolPolicy":  "https-only",
			"AllowedMethods":        []any{"GET", "HEAD"},
			"Compress":              false,
			"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
			"OriginRequestPolicyId": map[string]any{"Ref": "SocketOriginRequestPolicy99277322"},
			"FunctionAssociations": []any{map[string]any{
				"EventType": "viewer-request", "FunctionARN": map[string]any{"Fn::GetAtt": []any{"SocketFunctionwsA64D866C", "FunctionARN"}},
			}},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("want %v, got %v", want, got)
		}
	}
	tpl.Count(functionType, 1)
	if origins := config(tpl)["Origins"].([]any); len(origins) != 2 {
		t.Errorf("want one origin for both paths beside the site's, got %v", origins)
	}
}

func TestABehaviorMayBeAddedUnderSeveralPaths(t *testing.T) {
	stack := cdktest.NewStack(t)
	d, behavior := site(stack), byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	b.AddTo(d, "/ws")
	b.AddTo(d, "/v2/ws")
	tpl := cdktest.Synth(t, stack)
	tpl.Count(functionType, 2)
	tpl.Count(policyType, 2)
	if behaviors := config(tpl)["CacheBehaviors"].([]any); len(behaviors) != 4 {
		t.Errorf("want four behaviours, got %d", len(behaviors))
	}
}

func TestAddingToADistributionOfAnotherStack(t *testing.T) {
	app := cdktest.NewApp(t)
	stack := func(id string) awscdk.Stack {
		return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("us-east-1")}})
	}
	sites, sockets, behavior := stack("Sites"), stack("Sockets"), byURL()
	d := site(sites)
	edge.NewWebSocketBehavior(sockets, "Socket", &behavior).AddTo(d, "/ws")
	if got := fmt.Sprint(config(cdktest.Synth(t, sites))["CacheBehaviors"]); !strings.Contains(got, "Fn::GetStackOutput") {
		t.Errorf("want references to the other stack, got %s", got)
	}
}

func TestAttachingWhatCannotWorkIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	behavior := byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	imported := awscloudfront.Distribution_FromDistributionAttributes(stack, jsii.String("Imported"), &awscloudfront.DistributionAttributes{
		DistributionId: jsii.String("E1"), DomainName: jsii.String("d1.cloudfront.net"),
	})
	d := site(stack)
	cdktest.Panics(t, func() { b.AddTo(imported, "ws") },
		`WebSocketBehavior "Socket": path: must start with a slash, got "ws"; write "/ws"`,
		"distribution must be an awscloudfront.Distribution that this app defines, got an imported one",
	)
	cdktest.Panics(t, func() { b.AddTo(nil, "/ws") }, "distribution is required, got nil")
	cdktest.Panics(t, func() { b.AddTo(d, "/") }, `path: must be a path below the root, such as /ws, got "/"`)
	if got := cdktest.Synth(t, stack).Properties(distributionType)["DistributionConfig"].(map[string]any)["CacheBehaviors"]; got != nil {
		t.Errorf("want the distribution as it was, got %v", got)
	}
}

func TestAPageForRefusedHandshakesGetsAWarning(t *testing.T) {
	for _, tt := range []struct {
		status float64
		want   string
	}{
		{403, "websocket-distribution:errorResponse"},
		{404, "custom error response for 404"},
		{500, ""},
	} {
		stack := cdktest.NewStack(t)
		d := site(stack, &awscloudfront.ErrorResponse{
			HttpStatus: &tt.status, ResponseHttpStatus: jsii.Number(200), ResponsePagePath: jsii.String("/index.html"),
		})
		behavior := byURL()
		edge.NewWebSocketBehavior(stack, "Socket", &behavior).AddTo(d, "/ws")
		got := strings.Join(cdktest.Warnings(t, stack), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: want %q, got %q", tt.status, tt.want, got)
		}
	}
}

func TestPathsThatLookAlikeDoNotCollide(t *testing.T) {
	stack := cdktest.NewStack(t)
	props := edge.WebSocketDistributionProps{DefaultBehavior: byURL(), AdditionalBehaviors: map[string]edge.WebSocketBehaviorProps{
		"/a-b": byURL(), "/a/b": byURL(), "/a--b": byURL(), "/a.b": byURL(),
	}}
	edge.NewWebSocketDistribution(stack, "Edge", &props)
	cdktest.Synth(t, stack).Count(functionType, 4)
}

func TestWhatTheCallerChangesLaterIsNotSeen(t *testing.T) {
	stack := cdktest.NewStack(t)
	props, d := byURL(), site(stack)
	props.AllowedWebOrigins = []string{"https://app.example.com"}
	b := edge.NewWebSocketBehavior(stack, "Socket", &props)
	props.AllowedWebOrigins[0] = "https://evil.com"
	b.AddTo(d, "/ws")
	if code := cdktest.Synth(t, stack).Properties(functionType)["FunctionCode"].(string); strings.Contains(code, "evil") {
		t.Errorf("got\n%s", code)
	}
}

func TestWhatBindReturnsIsACopy(t *testing.T) {
	stack := cdktest.NewStack(t)
	behavior := byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	b.Bind().Compress = jsii.Bool(true)
	if *b.Bind().Compress {
		t.Error("want the behaviour as it was")
	}
}

// The golden holds a distribution with paths, origins and further APIs.
func TestADistributionWithSeveralAPIs(t *testing.T) {
	stack := cdktest.NewStack(t)
	edge.NewWebSocketDistribution(stack, "Edge", severalAPIs())
	cdktest.Synth(t, stack).Golden("several-apis")
}

func severalAPIs() *edge.WebSocketDistributionProps {
	return &edge.WebSocketDistributionProps{
		DefaultBehavior: edge.WebSocketBehaviorProps{
			Origin:           edge.FromURL(apiURL, nil),
			RequireHandshake: true,
		},
		AdditionalBehaviors: map[string]edge.WebSocketBehaviorProps{
			"/chat": {
				Origin:            edge.FromURL("wss://chat.execute-api.eu-west-1.amazonaws.com/live", nil),
				Forwarding:        edge.Forwarding{QueryStrings: edge.AllowList("token")},
				PathParameter:     "path",
				AllowedWebOrigins: []string{"https://app.example.com", "https://*.example.org"},
				RequireWebOrigin:  true,
			},
			"/game": {
				Origin: edge.FromURL("wss://game.execute-api.us-west-2.amazonaws.com/live", &edge.OriginProps{CustomHeaders: map[string]string{"x-api-key": "{{resolve:secretsmanager:game:SecretString:::}}"}}),
			},
			"/chat/admin": {
				Origin: edge.FromURL("wss://admin.execute-api.eu-west-1.amazonaws.com/live", nil),
			},
		},
	}
}

func TestFurtherBehaviorsComeDeepestFirst(t *testing.T) {
	stack := cdktest.NewStack(t)
	var got []string
	origins := map[string]string{}
	cfg := distributionOf(t, stack, *severalAPIs())
	for _, behavior := range cfg["CacheBehaviors"].([]any) {
		b := behavior.(map[string]any)
		got = append(got, b["PathPattern"].(string))
		for _, origin := range cfg["Origins"].([]any) {
			if o := origin.(map[string]any); o["Id"] == b["TargetOriginId"] {
				origins[b["PathPattern"].(string)] = o["DomainName"].(string)
			}
		}
	}
	if want := "/chat/admin /chat/admin/* /chat /chat/* /game /game/*"; strings.Join(got, " ") != want {
		t.Errorf("want %s, got %s", want, got)
	}
	for pattern, host := range origins {
		parts := strings.Split(strings.TrimSuffix(pattern, "/*"), "/")
		if !strings.HasPrefix(host, parts[len(parts)-1]+".") {
			t.Errorf("%s goes to %s", pattern, host)
		}
	}
	if len(origins) != 6 {
		t.Errorf("want an origin for each, got %v", origins)
	}
}

// An account has 20 policies.
func TestBehaviorsThatForwardTheSameShareAPolicy(t *testing.T) {
	stack := cdktest.NewStack(t)
	props := edge.WebSocketDistributionProps{DefaultBehavior: byURL(), AdditionalBehaviors: manyBehaviors(9)}
	for i, path := range []string{"/1", "/2", "/3"} {
		behavior := byURL()
		behavior.Forwarding.QueryStrings = edge.AllowList("token")
		if i == 2 {
			behavior.PathParameter = "path"
		}
		props.AdditionalBehaviors[path] = behavior
	}
	edge.NewWebSocketDistribution(stack, "Edge", &props)
	tpl := cdktest.Synth(t, stack)
	tpl.Count(policyType, 3)
	used := map[string]string{}
	for _, behavior := range config(tpl)["CacheBehaviors"].([]any) {
		b := behavior.(map[string]any)
		used[b["PathPattern"].(string)] = fmt.Sprint(b["OriginRequestPolicyId"])
	}
	if used["/0"] != used["/8"] || used["/1"] != used["/2"] || used["/1"] == used["/3"] || used["/0"] == used["/1"] {
		t.Errorf("got %v", used)
	}
}

func TestFurtherBehaviorsAreAtHand(t *testing.T) {
	d := edge.NewWebSocketDistribution(cdktest.NewStack(t), "Edge", severalAPIs())
	if got := *d.AdditionalBehavior("/game").CallbackURL(); got != "https://game.execute-api.us-west-2.amazonaws.com/live" {
		t.Errorf("got %s", got)
	}
	if got := d.AdditionalBehavior("/none"); got != nil {
		t.Errorf("want nil, got %v", got)
	}
}

func TestTheFunctionIsMadeOnlyWhereSomethingAsksForIt(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*edge.WebSocketBehaviorProps)
		want   string
	}{
		"nothing":           {func(*edge.WebSocketBehaviorProps) {}, ""},
		"a path parameter":  {func(p *edge.WebSocketBehaviorProps) { p.PathParameter = "path" }, `{"parameter":"path","mostParameters":24,"longestURL":4045,"longestQuery":4044}`},
		"browser origins":   {func(p *edge.WebSocketBehaviorProps) { p.AllowedWebOrigins = []string{"https://App.example.com"} }, `{"longestURL":4045,"origins":" https://app.example.com ","wildcards":" ","longestOrigin":23}`},
		"a handshake alone": {func(p *edge.WebSocketBehaviorProps) { p.RequireHandshake = true }, `{"longestURL":4045}`},
		"an origin at all": {func(p *edge.WebSocketBehaviorProps) {
			p.AllowedWebOrigins, p.RequireWebOrigin = []string{"https://app.example.com"}, true
		}, `{"longestURL":4045,"origins":" https://app.example.com ","wildcards":" ","longestOrigin":23,"requireWebOrigin":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			behavior := byURL()
			tt.change(&behavior)
			edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: behavior})
			tpl := cdktest.Synth(t, stack)
			associations := config(tpl)["DefaultCacheBehavior"].(map[string]any)["FunctionAssociations"]
			if tt.want == "" {
				tpl.Count(functionType, 0)
				if associations != nil {
					t.Errorf("want no function, got %v", associations)
				}
				return
			}
			function := tpl.Properties(functionType)
			if code := function["FunctionCode"].(string); !strings.Contains(code, "var settings = "+tt.want+";") {
				t.Errorf("want the settings %s, got\n%s", tt.want, code)
			}
			if got := fmt.Sprint(function["FunctionConfig"]); got != "map[Comment:WebSocket handshakes Runtime:cloudfront-js-2.0]" {
				t.Errorf("got %s", got)
			}
			if len(associations.([]any)) != 1 {
				t.Errorf("want one function, got %v", associations)
			}
		})
	}
}

func TestThePolicyLetsThePathParameterThrough(t *testing.T) {
	for name, tt := range map[string]struct {
		queryStrings edge.Selection
		want         string
	}{
		"alone":                       {edge.Selection{}, "map[QueryStringBehavior:whitelist QueryStrings:[path]]"},
		"beside those that are named": {edge.AllowList("token"), "map[QueryStringBehavior:whitelist QueryStrings:[path token]]"},
		"among all":                   {edge.All(), "map[QueryStringBehavior:all]"},
	} {
		stack := cdktest.NewStack(t)
		behavior := byURL()
		behavior.PathParameter, behavior.Forwarding.QueryStrings = "path", tt.queryStrings
		edge.NewWebSocketBehavior(stack, "Behavior", &behavior)
		policy := cdktest.Synth(t, stack).Properties(policyType)["OriginRequestPolicyConfig"].(map[string]any)
		if got := fmt.Sprint(policy["QueryStringsConfig"]); got != tt.want {
			t.Errorf("%s: want %s, got %s", name, tt.want, got)
		}
	}
}

// A stage whose name is a token may be as long as stages get.
func TestTheRoomForAQueryStringDependsOnTheStage(t *testing.T) {
	stack := cdktest.NewStack(t)
	stage := awscdk.NewCfnParameter(stack, jsii.String("Stage"), nil).ValueAsString()
	behavior := edge.WebSocketBehaviorProps{Origin: edge.FromDomainName("socket.example.com", *stage, nil), PathParameter: "path"}
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: behavior})
	if code := cdktest.Synth(t, stack).Properties(functionType)["FunctionCode"].(string); !strings.Contains(code, `"longestURL":3942,"longestQuery":3941}`) {
		t.Errorf("want 4096 less wss://, 18 of the host, 129 and 2, got\n%s", code)
	}
}

func TestAPathThatIsTakenIsRefused(t *testing.T) {
	for _, tt := range []struct{ first, path, want string }{
		{"/ws", "/ws", `path "/ws" is never reached: the distribution has a behavior for "/ws", which comes first`},
		{"/ws", "/ws/admin", `path "/ws/admin" is never reached: the distribution has a behavior for "/ws/*"`},
		{"/ws/admin", "/ws", ""},
		{"/ws", "/wsx", ""},
		{"/ws", "/WS", ""},
	} {
		stack := cdktest.NewStack(t)
		behavior := byURL()
		d := site(stack)
		edge.NewWebSocketBehavior(stack, "First", &behavior).AddTo(d, tt.first)
		b := edge.NewWebSocketBehavior(stack, "Second", &behavior)
		if tt.want == "" {
			b.AddTo(d, tt.path)
			continue
		}
		cdktest.Panics(t, func() { b.AddTo(d, tt.path) }, tt.want)
	}
	stack := cdktest.NewStack(t)
	behavior := byURL()
	d := site(stack)
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	d.AddBehavior(jsii.String("w?"), b.Bind().Origin, nil)
	cdktest.Panics(t, func() { b.AddTo(d, "/ws") }, `path "/ws" is never reached: the distribution has a behavior for "w?"`)
	b.AddTo(d, "/socket")
}

func TestADistributionThatCannotBeReadIsWarnedAbout(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := site(stack)
	other := awscdk.NewCfnResource(d, jsii.String("Other"), &awscdk.CfnResourceProps{Type: jsii.String("Test::Test::Other")})
	d.Node().SetDefaultChild(other)
	behavior := byURL()
	edge.NewWebSocketBehavior(stack, "Socket", &behavior).AddTo(d, "/ws")
	got := cdktest.Warnings(t, stack)
	if len(got) != 1 || !strings.Contains(got[0], "cannot check the distribution for paths that are already taken") || !strings.Contains(got[0], "its default child is not the AWS::CloudFront::Distribution") {
		t.Errorf("want one warning, got %q", got)
	}
}

func TestAnAttachedBehaviorKnowsItsURLAndItsFunction(t *testing.T) {
	stack := cdktest.NewStack(t)
	behavior := byURL()
	b := edge.NewWebSocketBehavior(stack, "Socket", &behavior)
	if b.URL() != nil || len(b.Functions()) != 0 {
		t.Errorf("want nothing yet, got %v, %v", b.URL(), b.Functions())
	}
	named := awscloudfront.NewDistribution(stack, jsii.String("Named"), &awscloudfront.DistributionProps{
		DefaultBehavior: &awscloudfront.BehaviorOptions{Origin: edge.FromURL(apiURL, nil).IOrigin()},
		DomainNames:     jsii.Strings("*.example.com", "www.example.com"),
		Certificate:     certificate(stack),
	})
	if got := b.AddTo(named, "/ws"); got != b || *b.URL() != "wss://www.example.com/ws" {
		t.Errorf("want the behavior and its URL, got %s", *b.URL())
	}
	d := site(stack)
	if b.AddTo(d, "/other"); *b.URL() != "wss://"+*d.DistributionDomainName()+"/other" {
		t.Errorf("got %s", *b.URL())
	}
	if got := b.Functions(); len(got) != 2 || *got[0].Node().Id() != "Function.other" || *got[1].Node().Id() != "Function.ws" {
		t.Errorf("want a function for each path, got %v", got)
	}
}

func TestADistributionKnowsTheURLsAndFunctionsOfItsBehaviors(t *testing.T) {
	stack := cdktest.NewStack(t)
	d := edge.NewWebSocketDistribution(stack, "Edge", severalAPIs())
	if got := *d.AdditionalBehavior("/game").URL(); got != *d.URL()+"/game" {
		t.Errorf("got %s", got)
	}
	var got []string
	for _, behavior := range d.Behaviors() {
		for _, function := range behavior.Functions() {
			got = append(got, *function.Node().Id())
		}
	}
	if want := "Function Function.chat Function.chat.admin Function.game"; strings.Join(got, " ") != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

func TestABehaviorKnowsItsAPI(t *testing.T) {
	stack := cdktest.NewStack(t)
	stage := twoAPIs(stack)[0]
	for name, tt := range map[string]struct {
		origin *edge.Origin
		want   [3]string
	}{
		"Url":    {edge.FromURL(apiURL, nil), [3]string{"abc", "prod", "eu-west-1"}},
		"Host":   {edge.FromDomainName("abc.execute-api.eu-west-1.amazonaws.com", "prod", nil), [3]string{"abc", "prod", "eu-west-1"}},
		"Custom": {edge.FromDomainName("socket.example.com", "", nil), [3]string{}},
		"Stage":  {edge.FromStage(stage, nil), [3]string{*stage.Api().ApiId(), "live", "us-east-1"}},
		"Api":    {edge.FromAPI(stage.Api(), "live", nil), [3]string{*stage.Api().ApiId(), "live", "us-east-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			id, stage, region := edge.NewWebSocketBehavior(stack, name, &edge.WebSocketBehaviorProps{Origin: tt.origin}).API()
			if got := [3]string{id, stage, region}; got != tt.want {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
}
