package stacks_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn/update"
)

// transitions are environments that differ in ways in which the examples of the keys
// do not: what somebody changes about an environment that is deployed.
var transitions = []string{
	`{}`,
	`{"lock": {"keys": ["a", "b"]}}`,
	`{"lock": {"keys": ["b", "a"]}}`,
	`{"lock": {"keys": ["a", "b"], "active": "b"}}`,
	`{"lock": {"keys": ["b"]}}`,
	`{"lock": {"keys": ["b"], "open": true}}`,
	`{"lock": {"disabled": true}}`,
	`{"routes": {"/chat": {"forwarding": {"queryStrings": ["token"]}}}}`,
	`{"routes": {"/a": {"forwarding": {"queryStrings": ["token"]}}, "/chat": {"forwarding": {"queryStrings": ["token"]}}}}`,
	`{"forwarding": {"queryStrings": ["token"]}, "routes": {"/chat": {"forwarding": {"queryStrings": ["token"]}}, "/z": {}}}`,
	`{"routes": {"/a/b": {}, "/a-b": {}, "/a.b": {}, "/a_b": {}}}`,
	`{"apiUrl": "` + apiURL + `", "routes": {"/chat": {}}}`,
	`{"apiUrl": "` + apiURL + `", "routes": {"/a": {"apiUrl": "` + otherAPI + `"}, "/chat": {}}}`,
	`{"accessLogs": {"toBucket": true}}`,
	`{"accessLogs": {"toBucket": true, "retentionDays": 10}}`,
	`{"accessLogs": {"logGroupName": "mine"}}`,
	`{"accessLogs": {"logGroupName": "yours"}}`,
	`{"accessLogs": {"bucketName": "mine"}}`,
	`{"accessLogs": {"bucketName": "yours"}}`,
	`{"account": "111122223333", "accessLogs": {"logGroupName": "mine", "additionalFields": ["cs-uri-query"]}}`,
	`{"apiLogs": {"accountRole": "make"}, "accessLogs": {}}`,
	`{"webAcl": {"allowedAddresses": ["2001:db8::/32"]}}`,
	`{"webAcl": {"allowedAddresses": ["192.0.2.0/24"], "deniedAddresses": ["198.51.100.0/24", "2001:db8:1::/48"]}}`,
	`{"monitoring": {"emails": ["a@example.com", "b@example.com"]}, "webAcl": {}, "requireHandshake": true, "routes": {"/a": {}}}`,
	`{"monitoring": {"emails": ["b@example.com"]}}`,
	`{"monitoring": {"actionArns": ["` + topic + `"]}, "routes": {"/b": {"apiUrl": "wss://abc.execute-api.us-east-1.amazonaws.com/prod"}, "/c": {"apiUrl": "wss://abc.execute-api.us-east-1.amazonaws.com/beta"}}}`,
	`{"monitoring": {}, "routes": {"/a": {"apiUrl": "wss://abc.execute-api.us-east-1.amazonaws.com/beta"}, "/b": {}}}`,
	zone,
	strings.Replace(zone, `"Z1"`, `"Z2"`, 1),
	strings.Replace(zone, `"ws.example.com"`, `"WS.example.com", "a.example.com", "*.example.com"`, 1),
	strings.Replace(zone, `"ws.example.com"`, `"a.example.com", "ws.example.com"`, 1),
	strings.Replace(zone, `{`, `{"disableIpv6": true, `, 1),
	`{"region": "eu-west-1"}`,
	`{"region": "eu-west-1", "routes": {"/chat": {"forwarding": {"cookies": "all"}}}, "pathParameter": "path"}`,
}

// entries are the environments that are updated into each other: they have each key
// of the table, because the examples do, and each also without it.
func entries(t *testing.T) []string {
	t.Helper()
	all := map[string]bool{}
	for _, entry := range transitions {
		all[entry] = true
	}
	for _, tt := range examples {
		with := cmp.Or(tt.with, elsewhere)
		all[with] = true
		all[set(t, with, tt.key, tt.value)] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// place is an entry as it is deployed, all in one account.
func place(t *testing.T, entry string) update.Stack {
	t.Helper()
	return placed(deployed(t, entry))
}

func placed(stack cdktest.Stack) update.Stack {
	return update.Deployed(stack.Template, "111122223333", region(stack))
}

func region(stack cdktest.Stack) string {
	environment := stack.Settings["environment"].(string) // aws://account/region
	return environment[strings.LastIndex(environment, "/")+1:]
}

// Whatever is changed in cdk.json, CloudFormation can do it, and the distribution is
// still the one that DNS and clients know.
func TestEachEnvironmentCanBecomeEachOther(t *testing.T) {
	all := map[string]cdktest.Stack{}
	for _, entry := range entries(t) {
		all[entry] = deployed(t, entry)
	}
	start, updates, moves := time.Now(), 0, 0
	stacks := map[string]update.Stack{}
	for entry, stack := range all {
		stacks[entry] = placed(stack)
	}
	for was, before := range stacks {
		for is, after := range stacks {
			if here, there := region(all[was]), region(all[is]); here != there {
				moves++
				for _, problem := range update.Collisions(before, after) {
					t.Errorf("%s in %s, while there is\n%s in %s:\n%s", is, there, was, here, problem)
				}
				continue
			}
			updates++
			for _, problem := range update.Problems(before, after) {
				t.Errorf("%s becomes\n%s:\n%s", was, is, problem)
			}
		}
	}
	took := time.Since(start)
	t.Logf("%d updates between %d environments, and %d moves to another region, in %v", updates, len(stacks), moves, took)
	if len(stacks) < 40 || moves == 0 {
		t.Errorf("want many environments, in two regions, got %d and %d moves", len(stacks), moves)
	}
	ids := map[string]bool{}
	for _, stack := range all {
		for id := range resources(stack, distributionType) {
			ids[id] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("want one distribution throughout, got %v", ids)
	}
}

// The update test must see what broke before: one name for all destinations.
func TestAnUpdateThatCannotBeIsSeen(t *testing.T) {
	before, after := place(t, `{"accessLogs": {}}`), place(t, `{"accessLogs": {"toBucket": true}}`)
	if got := update.Problems(before, after); len(got) != 0 {
		t.Fatalf("got %q", got)
	}
	var was, is map[string]any
	for _, r := range resources(deployed(t, `{"accessLogs": {}}`), "AWS::Logs::DeliveryDestination") {
		was = r.(map[string]any)
	}
	for _, r := range resources(deployed(t, `{"accessLogs": {"toBucket": true}}`), "AWS::Logs::DeliveryDestination") {
		is = maps.Clone(r.(map[string]any))
	}
	is["Properties"] = maps.Clone(is["Properties"].(map[string]any))
	is["Properties"].(map[string]any)["Name"] = at(was, "Properties.Name")
	stack := func(r map[string]any) update.Stack {
		return update.Deployed(map[string]any{"Resources": map[string]any{"To": r}}, "111122223333", "us-east-1")
	}
	if got := update.Problems(stack(was), stack(is)); len(got) != 1 || !strings.Contains(got[0], "To: DestinationResourceArn has changed, which replaces it") {
		t.Errorf("got %q", got)
	}
}

// An account has several environments, each with a stack of its own name.
func TestEnvironmentsDoNotCollide(t *testing.T) {
	for _, entry := range []string{
		`{"routes": {"/a": {"pathParameter": "path"}, "/b": {}}, "accessLogs": {}, "apiLogs": {"accountRole": "make"}, "webAcl": {"allowedAddresses": ["192.0.2.0/24"]}, "monitoring": {"emails": ["a@example.com"]}}`,
		`{"accessLogs": {"toBucket": true}}`,
		`{"accessLogs": {"bucketName": "mine"}}`,
		`{"region": "eu-west-1", "requireHandshake": true}`,
	} {
		for _, problem := range update.Collisions(place(t, entry), placed(deployedAs(t, "other", entry))) {
			t.Errorf("two of %s:\n%s", entry, problem)
		}
	}
}
