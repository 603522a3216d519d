package config

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

// table is a context value as the CDK hands it on.
func table(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

const (
	certificate = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"
	webACL      = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/11111111-2222-3333-4444-555555555555"
	secret      = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:chat-AbCdEf"
	topic       = "arn:aws:sns:us-east-1:111122223333:oncall"
	apiURL      = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"
)

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	got, err := Select(table(t, `{"prod": {
		"account": "111122223333",
		"region": "eu-west-1",
		"apiUrl": "`+apiURL+`",
		"origin": {
			"readTimeoutSeconds": 60, "keepaliveTimeoutSeconds": 9, "connectionAttempts": 2, "connectionTimeoutSeconds": 3,
			"customHeaders": {"x-origin": "edge"}, "ipAddressType": "DUALSTACK"
		},
		"forwarding": {"headers": ["Origin"], "queryStrings": ["token"], "cookies": "all", "omitExtensions": true},
		"pathParameter": "path", "allowedWebOrigins": ["https://app.example.com"], "requireWebOrigin": true, "requireHandshake": true,
		"lock": {"secretArn": "`+secret+`", "field": "key", "header": "x-verify"},
		"routes": {
			"/chat": {"apiUrl": "`+apiURL+`", "pathParameter": "room"},
			"/game": {"lock": {"open": true, "keys": ["a", "b"], "active": "b", "throttle": {"ratePerSecond": 100, "burst": 200}}}
		},
		"domainNames": ["ws.example.com"],
		"certificateArn": "`+certificate+`",
		"hostedZone": {"id": "Z1", "name": "example.com"},
		"minimumProtocolVersion": "TLS_V1_3_2025",
		"httpVersion": "HTTP1_1",
		"priceClass": "PRICE_CLASS_100",
		"geoRestriction": {"deny": ["DE"]},
		"disableIpv6": true,
		"webAclArn": "`+webACL+`",
		"comment": "chat",
		"tags": {"team": "chat", "empty": ""},
		"terminationProtection": true
	}}`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Environment{{
		Name: "prod", Account: "111122223333", Region: "eu-west-1",
		Behavior: Behavior{APIURL: apiURL, Origin: Origin{
			ReadTimeoutSeconds: 60, KeepaliveTimeoutSeconds: 9, ConnectionAttempts: 2, ConnectionTimeoutSeconds: 3,
			CustomHeaders: map[string]string{"x-origin": "edge"}, IPAddressType: "DUALSTACK",
		},
			Lock:          &Lock{SecretARN: secret, Field: "key", Header: "x-verify"},
			PathParameter: "path", AllowedWebOrigins: []string{"https://app.example.com"}, RequireWebOrigin: true, RequireHandshake: true,
			Forwarding: Forwarding{
				Headers: []string{"Origin"}, QueryStrings: Selection{Names: []string{"token"}}, Cookies: Selection{All: true}, OmitExtensions: true,
			},
		},
		Routes: map[string]Behavior{"/chat": {APIURL: apiURL, PathParameter: "room"}, "/game": {
			Lock: &Lock{Open: true, Keys: []string{"a", "b"}, Active: "b", Throttle: &Throttle{RatePerSecond: 100, Burst: 200}},
		}},
		DomainNames: []string{"ws.example.com"}, CertificateARN: certificate, HostedZone: &HostedZone{ID: "Z1", Name: "example.com"},
		MinimumProtocolVersion: "TLS_V1_3_2025", HTTPVersion: "HTTP1_1", PriceClass: "PRICE_CLASS_100",
		GeoRestriction: GeoRestriction{Deny: []string{"DE"}}, DisableIPv6: true, WebACLARN: webACL, Comment: "chat",
		Tags: map[string]string{"team": "chat", "empty": ""}, TerminationProtection: true,
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %+v\ngot  %+v", want, got)
	}
}

// A key that the row above forgot would be one that nobody has tried.
func TestTheTestAboveSetsEveryKey(t *testing.T) {
	t.Parallel()
	for _, except := range []string{"AllExceptHost", "OriginRequestPolicyID"} {
		if _, ok := reflect.TypeFor[Forwarding]().FieldByName(except); !ok {
			t.Errorf("no field %s any more", except)
		}
	}
	for text, want := range map[string]Forwarding{
		`{"allExceptHost": true}`: {AllExceptHost: true},
		`{"originRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac"}`: {OriginRequestPolicyID: "b689b0a8-53d0-40ab-baf2-68738e2966ac"},
		`{"queryStrings": "none", "cookies": []}`:                           {Cookies: Selection{Names: []string{}}},
	} {
		got, err := Select(table(t, `{"dev": {"forwarding": `+text+`}}`), nil, nil)
		if err != nil || !reflect.DeepEqual(got[0].Forwarding, want) {
			t.Errorf("%s: want %+v, got %+v (%v)", text, want, got, err)
		}
	}
	got, err := Select(table(t, `{"dev": {"webAcl": {
		"rateLimit": 500, "allowedAddresses": ["192.0.2.0/24"], "deniedAddresses": ["192.0.2.7/32"], "trustedAddresses": ["2001:db8::/32"], "countOnly": true
	}}}`), nil, nil)
	if want := (WebACL{500, []string{"192.0.2.0/24"}, []string{"192.0.2.7/32"}, []string{"2001:db8::/32"}, true}); err != nil || !reflect.DeepEqual(*got[0].WebACL, want) {
		t.Errorf("want %+v, got %+v (%v)", want, got, err)
	}
	for text, want := range map[string]Environment{
		`"accessLogs": {"toBucket": true, "retentionDays": 10, "additionalFields": ["cs-uri-query"]}`:                                          {AccessLogs: &AccessLogs{ToBucket: true, RetentionDays: 10, AdditionalFields: []string{"cs-uri-query"}}},
		`"accessLogs": {"bucketName": "logs"}`:                                                                                                 {AccessLogs: &AccessLogs{BucketName: "logs"}},
		`"accessLogs": {"logGroupName": "/chat/edge"}`:                                                                                         {AccessLogs: &AccessLogs{LogGroupName: "/chat/edge"}},
		`"monitoring": {"emails": ["a@example.com"], "serverErrorPercent": 1, "clientErrorPercent": 2, "blockedPercent": 3, "minRequests": 4}`: {Monitoring: &Monitoring{Emails: []string{"a@example.com"}, ServerErrorPercent: 1, ClientErrorPercent: 2, BlockedPercent: 3, MinRequests: 4}},
		`"monitoring": {"actionArns": ["` + topic + `"]}`:                                                                                      {Monitoring: &Monitoring{ActionARNs: []string{topic}}},
		`"monitoring": {"disableAlarms": true}`:                                                                                                {Monitoring: &Monitoring{DisableAlarms: true}},
		`"accessLogs": {}`:                                                                                                                     {AccessLogs: &AccessLogs{}},
		`"apiLogs": {"accountRole": "make", "retentionDays": 30}`:                                                                              {APILogs: &APILogs{"make", 30}},
	} {
		want.Name = "dev"
		got, err := Select(table(t, `{"dev": {`+text+`}}`), nil, nil)
		if err != nil || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%s: want %+v, got %+v (%v)", text, want, got, err)
		}
	}
	for text, want := range map[string]Lock{
		`"lock": {"disabled": true}`:                                    {Disabled: true},
		`"apiUrl": "` + apiURL + `", "lock": {"secretName": "chat"}`:    {SecretName: "chat"},
		`"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "/chat"}`: {SSMParameter: "/chat"},
	} {
		got, err := Select(table(t, `{"dev": {`+text+`}}`), nil, nil)
		if err != nil || !reflect.DeepEqual(*got[0].Lock, want) {
			t.Errorf("%s: want %+v, got %+v (%v)", text, want, got, err)
		}
	}
}

func TestEnvironmentsAreSortedByName(t *testing.T) {
	t.Parallel()
	got, err := Select(table(t, `{"prod": {}, "dev": {}, "a-1": {}}`), nil, nil)
	if err != nil || fmt.Sprint(names(got)) != "[a-1 dev prod]" {
		t.Errorf("got %s (%v)", names(got), err)
	}
}

func TestOneEnvironmentIsSelectedByName(t *testing.T) {
	t.Parallel()
	got, err := Select(table(t, `{"prod": {}, "dev": {}}`), "prod", nil)
	if err != nil || fmt.Sprint(names(got)) != "[prod]" {
		t.Errorf("got %s (%v)", names(got), err)
	}
	_, err = Select(table(t, `{"prod": {}, "dev": {}}`), "staging", nil)
	if err == nil || err.Error() != `env: must be one of dev, prod, got "staging"` {
		t.Errorf("got %v", err)
	}
}

func TestAnAPIURLMakesAnEnvironmentOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env, url any
		want     string
	}{
		{nil, apiURL, "api-abc-prod"},
		{"mine", apiURL, "mine"},
		{nil, "wss://ABC.execute-api.eu-west-1.amazonaws.com:443/prod/", "api-abc-prod"},
		{nil, "https://abc.execute-api.eu-west-1.amazonaws.com/Prod_1/", "api-abc-prod-1--bcc9b98b"},
		{nil, "wss://socket.example.com/chat", "socket-example-com-chat--141c5aea"},
		{nil, "wss://1.example.com", ""},
		{nil, "wss://" + strings.Repeat("long-", 12) + "x.example.com", "long-long-long-long-long-long--2655af4c"},
	} {
		got, err := Select(table(t, `{"dev": {}}`), tt.env, tt.url)
		if tt.want == "" {
			if err == nil || !strings.Contains(err.Error(), "pass another with -c env=name") {
				t.Errorf("%v: got %v", tt.url, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0].Name != tt.want || got[0].APIURL != tt.url {
			t.Errorf("%v: want %s alone, got %+v (%v)", tt.url, tt.want, got, err)
		}
	}
}

// A shared name would let the second deploy point the first's stack at another API.
func TestTwoAPIsOfTheCommandLineNeverShareAStack(t *testing.T) {
	t.Parallel()
	const host = "wss://abc.execute-api.eu-west-1.amazonaws.com/"
	long := strings.Repeat("x", 60)
	names := map[string]string{}
	for _, url := range []string{
		host + "prod", host + "PROD", host + "Prod", host + "a_b", host + "a-b", host + "a__b", host + "a--b", host + "-a-b", host + "a-b-", host + "_",
		host + "prod-0a1b2c3d", host + long, host + long + "y", host + strings.Repeat("x", 32), host + strings.Repeat("x", 33),
		"wss://abc-prod.example.com", "wss://abc.prod.example.com", "wss://abc.example.com/prod", "wss://abc.example.com/Prod", "wss://abc.example.com.prod",
		"wss://api.abc.prod", "wss://api.abc/prod", "wss://api-abc.prod",
		"wss://" + long + ".example.com/a", "wss://" + long + ".example.com/b", "wss://" + long + ".example.net/a",
	} {
		got, err := Select(nil, nil, url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if other, taken := names[got[0].Name]; taken {
			t.Errorf("%s and %s are both %s", url, other, got[0].Name)
		}
		names[got[0].Name] = url
	}
}

func TestAnAPIURLDoesNotOverwriteAnEnvironmentOfTheTable(t *testing.T) {
	t.Parallel()
	_, err := Select(table(t, `{"dev": {}}`), "dev", apiURL)
	if err == nil || !strings.Contains(err.Error(), `env: must not be an environment of the table, got "dev", whose stack would be overwritten; set environments.dev.apiUrl`) {
		t.Errorf("got %v", err)
	}
}

func TestTheStackIsNamedAfterTheEnvironment(t *testing.T) {
	t.Parallel()
	if got := (&Environment{Name: "dev"}).StackName(); got != "WebSocket-dev" {
		t.Errorf("got %s", got)
	}
}

func TestABadTableIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ table, want string }{
		{`null`, `environments: must have an entry, got none; add one to the context of cdk.json ("environments": {"dev": {}}), or pass -c apiUrl=wss://host/stage, and run the app through the CDK's command line`},
		{`{}`, `environments: must have an entry, got none; add one to the context of cdk.json ("environments": {"dev": {}}), or pass -c apiUrl=wss://host/stage, and run the app through the CDK's command line`},
		{`[]`, "environments: must be an object from name to environment, got []"},
		{`{"Prod": {}}`, `environments.Prod: must have a name of at most 40 lower-case letters, digits and hyphens that starts with a letter and does not end in a hyphen, got "Prod"; write "prod"`},
		{`{"-x": {}}`, `environments["-x"]: must have a name of at most 40 lower-case letters, digits and hyphens that starts with a letter and does not end in a hyphen, got "-x"; write "x"`},
		{`{"dev": true}`, `environments.dev: must be an object, got true; write {}`},
		{`{"dev": {"domainName": ["x"]}}`, `environments.dev.domainName: unknown key; did you mean "domainNames"?`},
		{`{"dev": {"colour": 1}}`, `environments.dev.colour: unknown key; the keys here are accessLogs, account, allowedWebOrigins, apiLogs, apiUrl, certificateArn, comment, disableIpv6, domainNames, forwarding, geoRestriction, hostedZone, httpVersion, lock, minimumProtocolVersion, monitoring, origin, pathParameter, priceClass, region, requireHandshake, requireWebOrigin, routes, tags, terminationProtection, webAcl, webAclArn`},
		{`{"dev": {"forwarding": {"header": []}}}`, `environments.dev.forwarding.header: unknown key; did you mean "headers"?`},
		{`{"dev": {"domainNames": "ws.example.com"}}`, `environments.dev.domainNames: must be a list of strings, got "ws.example.com"; write ["ws.example.com"]`},
		{`{"dev": {"domainNames": ["a.example.com", 7]}}`, `environments.dev.domainNames[1]: must be a string, got 7; write "7"`},
		{`{"dev": {"disableIpv6": "true"}}`, `environments.dev.disableIpv6: must be true or false, without quotes, got "true"; write true`},
		{`{"dev": {"account": 111122223333}}`, `environments.dev.account: must be a string, got 111122223333; write "111122223333"`},
		{`{"dev": {"account": ""}}`, `environments.dev.account: must be a string that is not empty, got ""; drop the key for the default`},
		{`{"dev": {"account": "1234"}}`, `environments.dev.account: must be the id of an AWS account, 12 digits in quotes, got "1234"`},
		{`{"dev": {"account": null}}`, `environments.dev.account: must be a string, got null; drop the key for the default`},
		{`{"dev": {"region": "eu-west-9"}}`, `environments.dev.region: must be an AWS region, got "eu-west-9"; did you mean "eu-west-1"?`},
		{`{"dev": {"apiUrl": "ws://x"}}`, "environments.dev.apiUrl: must start with wss:// (or https://)"},
		{`{"dev": {"origin": {"readTimeoutSeconds": 999}}}`, "environments.dev.origin.readTimeoutSeconds: must be whole seconds from 1s to 180s, got 999s"},
		{`{"dev": {"origin": {"readTimeoutSeconds": 1.5}}}`, `environments.dev.origin.readTimeoutSeconds: must be a whole number, without quotes, got 1.5; write 1 or 2`},
		{`{"dev": {"origin": {"readTimeoutSeconds": 0}}}`, `environments.dev.origin.readTimeoutSeconds: must be a whole number other than 0, got 0; drop the key for the default`},
		{`{"dev": {"origin": {"keepaliveTimeoutSeconds": 181}}}`, "environments.dev.origin.keepaliveTimeoutSeconds: must be whole seconds"},
		{`{"dev": {"origin": {"connectionTimeoutSeconds": 11}}}`, "environments.dev.origin.connectionTimeoutSeconds: must be whole seconds from 1s to 10s"},
		{`{"dev": {"origin": {"connectionAttempts": 4}}}`, "environments.dev.origin.connectionAttempts: must be from 1 to 3, got 4"},
		{`{"dev": {"origin": {"ipAddressType": "ipv4"}}}`, `environments.dev.origin.ipAddressType: must be one of IPV4, IPV6, DUALSTACK, got "ipv4"`},
		{`{"dev": {"origin": {"customHeaders": {"Host": "x"}}}}`, `environments.dev.origin.customHeaders["Host"]: must be a header that CloudFront adds to origin requests, got "Host"; choose another name, such as x-api-key`},
		{`{"dev": {"origin": {"customHeaders": {"x-a": 1}}}}`, `environments.dev.origin.customHeaders["x-a"]: must be a string, got a value of another type (not shown, it may be a secret); write it in quotes`},
		{`{"dev": {"origin": {"customHeaders": []}}}`, `environments.dev.origin.customHeaders: must be an object, got a value of another type (not shown, it may be a secret); write {"x-origin": "edge"}`},
		{`{"dev": {"forwarding": {"headers": ["Host"]}}}`, "environments.dev.forwarding.headers[0]: must not be forwarded: API Gateway answers 403"},
		{`{"dev": {"forwarding": {"queryStrings": "some"}}}`, `environments.dev.forwarding.queryStrings: must be "none", "all" or a list of names, got "some"`},
		{`{"dev": {"forwarding": {"cookies": [1]}}}`, `environments.dev.forwarding.cookies[0]: must be a string, got 1; write "1"`},
		{`{"dev": {"forwarding": {"originRequestPolicyId": "bad"}}}`, "environments.dev.forwarding.originRequestPolicyId: must be the id of an origin request policy"},
		{`{"dev": {"domainNames": ["https://x/y"], "certificateArn": "` + certificate + `"}}`, `environments.dev.domainNames[0]: must be a host name without scheme or path, got "https://x/y"`},
		{`{"dev": {"domainNames": ["ws.example.com"]}}`, `environments.dev.certificateArn: is required with domainNames, got none; name an ACM certificate in us-east-1 that covers them`},
		{`{"dev": {"certificateArn": "` + certificate + `"}}`, "environments.dev.domainNames: is required with certificateArn"},
		{`{"dev": {"domainNames": ["ws.example.com"], "certificateArn": "` + strings.Replace(certificate, "us-east-1", "eu-west-1", 1) + `"}}`, "environments.dev.certificateArn: must be a certificate in us-east-1"},
		{`{"dev": {"hostedZone": {"id": "Z1", "name": "example.com"}}}`, `environments.dev.hostedZone: needs domainNames, got none; list the names to make records for`},
		{`{"dev": {"hostedZone": {"id": "/hostedzone/Z1"}}}`, `environments.dev.hostedZone.id: must be the id alone, got "/hostedzone/Z1"; drop "/hostedzone/" and write "Z1"`},
		{`{"dev": {"hostedZone": {"id": "Z1"}}}`, `environments.dev.hostedZone.name: is required; write the name of the zone, such as example.com`},
		{`{"dev": {"domainNames": ["ws.example.org"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "Z1", "name": "example.com"}}}`, `environments.dev.domainNames[0]: must be within the hosted zone "example.com", got "ws.example.org"; name the zone that holds it, or leave the zone out and make the records yourself`},
		{`{"dev": {"minimumProtocolVersion": "TLSv1.2_2021"}}`, "environments.dev.minimumProtocolVersion: must be one of TLS_V1_2_2018"},
		{`{"dev": {"minimumProtocolVersion": "TLS_V1_2_2021"}}`, "environments.dev.minimumProtocolVersion: needs certificateArn"},
		{`{"dev": {"httpVersion": "http2"}}`, "environments.dev.httpVersion: must be one of HTTP1_1"},
		{`{"dev": {"priceClass": "PriceClass_100"}}`, "environments.dev.priceClass: must be one of PRICE_CLASS_100"},
		{`{"dev": {"geoRestriction": {"allow": ["de"]}}}`, `environments.dev.geoRestriction.allow[0]: must be an ISO 3166-1 code in capitals, got "de"; write "DE"`},
		{`{"dev": {"geoRestriction": {"deny": ["UK"]}}}`, `environments.dev.geoRestriction.deny[0]: must be an ISO 3166-1 code, got "UK"; write "GB"`},
		{`{"dev": {"geoRestriction": {"allow": ["DE"], "deny": ["FR"]}}}`, `environments.dev.geoRestriction.deny: cannot be set with geoRestriction.allow; keep one of the two lists`},
		{`{"dev": {"webAclArn": "bad"}}`, "environments.dev.webAclArn: must be the ARN of a web ACL"},
		{`{"dev": {"comment": "` + strings.Repeat("x", 129) + `"}}`, "environments.dev.comment: must be at most 128 characters"},
		{`{"dev": {"tags": {"aws:x": "y"}}}`, `environments.dev.tags["aws:x"]: must not start with aws:`},
		{`{"dev": {"tags": {"x": true}}}`, `environments.dev.tags["x"]: must be a string, got true; write "true"`},
		{`{"dev": {"pathParameter": "a b"}}`, "environments.dev.pathParameter: must be a name of 1 to 64 letters"},
		{`{"dev": {"pathParameter": "p", "forwarding": {"queryStrings": ["p"]}}}`, `environments.dev.pathParameter: must not be one of forwarding.queryStrings, got "p"; drop it there, the path is forwarded without being listed and a viewer's own parameter of this name never is`},
		{`{"dev": {"allowedWebOrigins": ["app.example.com"]}}`, `environments.dev.allowedWebOrigins[0]: must be an origin such as https://app.example.com, got "app.example.com"; write it with its scheme, https://app.example.com`},
		{`{"dev": {"requireWebOrigin": true}}`, `environments.dev.requireWebOrigin: needs allowedWebOrigins, got none; list the origins that may connect`},
		{`{"dev": {"routes": []}}`, `environments.dev.routes: must be an object, got []; write {"/chat": {}}`},
		{`{"dev": {"routes": {"chat": {}}}}`, `environments.dev.routes["chat"]: must start with a slash, got "chat"; write "/chat"`},
		{`{"dev": {"routes": {"/chat": 1}}}`, `environments.dev.routes["/chat"]: must be an object, got 1; write {}`},
		{`{"dev": {"routes": {"/chat": {"apiurl": "x"}}}}`, `environments.dev.routes["/chat"].apiurl: unknown key; did you mean "apiUrl"?`},
		{`{"dev": {"routes": {"/chat": {"account": "111122223333"}}}}`, `environments.dev.routes["/chat"].account: unknown key; it belongs in environments.dev`},
		{`{"dev": {"routes": {"/chat": {"apiUrl": "ws://x"}}}}`, `environments.dev.routes["/chat"].apiUrl: must start with wss://`},
		{`{"dev": {"webAcl": {}, "webAclArn": "` + webACL + `"}}`, `environments.dev.webAcl: cannot be set with webAclArn; keep one`},
		{`{"dev": {"webAcl": {}, "region": "eu-west-1"}}`, "environments.dev.webAcl: needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1"},
		{`{"dev": {"webAcl": {"rateLimit": 5}}}`, "environments.dev.webAcl.rateLimit: must be from 10 to 2000000000, got 5"},
		{`{"dev": {"webAcl": {"allowedAddresses": ["192.0.2.1"]}}}`, `environments.dev.webAcl.allowedAddresses[0]: must be a range in CIDR notation, got "192.0.2.1"; write "192.0.2.1/32"`},
		{`{"dev": {"webAcl": {"deniedAddresses": ["::/0"]}}}`, `environments.dev.webAcl.deniedAddresses[0]: must not be all addresses`},
		{`{"dev": {"webAcl": {"trustedAddresses": ["x"]}}}`, `environments.dev.webAcl.trustedAddresses[0]: must be a range`},
		{`{"dev": {"accessLogs": {}, "region": "eu-west-1"}}`, "environments.dev.accessLogs: needs a stack in us-east-1"},
		{`{"dev": {"accessLogs": {"toBucket": true, "bucketName": "logs"}}}`, `environments.dev.accessLogs: must go to one place, got toBucket and bucketName; keep one`},
		{`{"dev": {"accessLogs": {"bucketName": "Logs"}}}`, `environments.dev.accessLogs.bucketName: must be the name of a bucket, 3 to 63 lower-case letters, digits, dots and hyphens, got "Logs"`},
		{`{"dev": {"accessLogs": {"logGroupName": "a b"}}}`, `environments.dev.accessLogs.logGroupName: must be the name of a log group, of at most 512 letters, digits and _/.#-, got "a b"`},
		{`{"dev": {"accessLogs": {"retentionDays": 10}}}`, "environments.dev.accessLogs.retentionDays: must be a number of days that CloudWatch Logs knows, got 10; write 14"},
		{`{"dev": {"accessLogs": {"toBucket": true, "retentionDays": -1}}}`, `environments.dev.accessLogs.retentionDays: must be from 1 to 2147483647, got -1`},
		{`{"dev": {"accessLogs": {"bucketName": "logs", "retentionDays": 30}}}`, `environments.dev.accessLogs.retentionDays: cannot be set with bucketName; set the retention there`},
		{`{"dev": {"accessLogs": {"additionalFields": ["query"]}}}`, "environments.dev.accessLogs.additionalFields[0]: must be a field of CloudFront's access logs"},
		{`{"dev": {"apiLogs": {}}}`, `environments.dev.apiLogs.accountRole: is required: API Gateway writes the logs of all APIs of an account and region by one role; write "exists" if it is set there, or "make" to make and set it`},
		{`{"dev": {"apiLogs": {"accountRole": "no"}}}`, `environments.dev.apiLogs.accountRole: must be one of exists, make, got "no"`},
		{`{"dev": {"apiLogs": {"accountRole": "make", "retentionDays": 4}}}`, "environments.dev.apiLogs.retentionDays: must be a number of days that CloudWatch Logs knows, got 4; write 5"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "apiLogs": {"accountRole": "make"}}}`, `environments.dev.apiLogs: needs a ping API, got none; drop it, an API that lives elsewhere is logged by its owner`},
		{`{"dev": {"monitoring": {}, "region": "eu-west-1"}}`, "environments.dev.monitoring: needs a stack in us-east-1"},
		{`{"dev": {"monitoring": {"emails": ["oncall"]}}}`, `environments.dev.monitoring.emails[0]: must be an e-mail address, got "oncall"`},
		{`{"dev": {"monitoring": {"actionArns": ["topic"]}}}`, `environments.dev.monitoring.actionArns[0]: must be the ARN of what an alarm tells`},
		{`{"dev": {"monitoring": {"actionArns": ["` + topic + `1", "` + topic + `2", "` + topic + `3", "` + topic + `4", "` + topic + `5", "` + topic + `6"]}}}`, `environments.dev.monitoring.actionArns: must have at most 5 entries, got 6; drop some`},
		{`{"dev": {"monitoring": {"emails": ["a@example.com"], "actionArns": ["` + topic + `"]}}}`, `environments.dev.monitoring.emails: cannot be set with actionArns; subscribe the addresses to your topic`},
		{`{"dev": {"monitoring": {"emails": ["a@example.com"], "disableAlarms": true}}}`, `environments.dev.monitoring.disableAlarms: cannot be set with emails; drop one, there are no alarms to tell of`},
		{`{"dev": {"monitoring": {"serverErrorPercent": 100}}}`, "environments.dev.monitoring.serverErrorPercent: must be from 1 to 99, got 100"},
		{`{"dev": {"monitoring": {"clientErrorPercent": -1}}}`, "environments.dev.monitoring.clientErrorPercent: must be from 1 to 99, got -1"},
		{`{"dev": {"monitoring": {"blockedPercent": 101}}}`, "environments.dev.monitoring.blockedPercent: must be from 1 to 99, got 101"},
		{`{"dev": {"monitoring": {"minRequests": -2}}}`, `environments.dev.monitoring.minRequests: must be from 1 to 2147483647, got -2`},
		{`{"dev": {"lock": true}}`, `environments.dev.lock: must be an object, got true; write {}`},
		{`{"dev": {"lock": {"keys": ["a b"]}}}`, `environments.dev.lock.keys[0]: must be the name of a key`},
		{`{"dev": {"lock": {"keys": ["a", "a"]}}}`, `environments.dev.lock.keys[1]: repeats "a"`},
		{`{"dev": {"lock": {"keys": ["a"], "active": "b"}}}`, `environments.dev.lock.active: must be one of the keys ["a"], got "b"`},
		{`{"dev": {"lock": {"active": "b"}}}`, `environments.dev.lock.active: must be one of the keys ["a"], got "b"`},
		{`{"dev": {"lock": {"throttle": {"ratePerSecond": 50}}}}`, `environments.dev.lock.throttle.burst: is required with the other limit; write 1 or more, or leave the throttle out for none`},
		{`{"dev": {"lock": {"disabled": true, "open": true}}}`, `environments.dev.lock.disabled: cannot be set with open; drop one or the other`},
		{`{"dev": {"lock": {"secretName": "x"}}}`, `environments.dev.lock.secretName: needs apiUrl, got none; drop it, the ping API has keys of its own, which are generated`},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"keys": ["a"], "secretName": "x"}}}`, `environments.dev.lock.keys: goes with a ping API, got apiUrl; drop it and name the secret, the keys of an API that lives elsewhere are its owner's`},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {}}}`, `environments.dev.lock: needs one of secretArn, secretName and ssmParameter, got none; name the secret`},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + secret + `"}}}`, "environments.dev.lock.secretArn: must be a secret in us-east-1, where the distribution's stack is"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretArn": "x"}}}`, "environments.dev.lock.secretArn: must be the ARN of a secret"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretName": "a b"}}}`, "environments.dev.lock.secretName: must be the name of a secret"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "a b"}}}`, "environments.dev.lock.ssmParameter: must be the name of a parameter"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "a", "field": "b"}}}`, `environments.dev.lock.field: cannot be set with ssmParameter, which has one value; drop it`},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "field": "b c"}}}`, "environments.dev.lock.field: must be a key of the secret's JSON object"},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "header": "Via"}}}`, `environments.dev.lock.header: must be a header that CloudFront adds to origin requests, got "Via"; choose another name, such as x-api-key`},
		{`{"dev": {"apiUrl": "` + apiURL + `", "lock": {"secretName": "a"}, "origin": {"customHeaders": {"X-Api-Key": "b"}}}}`, `environments.dev.origin.customHeaders["X-Api-Key"]: is the header that the lock sends; drop it`},
		{`{"dev": {"forwarding": {"headers": ["X-Api-Key"]}}}`, "environments.dev.forwarding.headers[0]"},
		{`{"dev": {"lock": {}, "routes": {"/chat": {"lock": {}}}}}`, `environments.dev.routes["/chat"].lock: must be the only lock of the ping API, got a second one beside environments.dev.lock; keep one, all that have no apiUrl share it`},
		{`{"dev": {"terminationProtection": 1}}`, "environments.dev.terminationProtection: must be true or false"},
	} {
		if _, err := Select(table(t, tt.table), nil, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s\nwant an error with %q\ngot  %v", tt.table, tt.want, err)
		}
	}
}

func TestADomainNameBelongsToOneEnvironment(t *testing.T) {
	t.Parallel()
	one := `{"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `"}`
	_, err := Select(table(t, `{"dev": `+one+`, "prod": `+strings.Replace(one, "ws.", "WS.", 1)+`}`), nil, nil)
	if err == nil || err.Error() != `environments.prod.domainNames[0]: must be on one distribution only, got "WS.example.com", which environment "dev" has too; drop it from one` {
		t.Errorf("got %v", err)
	}
}

func TestAllProblemsOfAllEnvironmentsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Select(table(t, `{
		"dev": {"account": "1", "colour": 2, "forwarding": {"headers": ["Host", "Upgrade"]}},
		"prod": {"region": "x", "domainNames": ["https://x/y", 3]}
	}`), "dev", "ws://x")
	if err == nil {
		t.Fatal("want an error")
	}
	lines := strings.Split(err.Error(), "\n")
	var paths []string
	for _, line := range lines {
		path, _, _ := strings.Cut(line, ": ")
		paths = append(paths, path)
	}
	want := []string{
		"environments.dev.colour", "environments.prod.domainNames[1]",
		"environments.dev.account", "environments.dev.forwarding.headers[0]", "environments.dev.forwarding.headers[1]",
		"environments.prod.region", "environments.prod.domainNames[0]", "environments.prod.certificateArn",
		"apiUrl",
	}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("want %q\ngot  %q", want, paths)
	}
}

func TestOptionsOfTheCommandLineAreStrings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env, url any
		want     string
	}{
		{"", nil, `env: must be a string that is not empty, got ""`},
		{7.0, nil, "env: must be a string that is not empty, got 7"},
		{nil, true, "apiUrl: must be a string that is not empty, got true"},
		{"Prod!", apiURL, `env: must have a name of at most 40 lower-case letters, digits and hyphens that starts with a letter and does not end in a hyphen, got "Prod!"; write "prod"; pass another with -c env=name`},
	} {
		if _, err := Select(table(t, `{"dev": {}}`), tt.env, tt.url); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want an error with %q, got %v", tt.want, err)
		}
	}
}

// The packages that are meant to test in milliseconds must not reach the CDK,
// whose import alone costs seconds.
func TestThisPackageIsFreeOfTheCDK(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(out)) {
		if strings.Contains(pkg, "jsii") || strings.Contains(pkg, "awscdk") || strings.Contains(pkg, "constructs-go") {
			t.Errorf("depends on %s", pkg)
		}
	}
}
