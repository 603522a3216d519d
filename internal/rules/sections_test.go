package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	certificate = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"
	webACL      = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/name/11111111-2222-3333-4444-555555555555"
	secret      = "arn:aws:secretsmanager:us-east-1:111122223333:secret:chat"
	topic       = "arn:aws:sns:us-east-1:111122223333:oncall"
	apiURL      = "wss://abc.execute-api.eu-west-1.amazonaws.com/prod"
	policyID    = "11111111-2222-3333-4444-555555555555"
)

// isUnknown is the token of these tests.
func isUnknown(s string) bool { return s == "unknown" }

func numbered(format string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf(format, i))
	}
	return names
}

func headers(names []string, value string) map[string]string {
	all := map[string]string{}
	for _, name := range names {
		all[name] = value
	}
	return all
}

// A section of each row has the problems that stand behind it, one a line, and no
// others.
func TestASectionListsItsProblems(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, tt := range []struct {
		name    string
		section interface {
			Problems(func(string) bool) Problems
		}
		want string
	}{
		{"no origin settings", Origin{}, ""},
		{"sound origin", Origin{
			URL: apiURL, ReadTimeout: 180 * time.Second, KeepaliveTimeout: time.Second, ConnectionTimeout: 10 * time.Second, ConnectionAttempts: 3,
			CustomHeaders: map[string]string{"X-A": "1", "X-B": "unknown"}, IPAddressType: "DUALSTACK",
		}, ""},
		{"unknown origin", Origin{URL: "unknown", IPAddressType: "unknown"}, ""},
		{"bad origin", Origin{
			URL: "ws://x", ReadTimeout: 181 * time.Second, KeepaliveTimeout: -time.Second, ConnectionTimeout: 11 * time.Second, ConnectionAttempts: 4, IPAddressType: "IPV5",
		}, `Origin.URL: must start with wss:// (or https://), got "ws://x"; API Gateway has no endpoint without TLS
Origin.ReadTimeout: must be whole seconds from 1s to 180s, got 181s
Origin.KeepaliveTimeout: must be whole seconds from 1s to 180s, got -1s
Origin.ConnectionAttempts: must be from 1 to 3, got 4
Origin.ConnectionTimeout: must be whole seconds from 1s to 10s, got 11s
Origin.IPAddressType: must be one of IPV4, IPV6, DUALSTACK, got "IPV5"; did you mean "IPV4"?`},
		{"30 headers", Origin{CustomHeaders: headers(numbered("X-%d", 30), "v")}, ""},
		{"31 headers", Origin{CustomHeaders: headers(numbered("X-%d", 31), "v")}, "Origin.CustomHeaders: must have at most 30 headers, that of a lock included, got 31; drop some, CloudFront adds no more to an origin"},
		{"30 headers and a lock", Origin{CustomHeaders: headers(numbered("X-%d", 30), "v"), LockHeader: "x-api-key"}, "Origin.CustomHeaders: must have at most 30 headers, that of a lock included, got 31; drop some, CloudFront adds no more to an origin"},
		{"29 headers and a lock", Origin{CustomHeaders: headers(numbered("X-%d", 29), "v"), LockHeader: "x-api-key"}, ""},
		{"10,240 characters of headers", Origin{CustomHeaders: headers(numbered("X-%02d", 10), x(1020))}, ""},
		{"10,250 characters of headers", Origin{CustomHeaders: headers(numbered("X-%02d", 10), x(1021))}, "Origin.CustomHeaders: must have at most 10240 characters in all names and values together, got 10250; shorten some"},
		{"10,240 characters with a lock's name", Origin{CustomHeaders: headers(numbered("X-%02d", 10), x(1020)), LockHeader: "x"}, "Origin.CustomHeaders: must have at most 10240 characters in all names and values together, got 10241; shorten some"},
		{"what a reference stands for is not counted", Origin{CustomHeaders: headers(numbered("X-%02d", 10), "{{resolve:ssm:"+x(1800)+"}}")}, ""},
		{"bad headers", Origin{CustomHeaders: map[string]string{"Host": "v", "X-A": "1", "x-a": "2", "X-Api-Key": "v", "X-Empty": "", "X-Line": "a\r\nb"}, LockHeader: "x-api-key"},
			`Origin.CustomHeaders["Host"]: must be a header that CloudFront adds to origin requests, got "Host"; choose another name, such as x-api-key
Origin.CustomHeaders["X-Api-Key"]: is the header that the lock sends; drop it
Origin.CustomHeaders["X-Empty"]: must have a value, got none; drop the header or give it one
Origin.CustomHeaders["X-Line"]: must have a value without line breaks and other control characters, got one with them; write it on one line
Origin.CustomHeaders["x-a"]: repeats "X-A"; drop one, the case of a header's name does not count`},

		{"nothing forwarded", Forwarding{}, ""},
		{"all that a policy holds", Forwarding{Headers: numbered("X-%d", 5), QueryStrings: numbered("q%d", 10), Cookies: numbered("c%d", 10)}, ""},
		{"a header for the extensions", Forwarding{Headers: numbered("X-%d", 6), OmitExtensions: true}, ""},
		{"everything but Host", Forwarding{AllExceptHost: true, OriginHeaders: []string{"x-api-key"}}, ""},
		{"unknown names", Forwarding{Headers: []string{"unknown", "unknown"}, OriginRequestPolicy: ""}, ""},
		{"names that differ in case", Forwarding{QueryStrings: []string{"a", "A"}, Cookies: []string{"a", "A"}}, ""},
		{"6 headers", Forwarding{Headers: numbered("X-%d", 6)}, "Forwarding.Headers: must list at most 5 headers, got 6; drop some or forward everything but Host (a policy holds 10, with those of the handshake)"},
		{"7 headers without extensions", Forwarding{Headers: numbered("X-%d", 7), OmitExtensions: true}, "Forwarding.Headers: must list at most 6 headers, got 7; drop some or forward everything but Host (a policy holds 10, with those of the handshake)"},
		{"11 query strings", Forwarding{QueryStrings: numbered("q%d", 11)}, "Forwarding.QueryStrings: must list at most 10 names, got 11; drop some or forward everything but Host (a policy holds 10, with the path parameter)"},
		{"10 query strings and a path", Forwarding{QueryStrings: numbered("q%d", 10), PathParameter: "path"}, "Forwarding.QueryStrings: must list at most 9 names, got 10; drop some or forward everything but Host (a policy holds 10, with the path parameter)"},
		{"11 cookies", Forwarding{Cookies: numbered("c%d", 11)}, "Forwarding.Cookies: must have at most 10 entries, got 11; drop some"},
		// The five of the handshake have 104 characters.
		{"1,024 characters of names", Forwarding{Cookies: []string{x(901)}, QueryStrings: []string{"q"}, Headers: []string{"X-" + x(12)}, PathParameter: "path"}, ""},
		{"1,025 characters of names", Forwarding{Cookies: []string{x(902)}, QueryStrings: []string{"q"}, Headers: []string{"X-" + x(12)}, PathParameter: "path"}, "Forwarding: must list names of at most 1024 characters together, got 1025 with those of the handshake; shorten some or forward everything but Host"},
		{"bad names", Forwarding{Headers: []string{"Host", "Origin", "origin", "X-Key"}, QueryStrings: []string{"a&b", "a", "a"}, Cookies: []string{"a b"}, OriginHeaders: []string{"x-key"}},
			`Forwarding.Headers[0]: must not be forwarded: API Gateway answers 403 to a Host other than its own, got "Host"; drop it, CloudFront sends the API's own
Forwarding.Headers[2]: repeats "origin"; drop one
Forwarding.Headers[3]: must not be a header that CloudFront adds, got "X-Key", which would replace what the viewer sends; drop it here or where it is added
Forwarding.QueryStrings[0]: must be the name of a query string parameter, 1 to 128 characters of ASCII without &=#?/* and spaces, got "a&b"; write the name alone
Forwarding.QueryStrings[2]: repeats "a"; drop one
Forwarding.Cookies[0]: must be the name of a cookie, without wildcards, got "a b"; write the name alone`},
		{"all and some", Forwarding{AllExceptHost: true, AllCookies: true, AllQueryStrings: true, Headers: []string{"Origin"}, OmitExtensions: true}, "Forwarding.AllExceptHost: cannot be set with Forwarding.Headers and Forwarding.QueryStrings and Forwarding.Cookies and Forwarding.OmitExtensions; drop the others, everything but Host is forwarded already"},
		{"all and listed", Forwarding{AllExceptHost: true, Cookies: []string{"c"}}, "Forwarding.AllExceptHost: cannot be set with Forwarding.Cookies; drop the others, everything but Host is forwarded already"},
		{"a policy and some", Forwarding{AllExceptHost: true, OriginRequestPolicy: policyID}, "Forwarding.OriginRequestPolicy: cannot be set with Forwarding.AllExceptHost; drop the others, the policy decides what is forwarded"},
		{"a bad policy", Forwarding{OriginRequestPolicy: "bad"}, `Forwarding.OriginRequestPolicy: must be the id of an origin request policy, got "bad"; write one such as b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader)`},

		{"no edge function", EdgeFunction{}, ""},
		{"sound edge function", EdgeFunction{PathParameter: "path", AllowedWebOrigins: []string{"https://a.example", "unknown"}, RequireWebOrigin: true, QueryStrings: []string{"token"}}, ""},
		{"a path that viewers send", EdgeFunction{PathParameter: "path", QueryStrings: []string{"Path"}}, `PathParameter: must not be one of Forwarding.QueryStrings, got "path"; drop it there, the path is forwarded without being listed and a viewer's own parameter of this name never is`},
		{"no name for a path", EdgeFunction{PathParameter: "a b"}, `PathParameter: must be a name of 1 to 64 letters, digits, hyphens and underscores, got "a b"; write one such as path`},
		{"origins twice", EdgeFunction{AllowedWebOrigins: []string{"https://a.example", "HTTPS://A.example"}}, `AllowedWebOrigins[1]: repeats "HTTPS://A.example"; drop one`},
		{"as many origins as fit", EdgeFunction{AllowedWebOrigins: numbered("https://app-%03d.example.com", 164), PathParameter: x(MaxFunctionSettings - 164*28)}, ""},
		{"a character more", EdgeFunction{AllowedWebOrigins: append(numbered("https://app-%03d.example.com", 163), "https://app-1630.example.com"), PathParameter: x(MaxFunctionSettings - 164*28)}, "AllowedWebOrigins: must take at most 4608 characters in the edge function, got 4609 for 164 origins; drop some, or cover them by a wildcard such as https://*.example.com"},
		{"origins required and none", EdgeFunction{RequireWebOrigin: true}, "RequireWebOrigin: needs AllowedWebOrigins, got none; list the origins that may connect"},

		{"plain distribution", Distribution{}, ""},
		{"sound distribution", Distribution{
			Paths: []string{"/a", "/b/c"}, DomainNames: []string{"ws.example.com", "*.example.com", "example.com", "unknown"}, Certificate: certificate, Account: "111122223333",
			HostedZone: &HostedZone{"Z1", "example.com."}, MinimumProtocolVersion: "TLS_V1_3_2025", HTTPVersion: "HTTP1_1", PriceClass: "PRICE_CLASS_100",
			AllowedCountries: []string{"DE"}, WebACL: webACL, Comment: "chat",
		}, ""},
		{"unknown distribution", Distribution{DomainNames: []string{"unknown"}, Certificate: "unknown", HostedZone: &HostedZone{"unknown", "unknown"}, WebACL: "unknown", Comment: "unknown"}, ""},
		{"37 paths", Distribution{Paths: numbered("/%d", 37)}, ""},
		{"38 paths", Distribution{Paths: numbered("/%d", 38)}, "AdditionalBehaviors: must have at most 37 paths, got 38; join some or use a second distribution (the quota is 75 behaviors, and a path takes two)"},
		{"100 names", Distribution{DomainNames: numbered("n%d.example.com", 100), Certificate: certificate}, ""},
		{"101 names", Distribution{DomainNames: numbered("n%d.example.com", 101), Certificate: certificate}, "DomainNames: must have at most 100 entries, got 101; drop some"},
		{"names without certificate", Distribution{DomainNames: []string{"ws.example.com"}}, "Certificate: is required with DomainNames, got none; name an ACM certificate in us-east-1 that covers them"},
		{"certificate without names", Distribution{Certificate: certificate}, "DomainNames: is required with Certificate, got none; list the names that it covers"},
		{"zone without names", Distribution{HostedZone: &HostedZone{"Z1", "example.com"}}, "HostedZone: needs DomainNames, got none; list the names to make records for"},
		{"TLS without certificate", Distribution{MinimumProtocolVersion: "TLS_V1_2_2021"}, `MinimumProtocolVersion: needs Certificate, got "TLS_V1_2_2021" without one; drop it, CloudFront's own certificate fixes it at TLSv1`},
		{"bad distribution", Distribution{
			Paths: []string{"a"}, DomainNames: []string{"https://x/y", "ws.example.org", "WS.example.org"}, Certificate: certificate, Account: "444455556666", HostedZone: &HostedZone{"z", "example.com"},
			MinimumProtocolVersion: "TLSV1", HTTPVersion: "h2", PriceClass: "x", AllowedCountries: []string{"DE", "DE"}, DeniedCountries: []string{"UK"}, WebACL: webACL, Comment: "a\nb",
		}, `AdditionalBehaviors["a"]: must start with a slash, got "a"; write "/a"
DomainNames[0]: must be a host name without scheme or path, got "https://x/y"; drop "https://" and write "x"
DomainNames[2]: repeats "WS.example.org"; drop one
Certificate: must be a certificate of the distribution's own account 444455556666, got one of 111122223333 ("` + certificate + `"); request or import it in 444455556666
HostedZone.ID: must be the id of a Route 53 hosted zone, got "z"; write one such as Z0123456789EXAMPLE
DomainNames[1]: must be within the hosted zone "example.com", got "ws.example.org"; name the zone that holds it, or leave the zone out and make the records yourself
DomainNames[2]: must be within the hosted zone "example.com", got "WS.example.org"; name the zone that holds it, or leave the zone out and make the records yourself
MinimumProtocolVersion: must be one of TLS_V1_2_2018, TLS_V1_2_2019, TLS_V1_2_2021, TLS_V1_2_2025, TLS_V1_3_2025, got "TLSV1"
HTTPVersion: must be one of HTTP1_1, HTTP2, HTTP2_AND_3, HTTP3, got "h2"
PriceClass: must be one of PRICE_CLASS_100, PRICE_CLASS_200, PRICE_CLASS_ALL, got "x"
AllowedCountries[1]: repeats "DE"; drop one
DeniedCountries[0]: must be an ISO 3166-1 code, got "UK"; write "GB"
DeniedCountries: cannot be set with AllowedCountries; keep one of the two lists
WebACL: must be a web ACL of the distribution's own account 444455556666, got one of 111122223333 ("` + webACL + `"); make it in 444455556666
Comment: must be one line without control characters, got "a\nb"; drop them`},
		{"a zone's bad name", Distribution{DomainNames: []string{"ws.example.com"}, Certificate: certificate, HostedZone: &HostedZone{"Z1", "com"}}, `HostedZone.Name: must be a fully qualified host name of at most 253 characters, got "com"; write one such as api.example.com`},

		{"plain web ACL", WebACL{}, ""},
		{"sound web ACL", WebACL{RateLimit: 10, AllowedAddresses: []string{"192.0.2.0/24"}, DeniedAddresses: []string{"192.0.2.7/32"}, TrustedAddresses: []string{"2001:db8::/32"}, Region: "us-east-1"}, ""},
		{"largest rate", WebACL{RateLimit: 2_000_000_000}, ""},
		{"too large a rate", WebACL{RateLimit: 2_000_000_001}, "RateLimit: must be from 10 to 2000000000, got 2000000001"},
		{"10,000 addresses", WebACL{DeniedAddresses: addresses(10_000)}, ""},
		{"10,001 addresses", WebACL{AllowedAddresses: addresses(10_001), DeniedAddresses: addresses(10_001), TrustedAddresses: addresses(10_001)}, `AllowedAddresses: must have at most 10000 entries, got 10001; drop some
DeniedAddresses: must have at most 10000 entries, got 10001; drop some
TrustedAddresses: must have at most 10000 entries, got 10001; drop some`},
		{"bad web ACL", WebACL{RateLimit: 9, AllowedAddresses: []string{"192.0.2.1"}, DeniedAddresses: []string{"192.0.2.1/24"}, TrustedAddresses: []string{"2001:db8::/32", "2001:DB8::/32"}, Region: "eu-west-1"}, `needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1; define it in a stack there
RateLimit: must be from 10 to 2000000000, got 9
AllowedAddresses[0]: must be a range in CIDR notation, got "192.0.2.1"; write "192.0.2.1/32"
DeniedAddresses[0]: must not have bits beyond its length, got "192.0.2.1/24"; write "192.0.2.0/24"
TrustedAddresses[1]: repeats "2001:DB8::/32"; drop one`},

		{"plain log", AccessLog{}, ""},
		{"log in a group", AccessLog{LogGroup: "/chat/edge", AdditionalFields: []string{"cs-uri-query", "cs(Cookie)"}, Region: "us-east-1"}, ""},
		{"log in a bucket", AccessLog{Bucket: "unknown"}, ""},
		{"log in a bucket that is made", AccessLog{ToBucket: true, RetentionDays: 10}, ""},
		{"bad log", AccessLog{LogGroup: "a b", ToBucket: true, Bucket: "B", RetentionDays: 30, AdditionalFields: []string{"cs-uri-quer", "c-ip", "c-ip"}, Region: "eu-west-1"}, `needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1; define it in a stack there
must go to one place, got LogGroup and ToBucket and Bucket; keep one
LogGroup: must be the name of a log group, of at most 512 letters, digits and _/.#-, got "a b"
Bucket: must be the name of a bucket, 3 to 63 lower-case letters, digits, dots and hyphens, got "B"
RetentionDays: cannot be set with LogGroup and Bucket; set the retention there
AdditionalFields[0]: must be a field of CloudFront's access logs, got "cs-uri-quer"; did you mean "cs-uri-query"?
AdditionalFields[2]: repeats "c-ip"; drop one`},
		{"days that no log group knows", AccessLog{RetentionDays: 10}, "RetentionDays: must be a number of days that CloudWatch Logs knows, got 10; write 14"},
		{"days of a bucket", AccessLog{ToBucket: true, RetentionDays: -1}, "RetentionDays: must be from 1 to 2147483647, got -1"},

		{"plain monitoring", Monitoring{}, ""},
		{"sound monitoring", Monitoring{DashboardName: strings.Repeat("d", 255), Emails: numbered("a%d@example.com", 20), ServerErrorPercent: 1, ClientErrorPercent: 99, BlockedPercent: 50, MinRequests: 1, Region: "us-east-1"}, ""},
		{"5 actions", Monitoring{Actions: numbered(topic+"%d", 5)}, ""},
		{"6 actions", Monitoring{Actions: numbered(topic+"%d", 6)}, "Actions: must have at most 5 entries, got 6; drop some"},
		{"actions that differ in case", Monitoring{Actions: []string{topic, strings.Replace(topic, "oncall", "OnCall", 1)}}, ""},
		{"bad monitoring", Monitoring{
			DashboardName: strings.Repeat("d", 256), Emails: []string{"oncall", "a@example.com", "A@example.com"}, Actions: []string{"topic", topic, topic}, DisableAlarms: true,
			ServerErrorPercent: 100, ClientErrorPercent: -1, BlockedPercent: 100, MinRequests: -1, Region: "eu-west-1",
		}, `needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1; define it in a stack there
DashboardName: must be 1 to 255 letters, digits, hyphens and underscores, got "` + strings.Repeat("d", 256) + `"; use those only
Emails[0]: must be an e-mail address, got "oncall"; write one such as oncall@example.com
Emails[2]: repeats "A@example.com"; drop one
Actions[0]: must be the ARN of what an alarm tells, got "topic"; write one such as arn:aws:sns:us-east-1:account:topic
Actions[2]: repeats "` + topic + `"; drop one
Emails: cannot be set with Actions; subscribe the addresses to your topic
DisableAlarms: cannot be set with Emails and Actions; drop one, there are no alarms to tell of
ServerErrorPercent: must be from 1 to 99, got 100
ClientErrorPercent: must be from 1 to 99, got -1
BlockedPercent: must be from 1 to 99, got 100
MinRequests: must be from 1 to 2147483647, got -1`},
		{"no alarms and one to tell", Monitoring{Actions: []string{topic}, DisableAlarms: true}, "DisableAlarms: cannot be set with Actions; drop one, there are no alarms to tell of"},

		{"plain lock", Lock{}, ""},
		{"the key that is there by itself", Lock{Active: "a"}, ""},
		{"sound lock", Lock{Keys: []string{"a", "A"}, Active: "A", Throttle: &Throttle{1, 1}}, ""},
		{"bad lock", Lock{Keys: []string{"a b", "c", "c"}, Active: "d", Throttle: &Throttle{0, -1}}, `Keys[0]: must be the name of a key, 1 to 32 letters, digits and hyphens such as a or 2026-11, got something else, which is not shown because it may be a key; the value is generated
Keys[2]: repeats "c"; drop one
Active: must be one of the keys ["a b" "c" "c"], got "d"; add it to Keys now, and remove the old key in the next deploy
Throttle.RatePerSecond: is required with the other limit; write 1 or more, or leave the throttle out for none
Throttle.Burst: must be from 1 to 2147483647, got -1`},

		{"secret by name", Reference{SecretName: "chat/edge", Field: "a.b", Header: "x-verify"}, ""},
		{"secret by ARN", Reference{SecretARN: secret, Region: "us-east-1", Account: "111122223333"}, ""},
		{"secret of another account", Reference{SecretARN: secret + "-AbCdEf", Region: "us-east-1", Account: "444455556666"}, ""},
		{"secret of an account that is not known", Reference{SecretARN: secret, Region: "us-east-1"}, ""},
		{"parameter", Reference{SSMParameter: "/chat/edge"}, ""},
		{"unknown secret", Reference{SecretARN: "unknown", Field: "unknown", Header: "unknown", Region: "us-east-1"}, ""},
		{"no secret", Reference{}, "needs one of SecretARN, SecretName and SSMParameter, got none; name the secret"},
		{"two secrets", Reference{SecretName: "a", SSMParameter: "b"}, "needs exactly one of SecretARN, SecretName and SSMParameter, got SecretName and SSMParameter; keep one"},
		{"secret elsewhere", Reference{SecretARN: secret, Region: "eu-west-1"}, `SecretARN: must be a secret in eu-west-1, where the distribution's stack is and CloudFormation looks, got one in us-east-1 ("` + secret + `"); replicate the secret to eu-west-1 and name the replica`},
		{"incomplete ARN", Reference{SecretARN: secret, Account: "444455556666"}, `SecretARN: must be complete because the secret is of another account (111122223333), got "` + secret + `"; write the hyphen and six characters that Secrets Manager put behind the name`},
		{"no ARN", Reference{SecretARN: "hunter2"}, "SecretARN: must be the ARN of a secret, arn:aws:secretsmanager:region:account:secret:name, got something else, which is not shown because it may be the secret"},
		{"bad reference", Reference{SSMParameter: "a b", Field: "a:b", Header: "Host"}, `SSMParameter: must be the name of a parameter such as /websocket/key, got something else, which is not shown because it may be the secret
Field: must be a key of the secret's JSON object, letters, digits and _.-, got "a:b"
Field: cannot be set with SSMParameter, which has one value; drop it
Header: must be a header that CloudFront adds to origin requests, got "Host"; choose another name, such as x-api-key`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := tt.section.Problems(isUnknown).Err(""); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("want\n%s\ngot\n%s", tt.want, got)
			}
		})
	}
}

func addresses(n int) (ranges []string) {
	for i := range n {
		ranges = append(ranges, fmt.Sprintf("10.%d.%d.%d/32", i>>16, i>>8&0xff, i&0xff))
	}
	return ranges
}

func TestTheLogOfAStageNeedsARole(t *testing.T) {
	t.Parallel()
	for want, log := range map[string]StageLog{
		"<nil>": {AccountRole: "exists", RetentionDays: 30},
		`AccountRole: is required: API Gateway writes the logs of all APIs of an account and region by one role; write "exists" if it is set there, or "make" to make and set it`: {},
		`AccountRole: must be one of exists, make, got "no"`:                                 {AccountRole: "no"},
		"RetentionDays: must be a number of days that CloudWatch Logs knows, got 4; write 5": {AccountRole: "make", RetentionDays: 4},
	} {
		if got := fmt.Sprint(log.Problems().Err("")); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}

func TestAStackHasAtMost50Tags(t *testing.T) {
	t.Parallel()
	tags := Tags(headers(numbered("k%d", 50), ""))
	if err := tags.Problems().Err(""); err != nil {
		t.Error(err)
	}
	tags["aws:x"] = "y"
	want := "Tags[\"aws:x\"]: must not start with aws:, which AWS keeps for itself; choose another prefix\nTags: must have at most 50 entries, got 51; drop some"
	if got := fmt.Sprint(tags.Problems().Err("")); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

// Whoever reports a problem names its fields, also those that the reason mentions.
func TestAProblemIsSpelledByWhoReportsIt(t *testing.T) {
	t.Parallel()
	problems := EdgeFunction{PathParameter: "path", QueryStrings: []string{"path"}, RequireWebOrigin: true}.Problems(AllKnown)
	spell := func(f Field) string { return "<" + string(f) + ">" }
	var got []string
	for _, p := range problems {
		got = append(got, p.Error("at.", spell).Error())
	}
	want := []string{
		`at.<PathParameter>: must not be one of <Forwarding.QueryStrings>, got "path"; drop it there, the path is forwarded without being listed and a viewer's own parameter of this name never is`,
		"at.<RequireWebOrigin>: needs <AllowedWebOrigins>, got none; list the origins that may connect",
	}
	if !slices.Equal(got, want) {
		t.Errorf("want %q\ngot  %q", want, got)
	}
	logs := AccessLog{ToBucket: true, Bucket: "logs"}.Problems(AllKnown)
	if got := logs[0].Error("accessLogs.", func(f Field) string { return strings.ToLower(string(f)) }).Error(); got != "accessLogs: must go to one place, got tobucket and bucket; keep one" {
		t.Errorf("got %s", got)
	}
	if got := logs[0].Reason.Error(); got != "must go to one place, got ToBucket and Bucket; keep one" {
		t.Errorf("want the names of Go, got %s", got)
	}
}

// What would solve a problem by being set: a misspelt key may be why it is not.
func TestAProblemSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for want, problems := range map[string]Problems{
		"[Certificate]":                       Distribution{DomainNames: []string{"ws.example.com"}}.Problems(AllKnown),
		"[DomainNames]":                       Distribution{Certificate: certificate}.Problems(AllKnown),
		"[DomainNames] ":                      Distribution{HostedZone: &HostedZone{ID: "Z1"}}.Problems(AllKnown),
		"[Certificate] ":                      Distribution{MinimumProtocolVersion: "TLS_V1_2_2021"}.Problems(AllKnown),
		"[AllowedWebOrigins]":                 EdgeFunction{RequireWebOrigin: true}.Problems(AllKnown),
		"[AccountRole]":                       StageLog{}.Problems(),
		"[Keys]":                              Lock{Active: "b"}.Problems(AllKnown),
		"[Throttle.Burst]":                    Lock{Throttle: &Throttle{RatePerSecond: 1}}.Problems(AllKnown),
		"[SecretARN SecretName SSMParameter]": Reference{}.Problems(AllKnown),
		"[]":                                  Lock{Keys: []string{"a b"}}.Problems(AllKnown),
	} {
		if len(problems) != 1 || fmt.Sprint(problems[0].Missing) != strings.TrimSpace(want) {
			t.Errorf("want %s alone, got %+v", want, problems)
		}
	}
}

func TestTheSecretOfAnotherAccountHasAWarning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		reference Reference
		want      string
	}{
		{Reference{SecretName: "chat", Account: "444455556666"}, ""},
		{Reference{SecretARN: secret, Account: "111122223333"}, ""},
		{Reference{SecretARN: secret + "-AbCdEf"}, ""},
		{Reference{SecretARN: secret}, "lacks the hyphen and six characters"},
		{Reference{SecretARN: secret + "-AbCdEf", Account: "444455556666"}, "it must be encrypted with a customer managed key whose policy lets that role decrypt"},
	} {
		if got := tt.reference.Warning(); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: want %q, got %q", tt.reference, tt.want, got)
		}
	}
}

func TestWhatAMessageShowsOfAURLHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"wss://api.example.com/chat":                  "wss://api.example.com/chat",
		"wss://api.example.com/prod/@connections":     "wss://api.example.com/prod/@connections",
		"api.example.com/prod/@connections":           "api.example.com/prod/@connections",
		"wss://user:secret@api.example.com/chat":      "wss://***@api.example.com/chat",
		"wss://secret@api.example.com":                "wss://***@api.example.com",
		"wss://user:sec/ret@api.example.com":          "wss://***@api.example.com",
		"wss://user:sec?ret@api.example.com":          "wss://***@api.example.com",
		"wss://user:sec#ret@api.example.com":          "wss://***@api.example.com",
		"wss://user:sec@ret@api.example.com":          "wss://***@api.example.com",
		"//user:secret@api.example.com":               "//***@api.example.com",
		"wss:/user:secret@api.example.com":            "***@api.example.com",
		"user:secret@api.example.com":                 "***@api.example.com",
		"wss://api.example.com/chat?token=secret":     "wss://api.example.com/chat?***",
		"wss://api.example.com/chat#secret":           "wss://api.example.com/chat#***",
		"wss://u:secret@api.example.com/x?a=secret#b": "wss://***@api.example.com/x?***",
		"wss://api.example.com/chat?":                 "wss://api.example.com/chat?",
		"@":                                           "@",
		"":                                            "",
	} {
		if got := Shown(text); got != want {
			t.Errorf("%s: want %s, got %s", text, want, got)
		}
	}
}

// Each rule is tried with values that hold a secret where a user might put one.
func TestNoRuleRepeatsASecret(t *testing.T) {
	t.Parallel()
	rules := map[string]func(string) error{
		"HostName": HostName, "AlternateDomainName": AlternateDomainName, "OriginHost": OriginHost, "BrowserOrigin": BrowserOrigin,
		"ParseEndpoint": func(s string) error { _, err := ParseEndpoint(s); return err },
		"HeaderValue":   HeaderValue, "SecretName": SecretName, "SSMParameter": SSMParameter, "LockKey": LockKey,
		"SecretARN": func(s string) error { return Reference{SecretARN: s}.Problems(AllKnown).Err("") },
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		for _, value := range []string{
			"ws://user:hunter2@x.example.com/a", "wss://user:hunter2@x.example.com:8443/a/b c", "wss://user:hunter2@%zz", "wss://user:hun/ter2@x.example.com", "https://hunter2@x.example.com",
			"https://user:hunter2@x.example.com/?a=hunter2", "user:hunter2@x.example.com", "wss:user:hunter2@x.example.com", "wss://x.example.com:1/?token=hunter2", "wss://x.example.com/a b?token=hunter2#hunter2",
			"//user:hunter2@x.example.com", "ftp://user:hunter2@x", "https://x.example.com/#hunter2", "wss://abc.execute-api.eu-west-1.amazonaws.com/prod/x?token=hunter2",
		} {
			if err := rules[name](value); err != nil && (strings.Contains(err.Error(), "ter2") || strings.Contains(err.Error(), ":hun")) {
				t.Errorf("%s(%q): %v", name, value, err)
			}
		}
	}
	for _, value := range []string{"hunter2\n", "hunter2 ", "hunter2ü", strings.Repeat("hunter2", 300)} {
		if err := HeaderValue(value); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.10q: got %v", value, err)
		}
	}
}
