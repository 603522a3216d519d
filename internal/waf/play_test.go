package waf

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func parse(t *testing.T, region, resources string) *cfn.Template {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(`{"Resources": {`+resources+`}}`), &document); err != nil {
		t.Fatalf("%v in %s", err, resources)
	}
	template, err := cfn.Parse(document, cfn.Environment{Region: region}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// acl is a web ACL with a default action and rules.
func acl(action, list string) string {
	return `"W": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "CLOUDFRONT", "DefaultAction": {"` + action + `": {}}, "Rules": [` + list + `],
		"CustomResponseBodies": {"no": {"Content": "not you", "ContentType": "TEXT_PLAIN"}}}}`
}

// one is a rule.
func one(name, priority, action, statement string) string {
	return `{"Name": "` + name + `", "Priority": ` + priority + `, "Action": {` + action + `}, "Statement": {` + statement + `}}`
}

// managed is a managed rule group with more settings.
func managed(name, more string) string {
	return `{"Name": "m", "Priority": 1, "OverrideAction": {"None": {}}, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "` + name + `"` + more + `}}}`
}

const (
	allow, block = `"Allow": {}`, `"Block": {}`
	none         = `"TextTransformations": [{"Priority": 0, "Type": "NONE"}]`
	ws           = `"ByteMatchStatement": {"FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "STARTS_WITH", "SearchString": "/ws", ` + none + `}`
	other        = `"ByteMatchStatement": {"FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "EXACTLY", "SearchString": "/other", ` + none + `}`
	common       = "AWSManagedRulesCommonRuleSet"
)

func TestAWebACLDecides(t *testing.T) {
	t.Parallel()
	header := func(position, text, transformation string) string {
		return `"ByteMatchStatement": {"FieldToMatch": {"SingleHeader": {"Name": "origin"}}, "PositionalConstraint": "` + position + `", "SearchString": "` + text + `",
			"TextTransformations": [{"Priority": 0, "Type": "` + transformation + `"}]}`
	}
	agent := `"ByteMatchStatement": {"FieldToMatch": {"SingleHeader": {"Name": "user-agent"}}, "PositionalConstraint": "CONTAINS", "SearchString": "Mozilla", ` + none + `}`
	set := `, "S": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4", "Addresses": ["198.51.100.0/24"]}}`
	inSet := `"IPSetReferenceStatement": {"Arn": {"Fn::GetAtt": ["S", "Arn"]}}`
	for _, tt := range []struct {
		name, resources string
		change          func(r *Request)
		want            string // "status rule", "" for a request that gets through
		word, note      string
	}{
		{name: "no rule, and Allow", resources: acl("Allow", "")},
		{name: "no rule, and Block", resources: acl("Block", ""), want: "403 web-acl.block", word: "default action"},
		{name: "a rule that allows", resources: acl("Block", one("a", "1", allow, ws))},
		{name: "a rule that allows something else", resources: acl("Block", one("a", "1", allow, other)), want: "403 web-acl.block"},
		{name: "a rule that blocks", resources: acl("Allow", one("b", "1", block, ws)), want: "403 web-acl.block", word: "rule b"},
		{name: "rules in the order of priorities", resources: acl("Allow", one("b", "2", block, ws)+","+one("a", "1", allow, ws))},
		{name: "a rule that counts", resources: acl("Allow", one("c", "1", `"Count": {}`, ws))},
		{name: "a response of its own", resources: acl("Allow", one("b", "1", `"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "no"}}`, ws)), want: "429 web-acl.block"},
		{name: "a challenge", resources: acl("Allow", one("c", "1", `"Challenge": {}`, ws)), want: "202 web-acl.challenge", word: "Challenge"},
		{name: "a CAPTCHA", resources: acl("Allow", one("c", "1", `"Captcha": {}`, ws)), want: "405 web-acl.challenge", word: "CAPTCHA"},
		{name: "a challenge that the client has passed", resources: acl("Allow", one("c", "1", `"Challenge": {}`, ws)), change: func(r *Request) { r.Header.Set("Cookie", "aws-waf-token=x") }},

		{name: "all of several", resources: acl("Block", one("a", "1", allow, `"AndStatement": {"Statements": [{`+ws+`}, {`+header("EXACTLY", "https://app.example.com", "LOWERCASE")+`}]}`)),
			change: func(r *Request) { r.Header.Set("Origin", "https://APP.example.com") }},
		{name: "all of several, of which one is missing", resources: acl("Block", one("a", "1", allow, `"AndStatement": {"Statements": [{`+ws+`}, {`+header("EXACTLY", "https://app.example.com", "LOWERCASE")+`}]}`)), want: "403 web-acl.block"},
		{name: "one of several", resources: acl("Block", one("a", "1", allow, `"OrStatement": {"Statements": [{`+other+`}, {`+ws+`}]}`))},
		{name: "not", resources: acl("Allow", one("b", "1", block, `"NotStatement": {"Statement": {`+other+`}}`)), want: "403 web-acl.block"},
		{name: "the end of a header", resources: acl("Allow", one("b", "1", block, header("ENDS_WITH", ".example.com", "NONE"))), want: "403 web-acl.block",
			change: func(r *Request) { r.Header.Set("Origin", "https://app.example.com") }},
		{name: "a word in a header", resources: acl("Allow", one("b", "1", block, header("CONTAINS_WORD", "app", "NONE"))), want: "403 web-acl.block",
			change: func(r *Request) { r.Header.Set("Origin", "https://app.example.com") }},
		{name: "a part of a word", resources: acl("Allow", one("b", "1", block, header("CONTAINS_WORD", "pp", "NONE"))),
			change: func(r *Request) { r.Header.Set("Origin", "https://app.example.com") }},
		{name: "a transformation that is not played", resources: acl("Allow", one("b", "1", block, header("EXACTLY", "x", "MD5"))), note: "rule b of web ACL W may refuse",
			change: func(r *Request) { r.Header.Set("Origin", "https://app.example.com") }},
		{name: "an expression", resources: acl("Allow", one("b", "1", block, `"RegexMatchStatement": {"FieldToMatch": {"QueryString": {}}, "RegexString": "^token=[a-z]+$", `+none+`}`)), want: "403 web-acl.block"},
		{name: "a size", resources: acl("Allow", one("b", "1", block, `"SizeConstraintStatement": {"FieldToMatch": {"QueryString": {}}, "ComparisonOperator": "GT", "Size": 5, `+none+`}`)), want: "403 web-acl.block"},
		{name: "one argument", resources: acl("Block", one("a", "1", allow, `"ByteMatchStatement": {"FieldToMatch": {"SingleQueryArgument": {"Name": "token"}}, "PositionalConstraint": "EXACTLY", "SearchString": "abc", `+none+`}`))},
		{name: "a country", resources: acl("Allow", one("b", "1", block, `"GeoMatchStatement": {"CountryCodes": ["DE"]}`)), want: "403 web-acl.block"},
		{name: "another country", resources: acl("Allow", one("b", "1", block, `"GeoMatchStatement": {"CountryCodes": ["FR"]}`))},
		{name: "an address of a set", resources: acl("Allow", one("b", "1", block, inSet)) + set, want: "403 web-acl.block"},
		{name: "an address outside a set", resources: acl("Block", one("a", "1", allow, inSet)) + set, want: "403 web-acl.block", change: func(r *Request) { r.IP = "203.0.113.1" }},
		{name: "a set that is elsewhere may block", resources: acl("Allow", one("b", "1", block, `"IPSetReferenceStatement": {"Arn": "arn:aws:wafv2:x"}`)), note: "may refuse"},
		{name: "a set that is elsewhere may allow", resources: acl("Block", one("a", "1", allow, `"IPSetReferenceStatement": {"Arn": "arn:aws:wafv2:x"}`)), want: "0 template.unresolved", word: "rule a of web ACL W may allow it"},
		{name: "a label of an earlier rule", resources: acl("Allow", `{"Name": "l", "Priority": 1, "Action": {"Count": {}}, "RuleLabels": [{"Name": "mine"}], "Statement": {`+ws+`}},`+one("b", "2", block, `"LabelMatchStatement": {"Scope": "LABEL", "Key": "mine"}`)), want: "403 web-acl.block"},
		{name: "a label that nobody adds", resources: acl("Allow", one("b", "2", block, `"LabelMatchStatement": {"Scope": "LABEL", "Key": "mine"}`))},
		{name: "a rate", resources: acl("Allow", one("r", "1", block, `"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}`)), note: "beyond 100"},
		{name: "plain text is no injection", resources: acl("Allow", one("b", "1", block, `"SqliMatchStatement": {"FieldToMatch": {"QueryString": {}}, `+none+`}`))},
		{name: "the client's User-Agent is not known", resources: acl("Allow", one("b", "1", block, `"NotStatement": {"Statement": {`+agent+`}}`)), note: "may refuse"},

		{name: "a rule group", resources: acl("Allow", `{"Name": "g", "Priority": 1, "OverrideAction": {"None": {}}, "Statement": {"RuleGroupReferenceStatement": {"Arn": {"Fn::GetAtt": ["G", "Arn"]}}}}`) +
			`, "G": {"Type": "AWS::WAFv2::RuleGroup", "Properties": {"Scope": "CLOUDFRONT", "Rules": [` + one("b", "1", block, ws) + `]}}`, want: "403 web-acl.block"},
		{name: "a rule group that only counts", resources: acl("Allow", `{"Name": "g", "Priority": 1, "OverrideAction": {"Count": {}}, "Statement": {"RuleGroupReferenceStatement": {"Arn": {"Fn::GetAtt": ["G", "Arn"]}}}}`) +
			`, "G": {"Type": "AWS::WAFv2::RuleGroup", "Properties": {"Scope": "CLOUDFRONT", "Rules": [` + one("b", "1", block, ws) + `]}}`},

		{name: "the common rules, and a client that may send User-Agent", resources: acl("Allow", managed(common, "")), note: "no User-Agent"},
		{name: "the common rules, without User-Agent", resources: acl("Allow", managed(common, "")), change: func(r *Request) { r.Exact = true }, want: "403 web-acl.no-user-agent", word: "NoUserAgent_HEADER"},
		{name: "the common rules, with User-Agent", resources: acl("Allow", managed(common, "")), change: func(r *Request) { r.Exact = true; r.Header.Set("User-Agent", "Browser") }},
		{name: "a common rule that only counts", resources: acl("Allow", managed(common, `, "RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}]`)), change: func(r *Request) { r.Exact = true }},
		{name: "a common rule that is excluded", resources: acl("Allow", managed(common, `, "ExcludedRules": [{"Name": "NoUserAgent_HEADER"}]`)), change: func(r *Request) { r.Exact = true }},
		{name: "the common rules for other paths", resources: acl("Allow", managed(common, `, "ScopeDownStatement": {`+other+`}`)), change: func(r *Request) { r.Exact = true }},
		{name: "a long query string", resources: acl("Allow", managed(common, "")), change: func(r *Request) { r.Query = "t=" + strings.Repeat("x", 2048); r.Header.Set("User-Agent", "b") }, want: "403 web-acl.managed", word: "SizeRestrictions_QUERYSTRING"},
		{name: "an address in the query string", resources: acl("Allow", managed(common, "")), change: func(r *Request) { r.Query = "u=http%3A%2F%2F192.0.2.1%2Fx"; r.Header.Set("User-Agent", "b") }, want: "403 web-acl.managed", word: "GenericRFI"},
		{name: "a room that is called like a log", resources: acl("Allow", managed(common, "")), change: func(r *Request) { r.Path = "/ws/x.log"; r.Header.Set("User-Agent", "b") }, want: "403 web-acl.managed", word: "RestrictedExtensions"},
		{name: "rules about logins", resources: acl("Allow", managed("AWSManagedRulesATPRuleSet", ""))},
		{name: "rules about bots", resources: acl("Allow", managed("AWSManagedRulesBotControlRuleSet", "")), note: "AWSManagedRulesBotControlRuleSet, which is not played"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			template := parse(t, "", tt.resources)
			r := &Request{Method: "GET", Host: "app.example.com", Path: "/ws/a", Query: "token=abc", Header: http.Header{}, IP: "198.51.100.10", Country: "DE"}
			if tt.change != nil {
				tt.change(r)
			}
			verdict := Find(template, "W").Play(r)
			got, reason := "", ""
			if verdict.Refusal != nil {
				got, reason = cfn.Text(verdict.Refusal.Status)+" "+verdict.Refusal.Rule.ID, verdict.Refusal.Reason
			}
			if got != tt.want || !strings.Contains(reason, tt.word) {
				t.Fatalf("got %q (%s), want %q with %q", got, reason, tt.want, tt.word)
			}
			if verdict.Response != nil && verdict.Response.Status != verdict.Refusal.Status {
				t.Errorf("the response has status %d", verdict.Response.Status)
			}
			if noted := slices.ContainsFunc(verdict.Notes, func(n trace.Note) bool { return strings.Contains(n.Text, tt.note) }); tt.note != "" && !noted {
				t.Errorf("notes %v, want one with %q", verdict.Notes, tt.note)
			}
			if tt.note == "" && len(verdict.Notes) > 0 && tt.want == "" {
				t.Errorf("notes %v, want none", verdict.Notes)
			}
		})
	}
}

func TestACustomBodyIsTheAnswer(t *testing.T) {
	t.Parallel()
	template := parse(t, "", acl("Allow", one("b", "1", `"Block": {"CustomResponse": {"ResponseCode": 401, "CustomResponseBodyKey": "no", "ResponseHeaders": [{"Name": "X-Why", "Value": "w"}]}}`, ws)))
	response := Find(template, "W").Play(&Request{Path: "/ws", Header: http.Header{}}).Response
	if response.Status != 401 || string(response.Body) != "not you" || response.Header.Get("X-Why") != "w" {
		t.Errorf("response %d %q %v", response.Status, response.Body, response.Header)
	}
}

func TestWhatAWebACLMayNotSayIsFound(t *testing.T) {
	t.Parallel()
	association := func(arn string) string {
		return `"A": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {"WebACLArn": "arn", "ResourceArn": ` + arn + `}}`
	}
	for _, tt := range []struct{ name, region, resources, rule, word string }{
		{"a sound web ACL", "us-east-1", acl("Allow", one("a", "0", allow, ws)), "", ""},
		{"a priority twice", "", acl("Allow", one("a", "1", allow, ws)+","+managed(common, "")), "web-acl.priority", "same priority"},
		{"common rules that refuse clients without User-Agent", "us-east-1", acl("Allow", one("a", "0", allow, ws)+","+managed(common, "")), "web-acl.no-user-agent", "User-Agent"},
		{"a name twice", "", acl("Allow", one("a", "1", allow, ws)+","+one("a", "2", allow, ws)), "web-acl.priority", "named a"},
		{"a rule group with Action", "", acl("Allow", one("g", "1", block, `"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesSQLiRuleSet"}`)), "web-acl.priority", "OverrideAction"},
		{"a rule without Action", "", acl("Allow", `{"Name": "a", "Priority": 1, "Statement": {`+ws+`}}`), "web-acl.priority", "no Action"},
		{"a web ACL in another region", "eu-west-1", acl("Allow", ""), "web-acl.region", "eu-west-1"},
		{"a region that is not given", "", acl("Allow", ""), "", ""},
		{"a set of another scope", "", acl("Allow", one("b", "1", block, `"IPSetReferenceStatement": {"Arn": {"Fn::GetAtt": ["S", "Arn"]}}`)) +
			`, "S": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": []}}`, "web-acl.scope", "REGIONAL"},
		{"an association with a WebSocket API", "", association(`{"Fn::Sub": "arn:aws:apigateway:${AWS::Region}::/apis/x/stages/prod"}`), "web-acl.association", "WebSocket"},
		{"an association with a distribution", "", association(`"arn:aws:cloudfront::123456789012:distribution/E1"`), "web-acl.association", "WebACLId"},
		{"an association with a REST API", "", association(`"arn:aws:apigateway:us-east-1::/restapis/x/stages/prod"`), "", ""},
		{"common rules that only count agents", "", acl("Allow", managed(common, `, "RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}]`)), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var found trace.Findings
			Check(parse(t, tt.region, tt.resources), &found)
			if tt.rule == "" {
				if len(found) > 0 {
					t.Errorf("false alarm: %v", found)
				}
				return
			}
			if !slices.ContainsFunc(found, func(f trace.Finding) bool {
				return f.Rule.ID == tt.rule && strings.Contains(f.Reason, tt.word) && f.Fix != "" && (f.Rule.Severity == rules.SeverityError || tt.rule == "web-acl.no-user-agent")
			}) {
				t.Errorf("found %v, want %s with %q", found, tt.rule, tt.word)
			}
		})
	}
}
