package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// A mistake has one message: what it causes elsewhere is not reported as well.
func TestOneMistakeIsReportedOnce(t *testing.T) {
	t.Parallel()
	const names = `"domainNames": ["ws.example.com"]`
	for _, tt := range []struct{ name, entry, want string }{
		{"a misspelt certificate", `{` + names + `, "certificateARN": "` + certificate + `"}`, `environments.dev.certificateARN: unknown key; did you mean "certificateArn"?`},
		{"a certificate under another name", `{` + names + `, "cert": "` + certificate + `"}`, `environments.dev.cert: unknown key; the keys here are accessLogs, account,`},
		{"a certificate of the wrong type", `{` + names + `, "certificateArn": ["` + certificate + `"]}`, `environments.dev.certificateArn: must be a string, got ["arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-5555...; write it in quotes`},
		{"misspelt names", `{"domainNmes": ["ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "Z1", "name": "example.com"}, "minimumProtocolVersion": "TLS_V1_2_2021"}`, `environments.dev.domainNmes: unknown key; did you mean "domainNames"?`},
		{"TLS without a misspelt certificate", `{"certificatArn": "x", "minimumProtocolVersion": "TLS_V1_2_2021"}`, `environments.dev.certificatArn: unknown key; did you mean "certificateArn"?`},
		{"misspelt origins", `{"allowedWebOrigin": ["https://app.example.com"], "requireWebOrigin": true}`, `environments.dev.allowedWebOrigin: unknown key; did you mean "allowedWebOrigins"?`},
		{"origins of the wrong type", `{"allowedWebOrigins": "https://app.example.com", "requireWebOrigin": true}`, `environments.dev.allowedWebOrigins: must be a list of strings, got "https://app.example.com"; write ["https://app.example.com"]`},
		{"a misspelt URL", `{"apiURL": "` + apiURL + `", "lock": {"secretName": "chat"}}`, `environments.dev.apiURL: unknown key; did you mean "apiUrl"?`},
		{"a URL of the wrong type", `{"apiUrl": 7, "lock": {"secretName": "chat"}}`, `environments.dev.apiUrl: must be a string, got 7; write "7"`},
		{"a misspelt secret", `{"apiUrl": "` + apiURL + `", "lock": {"secretNme": "chat"}}`, `environments.dev.lock.secretNme: unknown key; did you mean "secretName"?`},
		{"a secret under another name", `{"apiUrl": "` + apiURL + `", "lock": {"vault": "chat"}}`, `environments.dev.lock.vault: unknown key; the keys here are active, disabled, field, header, keys, open, secretArn, secretName, ssmParameter, throttle`},
		{"a misspelt burst", `{"lock": {"throttle": {"ratePerSecond": 1, "brst": 2}}}`, `environments.dev.lock.throttle.brst: unknown key; did you mean "burst"?`},
		{"misspelt keys", `{"lock": {"key": ["b"], "active": "b"}}`, `environments.dev.lock.key: unknown key; did you mean "keys"?`},
		{"a misspelt role", `{"apiLogs": {"accountrole": "make"}}`, `environments.dev.apiLogs.accountrole: unknown key; did you mean "accountRole"?`},
		{"no zone at all", `{` + names + `, "certificateArn": "` + certificate + `", "hostedZone": "Z1"}`, `environments.dev.hostedZone: must be an object, got "Z1"; write {"id": "Z0123456789EXAMPLE", "name": "example.com"}`},
		{"a misspelt region", `{"region": "us-east1", "webAcl": {}, "accessLogs": {}, "monitoring": {}}`, `environments.dev.region: must be an AWS region, got "us-east1"; did you mean "us-east-1"?`},
		{"a region of the wrong type", `{"region": ["eu-west-1"], "apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + secret + `"}}`, `environments.dev.region: must be a string, got ["eu-west-1"]; write "eu-west-1"`},
		{"a bad account", `{"account": "1234", ` + names + `, "certificateArn": "` + certificate + `"}`, `environments.dev.account: must be the id of an AWS account, 12 digits in quotes, got "1234"`},
		{"a name with a scheme", `{"domainNames": ["https://ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "Z1", "name": "example.com"}}`, `environments.dev.domainNames[0]: must be a host name without scheme or path`},
		{"a bad name twice", `{"allowedWebOrigins": ["x", "x"]}`, "environments.dev.allowedWebOrigins[0]: must be an origin\nenvironments.dev.allowedWebOrigins[1]: must be an origin"},
		{"a header of another type", `{"origin": {"customHeaders": {"x-a": 1}}}`, `environments.dev.origin.customHeaders["x-a"]: must be a string, got a value of another type (not shown, it may be a secret); write it in quotes`},
		{"null", `null`, "environments.dev: must be an object, got null; drop the key for the default, or write {}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Select(table(t, `{"dev": `+tt.entry+`}`), nil, nil)
			want := strings.Split(tt.want, "\n")
			got := strings.Split(fmt.Sprint(err), "\n")
			if len(got) != len(want) {
				t.Fatalf("want %d messages, got\n%v", len(want), err)
			}
			for i := range want {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("want %s\ngot  %s", want[i], got[i])
				}
			}
		})
	}
}

func TestAKeyInTheWrongObjectIsToldItsOwn(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		`{"queryStrings": ["token"]}`:                                `environments.dev.queryStrings: unknown key; it belongs in "forwarding"`,
		`{"querystrings": ["token"]}`:                                `environments.dev.querystrings: unknown key; it belongs in "forwarding"`,
		`{"readTimeoutSeconds": 30}`:                                 `environments.dev.readTimeoutSeconds: unknown key; it belongs in "origin"`,
		`{"rateLimit": 300}`:                                         `environments.dev.rateLimit: unknown key; it belongs in "webAcl"`,
		`{"emails": ["a@example.com"]}`:                              `environments.dev.emails: unknown key; it belongs in "monitoring"`,
		`{"forwarding": {"pathParameter": "path"}}`:                  `environments.dev.forwarding.pathParameter: unknown key; it belongs in environments.dev`,
		`{"forwarding": {"customHeaders": {}}}`:                      `environments.dev.forwarding.customHeaders: unknown key; it belongs in environments.dev.origin`,
		`{"routes": {"/a": {"domainNames": ["ws.example.com"]}}}`:    `environments.dev.routes["/a"].domainNames: unknown key; it belongs in environments.dev`,
		`{"routes": {"/a": {"queryStrings": ["token"]}}}`:            `environments.dev.routes["/a"].queryStrings: unknown key; it belongs in "forwarding"`,
		`{"routes": {"/a": {"origin": {"pathParameter": "path"}}}}`:  `environments.dev.routes["/a"].origin.pathParameter: unknown key; it belongs in environments.dev.routes["/a"]`,
		`{"routes": {"/a": {"origin": {"cookies": "all"}}}}`:         `environments.dev.routes["/a"].origin.cookies: unknown key; it belongs in environments.dev.routes["/a"].forwarding`,
		`{"lock": {"throttle": {"keys": ["a"]}}}`:                    `environments.dev.lock.throttle.keys: unknown key; it belongs in environments.dev.lock`,
		`{"geoRestriction": {"priceClass": "PRICE_CLASS_100"}}`:      `environments.dev.geoRestriction.priceClass: unknown key; it belongs in environments.dev`,
		`{"forwarding": {"header": ["Origin"]}}`:                     `environments.dev.forwarding.header: unknown key; did you mean "headers"?`,
		`{"colour": 1}`:                                              `environments.dev.colour: unknown key; the keys here are accessLogs, account, allowedWebOrigins,`,
		`{"colour blind": 1, "routes": {"/a": {"domain names": 1}}}`: `environments.dev["colour blind"]: unknown key; the keys here are`,
	} {
		if _, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\nwant %s\ngot  %v", entry, want, err)
		}
	}
}

func TestAValueOfAWrongTypeIsToldTheRightOne(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		`{"webAcl": true}`:                                      `environments.dev.webAcl: must be an object, got true; write {}`,
		`{"webAcl": false}`:                                     `environments.dev.webAcl: must be an object, got false; drop the key for the default, or write {}`,
		`{"monitoring": null}`:                                  `environments.dev.monitoring: must be an object, got null; drop the key for the default, or write {}`,
		`{"apiLogs": true}`:                                     `environments.dev.apiLogs: must be an object, got true; write {"accountRole": "exists"}`,
		`{"forwarding": "all"}`:                                 `environments.dev.forwarding: must be an object, got "all"; write {"queryStrings": ["token"]}`,
		`{"geoRestriction": ["DE"]}`:                            `environments.dev.geoRestriction: must be an object, got ["DE"]; write {"allow": ["DE"]}`,
		`{"tags": ["a"]}`:                                       `environments.dev.tags: must be an object, got ["a"]; write {"team": "chat"}`,
		`{"domainNames": null}`:                                 `environments.dev.domainNames: must be a list of strings, got null; drop the key for the default`,
		`{"domainNames": {}}`:                                   `environments.dev.domainNames: must be a list of strings, got {}; write it in brackets, ["…"]`,
		`{"allowedWebOrigins": [null]}`:                         `environments.dev.allowedWebOrigins[0]: must be a string, got null; drop the key for the default`,
		`{"forwarding": {"cookies": "session"}}`:                `environments.dev.forwarding.cookies: must be "none", "all" or a list of names, got "session"; write ["session"]`,
		`{"comment": {}}`:                                       `environments.dev.comment: must be a string, got {}; write it in quotes`,
		`{"comment": ["a", "b"]}`:                               `environments.dev.comment: must be a string, got ["a","b"]; write it in quotes`,
		`{"comment": ["a<&>b", "c"]}`:                           `environments.dev.comment: must be a string, got ["a<&>b","c"]; write it in quotes`,
		`{"comment": true}`:                                     `environments.dev.comment: must be a string, got true; write "true"`,
		`{"disableIpv6": 1}`:                                    `environments.dev.disableIpv6: must be true or false, without quotes, got 1; drop the key for the default`,
		`{"disableIpv6": "False"}`:                              `environments.dev.disableIpv6: must be true or false, without quotes, got "False"; write false`,
		`{"origin": {"connectionAttempts": "2"}}`:               `environments.dev.origin.connectionAttempts: must be a whole number, without quotes, got "2"; write 2`,
		`{"origin": {"connectionAttempts": "two"}}`:             `environments.dev.origin.connectionAttempts: must be a whole number, without quotes, got "two"; drop the key for the default`,
		`{"origin": {"readTimeoutSeconds": 1.5}}`:               `environments.dev.origin.readTimeoutSeconds: must be a whole number, without quotes, got 1.5; write 1 or 2`,
		`{"origin": {"readTimeoutSeconds": 1e12}}`:              `environments.dev.origin.readTimeoutSeconds: must be a whole number of at most 2147483647, got 1000000000000; write a smaller one`,
		`{"origin": {"readTimeoutSeconds": -1e300}}`:            `environments.dev.origin.readTimeoutSeconds: must be a whole number of at most 2147483647, got -1e+300; write a smaller one`,
		`{"origin": {"readTimeoutSeconds": 2147483647}}`:        `environments.dev.origin.readTimeoutSeconds: must be whole seconds from 1s to 180s, got 2147483647s`,
		`{"origin": {"readTimeoutSeconds": -1}}`:                `environments.dev.origin.readTimeoutSeconds: must be whole seconds from 1s to 180s, got -1s`,
		`{"comment": {"a": "` + strings.Repeat("x", 90) + `"}}`: `environments.dev.comment: must be a string, got {"a":"` + strings.Repeat("x", 71) + `...; write it in quotes`,
	} {
		if _, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil); err == nil || err.Error() != want {
			t.Errorf("%s\nwant %s\ngot  %v", entry, want, err)
		}
	}
}

func TestNoMessageRepeatsASecret(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		`{"apiUrl": "ws://user:hunter2@x.example.com/prod?token=hunter2"}`,
		`{"apiUrl": ["wss://user:hunter2@x.example.com"]}`,
		`{"apiUrl": {"url": "user:hunter2@x.example.com"}}`,
		`{"comment": ["wss://user:hunter2@x.example.com", "b"]}`,
		`{"allowedWebOrigins": "https://user:hunter2@x.example.com"}`,
		`{"allowedWebOrigins": ["https://user:hunter2@x.example.com"]}`,
		`{"domainNames": ["https://user:hunter2@x.example.com"]}`,
		`{"origin": {"customHeaders": "hunter2"}}`,
		`{"origin": {"customHeaders": ["hunter2"]}}`,
		`{"origin": {"customHeaders": {"x-key": ["hunter2"]}}}`,
		`{"origin": {"customHeaders": {"x-key": "hunter2\n"}}}`,
		`{"apiUrl": "` + apiURL + `", "lock": {"secretArn": "hunter2"}}`,
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "hunter2!"}}`,
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": ["hunter2"]}}`,
		`{"apiUrl": "` + apiURL + `", "lock": {"ssmParameter": "hunter2!"}}`,
		`{"lock": {"keys": ["hunter2!"]}}`,
		`{"lock": {"keys": "hunter2"}}`,
		`{"lock": {"active": ["hunter2"]}}`,
	} {
		if _, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s\ngot %v", entry, err)
		}
	}
	for _, url := range []any{"ws://user:hunter2@x.example.com", "wss://user:hunter2@x.example.com", "user:hunter2@x.example.com", "wss://x.example.com?a=hunter2", []any{"wss://user:hunter2@x.example.com"}} {
		if _, err := Select(nil, nil, url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v\ngot %v", url, err)
		}
	}
}

func TestWhatBelongsToAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	const account = `"account": "444455556666"`
	local := strings.Replace(secret, "eu-west-1", "us-east-1", 1)
	for entry, want := range map[string]string{
		`{` + account + `, "domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `"}`:                                            "environments.dev.certificateArn: must be a certificate of the distribution's own account 444455556666, got one of 111122223333",
		`{` + account + `, "webAclArn": "` + webACL + `"}`:                                                                                         "environments.dev.webAclArn: must be a web ACL of the distribution's own account 444455556666, got one of 111122223333",
		`{` + account + `, "apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + strings.TrimSuffix(local, "-AbCdEf") + `"}}`:                     "environments.dev.lock.secretArn: must be complete because the secret is of another account (111122223333)",
		`{` + account + `, "routes": {"/a": {"apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + strings.TrimSuffix(local, "-AbCdEf") + `"}}}}`: `environments.dev.routes["/a"].lock.secretArn: must be complete`,
		`{` + account + `, "apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + local + `"}}`:                                                    "",
		`{"account": "111122223333", "apiUrl": "` + apiURL + `", "lock": {"secretArn": "` + strings.TrimSuffix(local, "-AbCdEf") + `"}}`:           "",
		`{"monitoring": {"actionArns": ["` + strings.Replace(topic, "us-east-1", "eu-west-1", 1) + `"]}}`:                                          "environments.dev.monitoring.actionArns[0]: must be in us-east-1",
	} {
		_, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s\nwant %s\ngot  %v", entry, want, err)
		}
	}
}

func TestTheHeaderOfTheLockIsCounted(t *testing.T) {
	t.Parallel()
	headers := map[string]string{}
	for i := range 30 {
		headers[fmt.Sprintf("x-%d", i)] = "v"
	}
	text, err := json.Marshal(headers)
	if err != nil {
		t.Fatal(err)
	}
	thirty := `"origin": {"customHeaders": ` + string(text) + `}`
	const key = `"origin": {"customHeaders": {"X-Api-Key": "v"}}`
	for entry, want := range map[string]string{
		`{` + thirty + `}`: "environments.dev.origin.customHeaders: must have at most 30 headers, that of a lock included, got 31",
		`{` + thirty + `, "lock": {"disabled": true}}`:                              "",
		`{"lock": {"disabled": true}, "routes": {"/a": {` + thirty + `}}}`:          "",
		`{"apiUrl": "` + apiURL + `", ` + thirty + `}`:                              "",
		`{"apiUrl": "` + apiURL + `", ` + thirty + `, "lock": {"secretName": "a"}}`: "environments.dev.origin.customHeaders: must have at most 30 headers",
		`{` + key + `}`: `environments.dev.origin.customHeaders["X-Api-Key"]: is the header that the lock sends; drop it`,
		`{` + key + `, "lock": {"disabled": true}}`:                                                                      "",
		`{"apiUrl": "` + apiURL + `", ` + key + `, "lock": {"secretName": "a", "header": "x-verify"}}`:                   "",
		`{"forwarding": {"headers": ["X-Api-Key"]}}`:                                                                     "environments.dev.forwarding.headers[0]: must not be a header that CloudFront adds",
		`{"forwarding": {"headers": ["X-Api-Key"]}, "lock": {"disabled": true}}`:                                         "",
		`{"apiUrl": "` + apiURL + `", "forwarding": {"headers": ["x-v"]}, "lock": {"secretName": "a", "header": "X-V"}}`: "environments.dev.forwarding.headers[0]: must not be a header that CloudFront adds",
	} {
		_, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%.120s\nwant %s\ngot  %v", entry, want, err)
		}
	}
}

// Each setting reaches the rule that it is a part of.
func TestEachSettingReachesItsRule(t *testing.T) {
	t.Parallel()
	const all = "environments.dev.forwarding.allExceptHost: cannot be set with "
	for entry, want := range map[string]string{
		`{"pathParameter": "path", "forwarding": {"queryStrings": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]}}`:            "environments.dev.forwarding.queryStrings: must list at most 9 names, got 10",
		`{"forwarding": {"queryStrings": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]}}`:                                "environments.dev.forwarding.queryStrings: must list at most 10 names, got 11",
		`{"forwarding": {"cookies": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]}}`:                                     "environments.dev.forwarding.cookies: must have at most 10 entries, got 11",
		`{"forwarding": {"headers": ["x-a", "x-b", "x-c", "x-d", "x-e", "x-f"]}}`:                                                  "environments.dev.forwarding.headers: must list at most 5 headers, got 6",
		`{"forwarding": {"headers": ["x-a", "x-b", "x-c", "x-d", "x-e", "x-f"], "omitExtensions": true}}`:                          "",
		`{"forwarding": {"allExceptHost": true, "headers": ["Origin"]}}`:                                                           all + "forwarding.headers",
		`{"forwarding": {"allExceptHost": true, "queryStrings": "all"}}`:                                                           all + "forwarding.queryStrings",
		`{"forwarding": {"allExceptHost": true, "queryStrings": ["a"]}}`:                                                           all + "forwarding.queryStrings",
		`{"forwarding": {"allExceptHost": true, "cookies": "all"}}`:                                                                all + "forwarding.cookies",
		`{"forwarding": {"allExceptHost": true, "cookies": ["a"]}}`:                                                                all + "forwarding.cookies",
		`{"forwarding": {"allExceptHost": true, "omitExtensions": true}}`:                                                          all + "forwarding.omitExtensions",
		`{"forwarding": {"originRequestPolicyId": "11111111-2222-3333-4444-555555555555", "allExceptHost": true}}`:                 "environments.dev.forwarding.originRequestPolicyId: cannot be set with forwarding.allExceptHost",
		`{"forwarding": {"headers": ["x-a"]}, "origin": {"customHeaders": {"X-A": "1"}}}`:                                          "environments.dev.forwarding.headers[0]: must not be a header that CloudFront adds",
		`{"lock": {"keys": ["b"], "active": "b", "throttle": {"ratePerSecond": 1, "burst": 1}}}`:                                   "",
		`{"lock": {"throttle": {"ratePerSecond": -1, "burst": 1}}}`:                                                                "environments.dev.lock.throttle.ratePerSecond: must be from 1 to 2147483647, got -1",
		`{"lock": {"disabled": true, "keys": ["a"], "active": "a"}}`:                                                               "environments.dev.lock.disabled: cannot be set with keys and active; drop one or the other",
		`{"lock": {"disabled": true, "throttle": {"ratePerSecond": 1, "burst": 1}}}`:                                               "environments.dev.lock.disabled: cannot be set with throttle",
		`{"lock": {"header": "x-verify"}}`:                                                                                         "environments.dev.lock.header: needs apiUrl, got none",
		`{"lock": {"field": "a"}}`:                                                                                                 "environments.dev.lock.field: needs apiUrl, got none",
		`{"lock": {"ssmParameter": "a"}}`:                                                                                          "environments.dev.lock.ssmParameter: needs apiUrl, got none",
		`{"lock": {"secretArn": "a"}}`:                                                                                             "environments.dev.lock.secretArn: needs apiUrl, got none",
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "open": true}}`:                                                  "environments.dev.lock.open: goes with a ping API, got apiUrl",
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "disabled": true}}`:                                              "environments.dev.lock.disabled: goes with a ping API, got apiUrl",
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "active": "a"}}`:                                                 "environments.dev.lock.active: goes with a ping API, got apiUrl",
		`{"apiUrl": "` + apiURL + `", "lock": {"secretName": "a", "throttle": {"ratePerSecond": 1, "burst": 1}}}`:                  "environments.dev.lock.throttle: goes with a ping API, got apiUrl",
		`{"webAcl": {"allowedAddresses": ["x"], "deniedAddresses": ["y"], "trustedAddresses": ["z"], "rateLimit": 1}}`:             "environments.dev.webAcl.rateLimit: must be from 10 to 2000000000, got 1\nenvironments.dev.webAcl.allowedAddresses[0]: must be a range",
		`{"monitoring": {"serverErrorPercent": 100, "clientErrorPercent": 100, "blockedPercent": 100, "minRequests": -1}}`:         "environments.dev.monitoring.serverErrorPercent: must be from 1 to 99, got 100\nenvironments.dev.monitoring.clientErrorPercent",
		`{"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {}}`:                           "environments.dev.hostedZone.id: is required; write the id of the zone, such as Z0123456789EXAMPLE\nenvironments.dev.hostedZone.name: is required; write the name of the zone, such as example.com",
		`{"domainNames": ["ws.example.com"], "certificateArn": "` + certificate + `", "hostedZone": {"id": "Z1", "name": "a.de"}}`: `environments.dev.domainNames[0]: must be within the hosted zone "a.de"`,
	} {
		_, err := Select(table(t, `{"dev": `+entry+`}`), nil, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s\nwant %s\ngot  %v", entry, want, err)
		}
	}
}

// Each field that is spelled in its own way is a key of the table.
func TestEachSpellingIsAKey(t *testing.T) {
	t.Parallel()
	for field, path := range keys {
		typ := reflect.TypeFor[Environment]()
		parts := strings.Split(path, ".")
		found := leads(typ, parts)
		for _, section := range []reflect.Type{reflect.TypeFor[Lock](), reflect.TypeFor[AccessLogs](), reflect.TypeFor[Monitoring]()} {
			found = found || leads(section, parts)
		}
		if !found {
			t.Errorf("%s is spelled %s, which is no key", field, path)
		}
	}
}

func leads(typ reflect.Type, path []string) bool {
	for _, key := range path {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return false
		}
		field, known := keysOf(typ)[key]
		if !known {
			return false
		}
		typ = field.Type
	}
	return true
}
