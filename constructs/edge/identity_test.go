package edge_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/edge"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

// policies are the names of the origin request policies of a distribution, by
// logical id.
func policies(t *testing.T, define func(stack awscdk.Stack) edge.WebSocketDistributionProps) map[string]string {
	t.Helper()
	stack := cdktest.NewStack(t)
	props := define(stack)
	edge.NewWebSocketDistribution(stack, "Edge", &props)
	found := map[string]string{}
	for id, policy := range *cdktest.Synth(t, stack).FindResources(jsii.String(policyType), nil) {
		found[id] = fmt.Sprint((*policy)["Properties"].(map[string]any)["OriginRequestPolicyConfig"].(map[string]any)["Name"])
	}
	return found
}

func forwarding(f edge.Forwarding) edge.WebSocketBehaviorProps {
	behavior := byURL()
	behavior.Forwarding = f
	return behavior
}

func withRoutes(routes map[string]edge.WebSocketBehaviorProps) func(awscdk.Stack) edge.WebSocketDistributionProps {
	return func(awscdk.Stack) edge.WebSocketDistributionProps {
		return edge.WebSocketDistributionProps{DefaultBehavior: byURL(), AdditionalBehaviors: routes}
	}
}

// A route in front of those that are there must not take their policy over: that
// would be another policy, and an account has 20.
func TestARouteLeavesThePoliciesOfOthersAlone(t *testing.T) {
	token := forwarding(edge.Forwarding{QueryStrings: edge.AllowList("token")})
	before := policies(t, withRoutes(map[string]edge.WebSocketBehaviorProps{"/chat": token}))
	after := policies(t, withRoutes(map[string]edge.WebSocketBehaviorProps{"/chat": token, "/a": token, "/z": token}))
	if len(before) != 2 || !maps.Equal(before, after) {
		t.Errorf("want the same two policies, got\n%v\n%v", before, after)
	}
}

func TestADefaultBehaviorLeavesThePoliciesOfRoutesAlone(t *testing.T) {
	origin := forwarding(edge.Forwarding{Headers: []string{"Origin"}})
	routes := map[string]edge.WebSocketBehaviorProps{"/chat": origin}
	before := policies(t, withRoutes(routes))
	after := policies(t, func(awscdk.Stack) edge.WebSocketDistributionProps {
		return edge.WebSocketDistributionProps{DefaultBehavior: origin, AdditionalBehaviors: routes}
	})
	if len(after) != 1 {
		t.Fatalf("want one policy for both, got %v", after)
	}
	for id, name := range after {
		if before[id] != name {
			t.Errorf("want the policy that /chat had, got %s %s of %v", id, name, before)
		}
	}
}

// Lists that mean the same make the same policy, and nothing else does.
func TestAPolicyIsKnownByWhatItForwards(t *testing.T) {
	of := func(f edge.Forwarding, parameter string) string {
		found := policies(t, func(awscdk.Stack) edge.WebSocketDistributionProps {
			behavior := forwarding(f)
			behavior.PathParameter = parameter
			return edge.WebSocketDistributionProps{DefaultBehavior: behavior}
		})
		for id, name := range found {
			return id + " " + name
		}
		return ""
	}
	for name, same := range map[string][]edge.Forwarding{
		"headers in any order and case": {{Headers: []string{"Origin", "X-Id"}}, {Headers: []string{"x-id", "origin"}}},
		"query strings in any order":    {{QueryStrings: edge.AllowList("a", "b")}, {QueryStrings: edge.AllowList("b", "a")}},
		"cookies in any order":          {{Cookies: edge.AllowList("a", "b")}, {Cookies: edge.AllowList("b", "a")}},
		"an empty list":                 {{}, {Headers: []string{}, QueryStrings: edge.AllowList(), Cookies: edge.AllowList()}},
	} {
		if first, second := of(same[0], ""), of(same[1], ""); first != second {
			t.Errorf("%s: want one policy, got %s and %s", name, first, second)
		}
	}
	if first, second := of(edge.Forwarding{QueryStrings: edge.AllowList("path")}, ""), of(edge.Forwarding{}, "path"); first != second {
		t.Errorf("a path parameter: want the policy of a query string of its name, got %s and %s", first, second)
	}
	if first, second := of(edge.Forwarding{QueryStrings: edge.All()}, ""), of(edge.Forwarding{QueryStrings: edge.All()}, "path"); first != second {
		t.Errorf("a path parameter among all: want one policy, got %s and %s", first, second)
	}
	seen := map[string]int{}
	for i, f := range []edge.Forwarding{
		{},
		{OmitExtensions: true},
		{Headers: []string{"Origin"}},
		{Headers: []string{"Origin", "X-Id"}},
		{Headers: []string{"OriginX-Id"}},
		{QueryStrings: edge.All()},
		{QueryStrings: edge.AllowList("origin")},
		{QueryStrings: edge.AllowList("Origin")},
		{QueryStrings: edge.AllowList("a", "b")},
		{QueryStrings: edge.AllowList("a,b")},
		{Cookies: edge.All()},
		{Cookies: edge.AllowList("a")},
		{Cookies: edge.AllowList("A")},
	} {
		key := of(f, "")
		if first, taken := seen[key]; taken {
			t.Errorf("%d and %d are both %s", first, i, key)
		}
		seen[key] = i
	}
}

func TestAPolicyWithTokensIsKnownByWhatTheyReferTo(t *testing.T) {
	of := func(before int, names ...string) []string {
		return slices.Collect(maps.Keys(policies(t, func(stack awscdk.Stack) edge.WebSocketDistributionProps {
			for range before {
				_ = *awscdk.Fn_Join(jsii.String(""), jsii.Strings("x", *stack.Account()))
			}
			var headers []string
			for _, name := range names {
				headers = append(headers, *awscdk.Fn_ImportValue(&name))
			}
			return edge.WebSocketDistributionProps{DefaultBehavior: forwarding(edge.Forwarding{Headers: headers})}
		})))
	}
	if first, second := of(0, "a", "b"), of(3, "b", "a"); !slices.Equal(first, second) {
		t.Errorf("want one policy, got %v and %v", first, second)
	}
	if first, second := of(0, "a"), of(0, "b"); slices.Equal(first, second) {
		t.Errorf("want two policies, got %v twice", first)
	}
}

// Paths that look alike once their special characters are gone are told apart.
func TestEachPathHasAnIDOfItsOwn(t *testing.T) {
	paths := []string{
		"/a/b", "/a.b", "/a_b", "/a--b", "/a-b", "/ab", "/a/2fb", "/a_2fb", "/a_2eb", "/a_/b", "/a/_b", "/a/.b", "/A/b",
		"/a'b", "/a~b", "/a$b", "/a@b", "/a:b", "/a+b", "/a&b", "/Resource", "/Default",
	}
	routes := map[string]edge.WebSocketBehaviorProps{}
	for _, path := range paths {
		routes[path] = byURL()
	}
	stack := cdktest.NewStack(t)
	d := edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{DefaultBehavior: byURL(), AdditionalBehaviors: routes})
	cdktest.Synth(t, stack).Count(functionType, len(paths))
	for path, want := range map[string]string{"/a/b": "Behavior.a.b", "/a_b": "Behavior.a_5fb", "/a.b": "Behavior.a_2eb", "/a-b": "Behavior.a-b"} {
		if got := *d.AdditionalBehavior(path).Node().Id(); got != want {
			t.Errorf("%s: want %s, got %s", path, want, got)
		}
	}
	for _, node := range *d.Node().FindAll("") {
		if id := *node.Node().Id(); strings.ContainsAny(id, " /$") {
			t.Errorf("%q has a blank or a slash", id)
		}
	}
}

func records(t *testing.T, define func(stack awscdk.Stack) (zone *string, names []string)) map[string]string {
	t.Helper()
	stack := cdktest.NewStack(t)
	zoneID, names := define(stack)
	edge.NewWebSocketDistribution(stack, "Edge", &edge.WebSocketDistributionProps{
		DefaultBehavior: byURL(), DomainNames: names, Certificate: certificate(stack), HostedZone: zoneOf(stack, zoneID),
	})
	found := map[string]string{}
	for id, record := range *cdktest.Synth(t, stack).FindResources(jsii.String(recordType), nil) {
		properties := (*record)["Properties"].(map[string]any)
		found[id] = fmt.Sprint(properties["HostedZoneId"], properties["Name"], properties["Type"])
	}
	return found
}

// An alias record is never made twice, and never changed into that of another name.
func TestAnAliasRecordIsKnownByItsZoneNameAndType(t *testing.T) {
	of := func(zone string, names ...string) map[string]string {
		return records(t, func(awscdk.Stack) (*string, []string) { return &zone, names })
	}
	first := of("Z1", "a.example.com", "*.example.com")
	for name, same := range map[string]map[string]string{
		"another order": of("Z1", "*.example.com", "a.example.com"),
		"another case":  of("Z1", "A.example.com", "*.Example.com"),
	} {
		if !maps.Equal(first, same) {
			t.Errorf("%s: want %v, got %v", name, first, same)
		}
	}
	for id := range of("Z2", "a.example.com", "*.example.com") {
		if _, taken := first[id]; taken {
			t.Errorf("want other records in another zone, got %s in both", id)
		}
	}
	imported := func(names ...string) map[string]string {
		return records(t, func(awscdk.Stack) (*string, []string) {
			var domains []string
			for _, name := range names {
				domains = append(domains, *awscdk.Fn_ImportValue(&name))
			}
			return awscdk.Fn_ImportValue(jsii.String("zone")), domains
		})
	}
	if got, want := imported("b", "a"), imported("a", "b"); len(got) != 4 || !maps.Equal(got, want) {
		t.Errorf("tokens in another order: want %v, got %v", want, got)
	}
}
