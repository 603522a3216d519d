package stacks_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/regioninfo"

	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
	"github.com/websocket-distribution/websocket-distribution/internal/config"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/stacks"
)

// many are n values of a list, by their number.
func many(format string, n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf(format, i)
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// What a construct refuses the table refuses, for the same reason.
func TestTheTableRefusesWhatAConstructRefuses(t *testing.T) {
	app, n, long := cdktest.NewApp(t), 0, strings.Repeat("x", 2000)
	for name, entry := range map[string]string{
		"a URL":                      `{"apiUrl": "ws://x"}`,
		"a region of a URL":          `{"apiUrl": "wss://abc.execute-api.eu-west-9.amazonaws.com/prod"}`,
		"a URL with a password":      `{"apiUrl": "wss://user:secret@api.example.com"}`,
		"a read timeout":             `{"origin": {"readTimeoutSeconds": 181}}`,
		"a keep-alive timeout":       `{"origin": {"keepaliveTimeoutSeconds": -1}}`,
		"a connection timeout":       `{"origin": {"connectionTimeoutSeconds": 11}}`,
		"attempts":                   `{"origin": {"connectionAttempts": 4}}`,
		"an IP address type":         `{"origin": {"ipAddressType": "ipv4"}}`,
		"a header":                   `{"origin": {"customHeaders": {"Host": "x"}}}`,
		"a header twice":             `{"origin": {"customHeaders": {"x-a": "1", "X-A": "2"}}}`,
		"a header's value":           `{"origin": {"customHeaders": {"x-a": "1\r\n2"}}}`,
		"a header's length":          `{"origin": {"customHeaders": {"x-a": "` + long + `"}}}`,
		"a forwarded header":         `{"forwarding": {"headers": ["Host"]}}`,
		"6 headers":                  `{"forwarding": {"headers": ` + many("x-%d", 6) + `}}`,
		"the lock's header":          `{"forwarding": {"headers": ["x-api-key"]}}`,
		"extensions and all":         `{"forwarding": {"allExceptHost": true, "omitExtensions": true}}`,
		"a path parameter":           `{"pathParameter": "a b"}`,
		"an origin":                  `{"allowedWebOrigins": ["https://app.example.com:0443"]}`,
		"null":                       `{"allowedWebOrigins": ["null"]}`,
		"an origin twice":            `{"allowedWebOrigins": ["https://a.example", "HTTPS://A.example"]}`,
		"300 origins":                `{"allowedWebOrigins": ` + many("https://app-%d.example.com", 300) + `}`,
		"required origins":           `{"requireWebOrigin": true}`,
		"a route":                    `{"routes": {"/a/../b": {}}}`,
		"a route's end":              `{"routes": {"/a/": {}}}`,
		"a route's setting":          `{"routes": {"/a": {"pathParameter": "a b"}}}`,
		"names without certificate":  `{"domainNames": ["ws.example.com"]}`,
		"certificate without names":  `{"certificateArn": "` + certificate + `"}`,
		"a certificate elsewhere":    `{"domainNames": ["ws.example.com"], "certificateArn": "` + strings.Replace(certificate, "us-east-1", "eu-west-1", 1) + `"}`,
		"a name":                     `{"domainNames": ["https://x/y"], "certificateArn": "` + certificate + `"}`,
		"a zone":                     `{"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "/hostedzone/Z1", "name": "example.com"}}`,
		"a zone without names":       `{"hostedZone": {"id": "Z1", "name": "example.com"}}`,
		"TLS":                        `{"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `", "minimumProtocolVersion": "TLSv1"}`,
		"TLS without certificate":    `{"minimumProtocolVersion": "TLS_V1_2_2021"}`,
		"HTTP":                       `{"httpVersion": "http2"}`,
		"a price class":              `{"priceClass": "PriceClass_100"}`,
		"an unknown country":         `{"geoRestriction": {"allow": ["XX"]}}`,
		"a country twice":            `{"geoRestriction": {"deny": ["DE", "DE"]}}`,
		"two lists of countries":     `{"geoRestriction": {"allow": ["DE"], "deny": ["FR"]}}`,
		"a web ACL":                  `{"webAclArn": "bad"}`,
		"a comment":                  `{"comment": "a\nb"}`,
		"a long comment":             `{"comment": "` + strings.Repeat("x", 129) + `"}`,
		"a rate":                     `{"webAcl": {"rateLimit": 9}}`,
		"an address":                 `{"webAcl": {"allowedAddresses": ["192.0.2.1"]}}`,
		"a denied address":           `{"webAcl": {"deniedAddresses": ["0.0.0.0/0"]}}`,
		"a trusted address twice":    `{"webAcl": {"trustedAddresses": ["192.0.2.0/24", "192.0.2.0/24"]}}`,
		"a web ACL elsewhere":        `{"region": "eu-west-1", "webAcl": {}}`,
		"a log elsewhere":            `{"region": "eu-west-1", "accessLogs": {}}`,
		"two places of a log":        `{"accessLogs": {"toBucket": true, "bucketName": "logs"}}`,
		"a bucket":                   `{"accessLogs": {"bucketName": "amzn-s3-demo-logs"}}`,
		"a log group":                `{"accessLogs": {"logGroupName": "aws/x"}}`,
		"days":                       `{"accessLogs": {"retentionDays": 10}}`,
		"days of a bucket":           `{"accessLogs": {"bucketName": "logs", "retentionDays": 10}}`,
		"a field of a log":           `{"accessLogs": {"additionalFields": ["query"]}}`,
		"a role":                     `{"apiLogs": {"accountRole": "no"}}`,
		"days of an API's log":       `{"apiLogs": {"accountRole": "make", "retentionDays": 4}}`,
		"monitoring elsewhere":       `{"region": "eu-west-1", "monitoring": {}}`,
		"an e-mail address":          `{"monitoring": {"emails": ["oncall"]}}`,
		"an action elsewhere":        `{"monitoring": {"actionArns": ["` + strings.Replace(topic, "us-east-1", "eu-west-1", 1) + `"]}}`,
		"6 actions":                  `{"monitoring": {"actionArns": ` + many(topic+"%d", 6) + `}}`,
		"two ways to tell":           `{"monitoring": {"emails": ["a@example.com"], "actionArns": ["` + topic + `"]}}`,
		"nothing to tell of":         `{"monitoring": {"emails": ["a@example.com"], "disableAlarms": true}}`,
		"a share":                    `{"monitoring": {"blockedPercent": 100}}`,
		"a number of requests":       `{"monitoring": {"minRequests": -1}}`,
		"a key":                      `{"lock": {"keys": ["a b"]}}`,
		"a key twice":                `{"lock": {"keys": ["a", "a"]}}`,
		"an active key":              `{"lock": {"active": "b"}}`,
		"half a throttle":            `{"lock": {"throttle": {"ratePerSecond": 1}}}`,
		"no secret":                  `{"apiUrl": "` + apiURL + `", "lock": {}}`,
		"two secrets":                `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "ssmParameter": "b"}}`,
		"a secret elsewhere":         `{"apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + strings.Replace(secret, "us-east-1", "eu-west-1", 1) + `"}}`,
		"a secret of another":        `{"account": "444455556666", "apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + strings.TrimSuffix(secret, "-AbCdEf") + `"}}`,
		"a secret's name":            `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a b"}}`,
		"a parameter":                `{"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "a b"}}`,
		"a field of a parameter":     `{"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "a", "field": "b"}}`,
		"a field":                    `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "field": "b:c"}}`,
		"a lock's header":            `{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "header": "Host"}}`,
		"what passes and is refused": `{"routes": {"/chat": {"allowedWebOrigins": ` + many("https://app-%d.example.com", 300) + `}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			var table map[string]any
			var unchecked map[string]config.Environment
			for _, into := range []any{&table, &unchecked} {
				if err := json.Unmarshal([]byte(`{"test": `+entry+`}`), into); err != nil {
					t.Fatal(err)
				}
			}
			_, err := config.Select(any(table), nil, nil)
			if err == nil {
				t.Fatal("the table takes it")
			}
			env := unchecked["test"]
			env.Name = fmt.Sprintf("e%d", n)
			n++
			text := cdktest.Panics(t, func() { stacks.NewWebSocket(app, env) })
			same := func(line string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(fix(line))) }
			if !slices.ContainsFunc(strings.Split(err.Error(), "\n"), same) {
				t.Errorf("the table says\n%v\nthe construct\n%s", err, text)
			}
		})
	}
}

// fix is the end of a message, which names no field, or all behind its path.
func fix(message string) string {
	if i := strings.LastIndex(message, "; "); i >= 0 {
		return message[i:]
	}
	_, reason, _ := strings.Cut(message, ": ")
	return reason
}

// values are what random environments are made of, by key, good and bad.
var values = map[string][]any{
	"account": {"111122223333", "1234"}, "region": {"us-east-1", "eu-west-1", "us-east-9"},
	"apiUrl":             {apiURL, "wss://api.example.com", "wss://api.example.com/chat", otherAPI, "ws://x", "wss://abc.execute-api.eu-west-9.amazonaws.com/prod", "wss://x.cloudfront.net"},
	"readTimeoutSeconds": {1.0, 180.0, 181.0}, "keepaliveTimeoutSeconds": {1.0, 180.0, -1.0}, "connectionAttempts": {1.0, 3.0, 4.0}, "connectionTimeoutSeconds": {1.0, 10.0, 11.0},
	"customHeaders": {map[string]any{"x-a": "1", "X-B": "2"}, map[string]any{"x-api-key": "1"}, map[string]any{"x-a": strings.Repeat("v", 1783)}, map[string]any{"x-verify": "1"}, map[string]any{"Host": "x"}},
	"ipAddressType": {"IPV4", "DUALSTACK", "ipv4"},
	"headers":       {[]any{"Origin"}, []any{"x-a", "x-b"}, []any{"X-Verify"}, list("x-%d", 5), list("x-%d", 6), []any{"Host"}},
	"queryStrings":  {"all", "none", []any{"token"}, []any{"path"}, list("q%d", 9), list("q%d", 10), list("q%d", 11), []any{strings.Repeat("q", 128)}},
	"cookies":       {"all", "none", []any{"c"}, list("c%d", 10), []any{"a b"}},
	"allExceptHost": {true, false}, "originRequestPolicyId": {policyID, "b689b0a8-53d0-40ab-baf2-68738e2966ac", "216adef6-5c7f-47e4-b989-5492eafa07d3"}, "omitExtensions": {true, false},
	"pathParameter":     {"path", "q1", "__proto__", "a b"},
	"allowedWebOrigins": {[]any{"https://app.example.com"}, []any{"capacitor://localhost", "http://[::1]:3000", "https://*.example.com"}, list("https://app-%d.example.com", 150), list("https://app-%d.example.com", 300), []any{"null"}},
	"requireWebOrigin":  {true, false}, "requireHandshake": {true, false}, "disabled": {true, false}, "open": {true, false},
	"keys": {[]any{"a"}, []any{"a", "b"}, []any{}, []any{"a b"}}, "active": {"a", "b"}, "ratePerSecond": {1.0, 2147483647.0, -1.0}, "burst": {1.0, 100.0},
	"secretArn": {secret, strings.TrimSuffix(secret, "-AbCdEf"), strings.Replace(secret, "us-east-1", "eu-west-1", 1)}, "secretName": {"chat/edge", "a b"}, "ssmParameter": {"/chat/edge", "a b"}, "field": {"key", "a:b"}, "header": {"x-verify", "x-api-key", "Host"},
	"domainNames":    {[]any{"ws.example.com"}, []any{"*.example.com", "WS.example.com"}, []any{"ws.example.org"}, list("n%d.example.com", 101), []any{"https://x"}},
	"certificateArn": {certificate, strings.Replace(certificate, "us-east-1", "eu-west-1", 1)}, "id": {"Z1", "/hostedzone/Z1"}, "name": {"example.com", "example.com.", "x"},
	"minimumProtocolVersion": {"TLS_V1_3_2025", "TLSv1"}, "httpVersion": {"HTTP1_1", "HTTP2_AND_3", "h2"}, "priceClass": {"PRICE_CLASS_100", "x"},
	"allow": {[]any{"DE", "CH"}, []any{}, []any{"XX"}}, "deny": {[]any{"FR"}, []any{"DE", "DE"}}, "disableIpv6": {true, false}, "webAclArn": {webACL, "x"},
	"rateLimit": {10.0, 2000000000.0, 9.0}, "allowedAddresses": {[]any{"192.0.2.0/24"}, []any{"192.0.2.0/24", "2001:db8::/32"}, []any{"x"}}, "deniedAddresses": {[]any{"2001:db8::/32"}, []any{"::/0"}}, "trustedAddresses": {[]any{"192.0.2.1/32"}, []any{}}, "countOnly": {true, false},
	"comment": {"chat", strings.Repeat("ü", 128), strings.Repeat("x", 129)}, "logGroupName": {"/chat/edge", "a b"}, "toBucket": {true, false}, "bucketName": {"logs", "L"}, "retentionDays": {30.0, 3653.0, 10.0, -1.0}, "additionalFields": {[]any{"cs-uri-query"}, []any{"date"}, []any{"x"}},
	"accountRole": {"exists", "make", "x"}, "emails": {[]any{"a@example.com"}, []any{"x"}}, "actionArns": {[]any{topic}, []any{"x"}}, "disableAlarms": {true, false},
	"serverErrorPercent": {1.0, 99.0, 100.0}, "clientErrorPercent": {1.0, 99.0, -1.0}, "blockedPercent": {1.0, 99.0, 100.0}, "minRequests": {1.0, 2147483647.0, -1.0},
	"tags": {map[string]any{"team": "chat", "a b": ""}, map[string]any{"aws:x": "y"}}, "terminationProtection": {true, false},
}

func list(format string, n int) (values []any) {
	for i := range n {
		values = append(values, fmt.Sprintf(format, i))
	}
	return values
}

// random is an object of a type with some of its keys, most of them good.
func random(t *testing.T, r *rand.Rand, typ reflect.Type, often float64) map[string]any {
	t.Helper()
	object := map[string]any{}
	for _, field := range reflect.VisibleFields(typ) {
		key := field.Tag.Get("json")
		if key == "-" || field.Anonymous || r.Float64() > often {
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		pool, known := values[key]
		switch {
		case key == "routes":
			routes := map[string]any{}
			for _, path := range []string{"/a", "/a/b", "/$~'@:+&-_.", "/" + strings.Repeat("x", 252), "/.."}[r.IntN(5):][:1] {
				routes[path] = random(t, r, reflect.TypeFor[config.Behavior](), often)
			}
			object[key] = routes
		case known && r.Float64() < 0.85:
			object[key] = pool[0]
		case known:
			object[key] = pool[r.IntN(len(pool))]
		case inner.Kind() == reflect.Struct:
			object[key] = random(t, r, inner, 0.4)
		default:
			t.Fatalf("values has none of %q", key)
		}
	}
	return object
}

// Of random environments, those that the table takes can be defined.
func TestWhatTheTableTakesIsDefined(t *testing.T) {
	const enough = 60
	app := cdktest.NewApp(t)
	taken, refused := 0, 0
	for seed := uint64(1); taken < enough; seed++ {
		r := rand.New(rand.NewPCG(seed, 0))
		name := fmt.Sprintf("e%d", seed)
		entry := random(t, r, reflect.TypeFor[config.Environment](), 0.05+0.2*r.Float64())
		environments, err := config.Select(map[string]any{name: entry}, nil, nil)
		if err != nil {
			refused++
			continue
		}
		taken++
		func() {
			defer func() {
				if problem := recover(); problem != nil {
					text, _ := json.Marshal(entry)
					t.Errorf("seed %d: %v\n%s", seed, problem, text)
				}
			}()
			stacks.NewWebSocket(app, environments[0])
		}()
	}
	if refused < enough {
		t.Errorf("want bad ones among them, got %d", refused)
	}
	t.Logf("%d taken, %d refused", taken, refused)
}

// A region that the CDK knows and the table does not is one that nobody can use.
func TestTheTableKnowsTheRegionsOfTheCDK(t *testing.T) {
	for _, info := range *regioninfo.RegionInfo_Regions() {
		region := *info.Name()
		if suffix := *info.DomainSuffix(); suffix != "amazonaws.com" && suffix != "amazonaws.com.cn" || strings.HasPrefix(region, "us-gov-") {
			continue // other partitions have no CloudFront in CloudFormation
		}
		if err := rules.Region(region); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}
}
