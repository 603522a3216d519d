package stacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
	"github.com/websocket-distribution/websocket-distribution/stacks"
)

// entry is an environment of the table that a test changes.
type entry map[string]any

// pools have what the lists and objects of a random environment are made of, by
// their keys. Below routes./chat. are those of a route, likewise.
var pools = map[string][]string{
	"domainNames":                 {"ws.example.com", "a.example.com", "*.example.com", "Z.example.com"},
	"geoRestriction.allow":        {"AT", "CH", "DE", "FR"},
	"webAcl.allowedAddresses":     {"192.0.2.0/24", "2001:db8::/32", "198.51.100.0/24"},
	"webAcl.deniedAddresses":      {"203.0.113.0/24", "2001:db8:1::/48"},
	"webAcl.trustedAddresses":     {"192.0.2.1/32", "2001:db8:2::/48"},
	"accessLogs.additionalFields": {"cs-uri-query", "c-port", "x-forwarded-for"},
	"monitoring.emails":           {"a@example.com", "b@example.com", "c@example.com"},
	"lock.keys":                   {"a", "b", "2026-11"},
	"allowedWebOrigins":           {"https://app.example.com", "https://*.example.org", "https://b.example.com"},
	"forwarding.headers":          {"Origin", "x-id", "User-Agent"},
	"forwarding.queryStrings":     {"token", "room", "v"},
	"forwarding.cookies":          {"session", "id"},
}

var (
	paths = []string{"/a", "/a/b", "/a_b", "/chat", "/game", "/z"}
	apis  = []string{
		"", "", "wss://abc.execute-api.us-east-1.amazonaws.com/prod", "wss://abc.execute-api.us-east-1.amazonaws.com/beta",
		"wss://def.execute-api.eu-west-1.amazonaws.com/prod", "wss://api.example.com",
	}
	behaviorKeys = []string{"allowedWebOrigins", "forwarding.headers", "forwarding.queryStrings", "forwarding.cookies"}
)

// some are random ones of a pool, at least at, in a random order.
func some(r *rand.Rand, pool []string, at int) []any {
	picked := []any{}
	for _, i := range r.Perm(len(pool))[:at+r.IntN(len(pool)-at+1)] {
		picked = append(picked, pool[i])
	}
	return picked
}

func (e entry) put(key string, value any) {
	inner, path := e, strings.Split(key, ".")
	for _, step := range path[:len(path)-1] {
		next, is := inner[step].(entry)
		if !is {
			next = entry{}
			inner[step] = next
		}
		inner = next
	}
	inner[path[len(path)-1]] = value
}

func (e entry) get(key string) any {
	var value any = e
	for _, step := range strings.Split(key, ".") {
		inner, _ := value.(entry)
		value = inner[step]
	}
	return value
}

func randomBehavior(r *rand.Rand) entry {
	b := entry{}
	if url := apis[r.IntN(len(apis))]; url != "" {
		b["apiUrl"] = url
	}
	for _, key := range behaviorKeys {
		if r.IntN(2) == 0 {
			b.put(key, some(r, pools[key], 0))
		}
	}
	if r.IntN(3) == 0 {
		b["pathParameter"] = "path"
	}
	if r.IntN(6) == 0 {
		b["forwarding"] = entry{"allExceptHost": true}
	}
	return b
}

func randomEntry(r *rand.Rand) entry {
	e := randomBehavior(r)
	routes := entry{}
	for _, path := range some(r, paths, 0) {
		routes[path.(string)] = randomBehavior(r)
	}
	e["routes"] = routes
	if e["apiUrl"] == nil && r.IntN(2) == 0 {
		e.put("lock.keys", some(r, pools["lock.keys"], 1))
	}
	if r.IntN(2) == 0 {
		e.put("domainNames", some(r, pools["domainNames"], 1))
		e["certificateArn"] = certificate
		e["hostedZone"] = entry{"id": "Z1", "name": "example.com"}
	}
	for _, key := range []string{"geoRestriction.allow", "webAcl.allowedAddresses", "webAcl.deniedAddresses", "webAcl.trustedAddresses", "accessLogs.additionalFields", "monitoring.emails"} {
		if r.IntN(2) == 0 {
			e.put(key, some(r, pools[key], 0))
		}
	}
	return e
}

// change is an addition to, removal from or reordering of one list or object.
type change struct {
	what           string
	before, after  string
	added, removed bool
	// path is that of the route whose own policy may be another afterwards, "*"
	// for the default behavior's, empty for none.
	path string
}

// randomChange changes one list of e, or its routes.
func randomChange(t *testing.T, r *rand.Rand, e entry) change {
	t.Helper()
	keys := slices.Sorted(maps.Keys(pools))
	for _, path := range slices.Sorted(maps.Keys(e["routes"].(entry))) {
		for _, key := range behaviorKeys {
			keys = append(keys, "routes."+path+"."+key)
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		_, is := e.get(key).([]any)
		return !is
	})
	keys = append(keys, "routes", "routes", "routes")
	c := change{before: e.text(t)}
	key := keys[r.IntN(len(keys))]
	if key == "routes" {
		routes := e["routes"].(entry)
		path := paths[r.IntN(len(paths))]
		if _, is := routes[path]; is {
			delete(routes, path)
			c.what, c.removed = "without the route "+path, true
		} else {
			routes[path] = randomBehavior(r)
			if others := slices.Sorted(maps.Keys(routes)); r.IntN(2) == 0 {
				// The forwarding of another: the two share a policy.
				if like, is := routes[others[r.IntN(len(others))]].(entry)["forwarding"].(entry); is {
					routes[path].(entry)["forwarding"] = maps.Clone(like)
				}
			}
			c.what, c.added = "with the route "+path, true
		}
		c.after = e.text(t)
		return c
	}
	rest, ofRoute := strings.CutPrefix(key, "routes.")
	poolKey := key
	if ofRoute {
		c.path, poolKey, _ = strings.Cut(rest, ".")
	} else if slices.Contains(behaviorKeys, key) {
		c.path = "*"
	}
	list := slices.Clone(e.get(key).([]any))
	missing := slices.DeleteFunc(slices.Clone(pools[poolKey]), func(s string) bool { return slices.Contains(list, any(s)) })
	switch n := r.IntN(3); {
	case n == 0 && len(missing) > 0:
		i := r.IntN(len(list) + 1)
		c.what, c.added = fmt.Sprintf("%s with %s", key, missing[0]), true
		list = slices.Insert(list, i, any(missing[0]))
	case n == 1 && len(list) > 1:
		i := r.IntN(len(list))
		c.what, c.removed = fmt.Sprintf("%s without %s", key, list[i]), true
		list = slices.Delete(list, i, i+1)
	default:
		c.what = key + " in another order"
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		c.path = ""
	}
	e.put(key, list)
	c.after = e.text(t)
	return c
}

func (e entry) text(t *testing.T) string {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// behaviors are what the behaviors of a distribution refer to, by their patterns:
// the policy, and the function where there is one.
func behaviors(stack cdktest.Stack) map[string]string {
	all := map[string]string{}
	for _, distribution := range resources(stack, distributionType) {
		c := at(distribution, "Properties.DistributionConfig")
		all["*"] = fmt.Sprint(at(c, "DefaultCacheBehavior.OriginRequestPolicyId"), at(c, "DefaultCacheBehavior.FunctionAssociations"))
		further, _ := at(c, "CacheBehaviors").([]any)
		for _, b := range further {
			all[strings.TrimSuffix(at(b, "PathPattern").(string), "/*")] = fmt.Sprint(at(b, "OriginRequestPolicyId"), at(b, "FunctionAssociations"))
		}
	}
	return all
}

// check compares what the change left: no other resource has another logical id or
// name, and no other behavior another policy or function.
func (c change) check(t *testing.T, seed uint64) {
	t.Helper()
	was, is := deployed(t, c.before), deployed(t, c.after)
	before, after := placed(was).Names(), placed(is).Names()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("seed %d: %s: %s\nbefore %s\nafter  %s", seed, c.what, fmt.Sprintf(format, args...), c.before, c.after)
	}
	ownPolicy := func(name string) bool { return c.path != "" && strings.HasPrefix(name, policyType) }
	for id, name := range before {
		if now, there := after[id]; there && now != name {
			fail("%s is\n%s, was\n%s", id, now, name)
		} else if !there && !c.removed && !ownPolicy(name) {
			fail("%s, %s, is gone", id, name)
		}
	}
	for id, name := range after {
		if _, there := before[id]; !there && !c.added && !ownPolicy(name) {
			fail("%s, %s, is new", id, name)
		}
	}
	now := behaviors(is)
	for pattern, refers := range behaviors(was) {
		if has, there := now[pattern]; there && has != refers && pattern != c.path {
			fail("the behavior %s has %s, had %s", pattern, has, refers)
		}
	}
}

// Adding, removing or reordering one thing changes the logical id or name of no
// other, nor what another behavior refers to.
func TestOneThingLeavesTheOthersAlone(t *testing.T) {
	var added, removed, reordered int
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 1))
		e := randomEntry(r)
		for range 3 {
			c := randomChange(t, r, e)
			switch {
			case c.before == c.after: // a list of one in another order
				continue
			case c.added:
				added++
			case c.removed:
				removed++
			default:
				reordered++
			}
			c.check(t, seed)
		}
	}
	t.Logf("%d added, %d removed, %d reordered", added, removed, reordered)
	if min(added, removed, reordered) < 4 {
		t.Errorf("want many of each, got %d added, %d removed, %d reordered", added, removed, reordered)
	}
}

// An environment is what it is, whatever other environments there are.
func TestOneEnvironmentLeavesTheOthersAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	table := map[string]any{}
	for _, name := range []string{"a", "b", "c", "dev", "test"} {
		var value any
		if err := json.Unmarshal([]byte(randomEntry(r).text(t)), &value); err != nil {
			t.Fatal(err)
		}
		if own, is := value.(map[string]any); is && name != "test" {
			delete(own, "domainNames")
			delete(own, "certificateArn")
			delete(own, "hostedZone")
		}
		table[name] = value
	}
	together := assembly(t, table)
	if len(together) != len(table) {
		t.Fatalf("want %d stacks, got %d", len(table), len(together))
	}
	for name, value := range table {
		stack := "WebSocket-" + name
		if alone := assembly(t, map[string]any{name: value}); !reflect.DeepEqual(alone[stack], together[stack]) {
			t.Errorf("%s alone is not what it is among others", name)
		}
	}
}

func assembly(t *testing.T, table map[string]any) map[string]cdktest.Stack {
	t.Helper()
	environments, err := config.Select(table, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	app := cdktest.NewApp(t)
	for _, env := range environments {
		stacks.NewWebSocket(app, env)
	}
	return cdktest.Assembly(t, *app.Synth(nil).Directory())
}
