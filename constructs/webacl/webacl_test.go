package webacl_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const aclType = "AWS::WAFv2::WebACL"

func rulesOf(t *testing.T, props *webacl.Props) (names []string, rules map[string]map[string]any) {
	t.Helper()
	stack := cdktest.NewStack(t)
	webacl.New(stack, "WebAcl", props)
	rules = map[string]map[string]any{}
	for i, rule := range cdktest.Synth(t, stack).Properties(aclType)["Rules"].([]any) {
		r := rule.(map[string]any)
		if r["Priority"] != float64(i) {
			t.Errorf("want priority %d, got %v", i, r["Priority"])
		}
		names = append(names, r["Name"].(string))
		rules[r["Name"].(string)] = r
	}
	return names, rules
}

func TestWithoutPropsItLimitsTheRateAndKnowsBadRequests(t *testing.T) {
	names, rules := rulesOf(t, nil)
	if got := strings.Join(names, " "); got != "RateLimit AWSManagedRulesCommonRuleSet AWSManagedRulesKnownBadInputsRuleSet" {
		t.Errorf("got %s", got)
	}
	rate := rules["RateLimit"]
	want := map[string]any{"RateBasedStatement": map[string]any{"AggregateKeyType": "IP", "Limit": 300.0, "EvaluationWindowSec": 300.0}}
	if !reflect.DeepEqual(rate["Statement"], want) || fmt.Sprint(rate["Action"]) != "map[Block:map[]]" {
		t.Errorf("got %v", rate)
	}
	for _, name := range names[1:] {
		if got := fmt.Sprint(rules[name]["OverrideAction"]); got != "map[None:map[]]" {
			t.Errorf("%s: want the group's own actions, got %s", name, got)
		}
	}
}

func TestTheRateIsAProp(t *testing.T) {
	_, rules := rulesOf(t, &webacl.Props{RateLimit: 1000})
	if got := fmt.Sprint(rules["RateLimit"]["Statement"]); !strings.Contains(got, "Limit:1000") {
		t.Errorf("got %s", got)
	}
}

// Sound clients send no User-Agent, a long token in the query string, or a long path.
func TestCommonRulesThatWouldRefuseSoundHandshakesOnlyCount(t *testing.T) {
	_, rules := rulesOf(t, nil)
	got := rules["AWSManagedRulesCommonRuleSet"]["Statement"].(map[string]any)["ManagedRuleGroupStatement"].(map[string]any)["RuleActionOverrides"]
	count := map[string]any{"Count": map[string]any{}}
	want := []any{
		map[string]any{"Name": "NoUserAgent_HEADER", "ActionToUse": count},
		map[string]any{"Name": "SizeRestrictions_QUERYSTRING", "ActionToUse": count},
		map[string]any{"Name": "SizeRestrictions_URIPATH", "ActionToUse": count},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

// Sampled requests would keep tokens and cookies for three hours.
func TestWhatIsKeptOfARequestHasNoCredentials(t *testing.T) {
	for name, props := range map[string]*webacl.Props{"by default": nil, "in a trial": {CountOnly: true}} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			webacl.New(stack, "WebAcl", props)
			redacted := func(kind string, keys ...any) any {
				field := map[string]any{"FieldType": kind}
				if len(keys) > 0 {
					field["FieldKeys"] = keys
				}
				return map[string]any{"Action": "SUBSTITUTION", "Field": field}
			}
			want := map[string]any{"DataProtections": []any{
				redacted("SINGLE_HEADER", "authorization", "cookie", "sec-websocket-protocol", "x-api-key"), redacted("SINGLE_COOKIE"), redacted("QUERY_STRING"),
			}}
			if got := cdktest.Synth(t, stack).Properties(aclType)["DataProtectionConfig"]; !reflect.DeepEqual(got, want) {
				t.Errorf("want %v, got %v", want, got)
			}
		})
	}
}

func TestAnAllowListOfOneIPVersionIsWarnedOf(t *testing.T) {
	for name, c := range map[string]struct {
		props webacl.Props
		want  string
	}{
		"IPv4 only":               {webacl.Props{AllowedAddresses: []string{"192.0.2.0/24"}}, "AllowedAddresses has IPv4 ranges only, and the distribution has IPv6 on"},
		"IPv4 only, and no IPv6":  {webacl.Props{AllowedAddresses: []string{"192.0.2.0/24"}, DisableIPv6: true}, ""},
		"IPv6 only":               {webacl.Props{AllowedAddresses: []string{"2001:db8::/32"}}, "AllowedAddresses has IPv6 ranges only"},
		"both":                    {webacl.Props{AllowedAddresses: []string{"192.0.2.0/24", "2001:db8::/32"}}, ""},
		"all":                     {webacl.Props{}, ""},
		"denied and trusted ones": {webacl.Props{DeniedAddresses: []string{"192.0.2.0/24"}, TrustedAddresses: []string{"2001:db8::/32"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			webacl.New(stack, "WebAcl", &c.props)
			got := strings.Join(cdktest.Warnings(t, stack), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestATrialBlocksNothing(t *testing.T) {
	_, rules := rulesOf(t, &webacl.Props{CountOnly: true, DeniedAddresses: []string{"192.0.2.0/24"}, AllowedAddresses: []string{"198.51.100.0/24"}})
	for name, rule := range rules {
		if got := fmt.Sprint(rule["Action"], rule["OverrideAction"]); !strings.Contains(got, "Count:map[]") || strings.Contains(got, "Block") {
			t.Errorf("%s: want it to count, got %s", name, got)
		}
	}
}

func TestListsOfAddresses(t *testing.T) {
	names, rules := rulesOf(t, &webacl.Props{
		DeniedAddresses:  []string{"192.0.2.0/24", "2001:db8::/32"},
		AllowedAddresses: []string{"198.51.100.0/24"},
		TrustedAddresses: []string{"2001:db8:1::1/128"},
	})
	if got := strings.Join(names[:3], " "); got != "DeniedAddresses AllowedAddresses TrustedAddresses" {
		t.Errorf("got %s", got)
	}
	for name, want := range map[string]string{
		"DeniedAddresses":  "map[OrStatement:map[Statements:[map[IPSetReferenceStatement:map[Arn:map[Fn::GetAtt:[WebAclDeniedAddressesIPv4",
		"AllowedAddresses": "map[NotStatement:map[Statement:map[IPSetReferenceStatement:map[Arn:map[Fn::GetAtt:[WebAclAllowedAddressesIPv4",
		"TrustedAddresses": "map[IPSetReferenceStatement:map[Arn:map[Fn::GetAtt:[WebAclTrustedAddressesIPv6",
	} {
		if got := fmt.Sprint(rules[name]["Statement"]); !strings.HasPrefix(got, want) {
			t.Errorf("%s: want %s…, got %s", name, want, got)
		}
	}
	for name, want := range map[string]string{"DeniedAddresses": "Block", "AllowedAddresses": "Block", "TrustedAddresses": "Allow"} {
		if got := fmt.Sprint(rules[name]["Action"]); got != "map["+want+":map[]]" {
			t.Errorf("%s: want %s, got %s", name, want, got)
		}
	}
}

func TestEachIPVersionHasItsSet(t *testing.T) {
	stack := cdktest.NewStack(t)
	webacl.New(stack, "WebAcl", &webacl.Props{DeniedAddresses: []string{"192.0.2.0/24", "2001:db8::/32", "203.0.113.7/32"}})
	tpl := cdktest.Synth(t, stack)
	tpl.Count("AWS::WAFv2::IPSet", 2)
	tpl.Has("AWS::WAFv2::IPSet", map[string]any{"IPAddressVersion": "IPV4", "Scope": "CLOUDFRONT", "Addresses": []any{"192.0.2.0/24", "203.0.113.7/32"}})
	tpl.Has("AWS::WAFv2::IPSet", map[string]any{"IPAddressVersion": "IPV6", "Scope": "CLOUDFRONT", "Addresses": []any{"2001:db8::/32"}})
}

func TestMetricsAndSampledRequestsAreOn(t *testing.T) {
	stack := cdktest.NewStack(t)
	acl := webacl.New(stack, "WebAcl", &webacl.Props{DeniedAddresses: []string{"192.0.2.0/24"}})
	properties := cdktest.Synth(t, stack).Properties(aclType)
	visible := func(where string, value any, name string) {
		want := map[string]any{"CloudWatchMetricsEnabled": true, "SampledRequestsEnabled": true, "MetricName": name}
		if !reflect.DeepEqual(value, want) {
			t.Errorf("%s: want %v, got %v", where, want, value)
		}
	}
	visible("web ACL", properties["VisibilityConfig"], acl.MetricName())
	for _, rule := range properties["Rules"].([]any) {
		r := rule.(map[string]any)
		visible(r["Name"].(string), r["VisibilityConfig"], r["Name"].(string))
	}
	if properties["Scope"] != "CLOUDFRONT" || fmt.Sprint(properties["DefaultAction"]) != "map[Allow:map[]]" {
		t.Errorf("got %v %v", properties["Scope"], properties["DefaultAction"])
	}
}

func TestEveryProblemOfAWebACLIsReportedAtOnce(t *testing.T) {
	stack := cdktest.NewStack(t)
	text := cdktest.Panics(t, func() {
		webacl.New(stack, "WebAcl", &webacl.Props{
			RateLimit: 9, AllowedAddresses: []string{"192.0.2.1", "0.0.0.0/0"}, DeniedAddresses: []string{"192.0.2.1/24", "x", "2001:DB8::/32", "2001:db8::/32"},
		})
	})
	want := `WebACL "WebAcl": RateLimit: must be from 10 to 2000000000, got 9
AllowedAddresses[0]: must be a range in CIDR notation, got "192.0.2.1"; write "192.0.2.1/32"
AllowedAddresses[1]: must not be all addresses, got "0.0.0.0/0", which AWS WAF does not take; leave the list out
DeniedAddresses[0]: must not have bits beyond its length, got "192.0.2.1/24"; write "192.0.2.0/24"
DeniedAddresses[1]: must be a range in CIDR notation, got "x"; write it as 192.0.2.0/24 or 2001:db8::/32
DeniedAddresses[3]: repeats "2001:db8::/32"; drop one`
	if text != want {
		t.Errorf("want\n%s\ngot\n%s", want, text)
	}
	if n := len(*stack.Node().Children()); n != 0 {
		t.Errorf("want nothing defined, got %d constructs", n)
	}
}

func TestAWebACLLivesInUSEast1(t *testing.T) {
	app := cdktest.NewApp(t)
	stack := awscdk.NewStack(app, jsii.String("Test"), &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String("eu-west-1")}})
	cdktest.Panics(t, func() { webacl.New(stack, "WebAcl", nil) },
		`WebACL "WebAcl": needs a stack in us-east-1, the only region CloudFront takes it from, got eu-west-1; define it in a stack there`)
	webacl.New(awscdk.NewStack(app, jsii.String("Anywhere"), nil), "WebAcl", nil)
}

func TestWhatIsReturnedIsAConstruct(t *testing.T) {
	cdktest.IsConstruct(t, aclType, func(stack awscdk.Stack, id string) constructs.Construct {
		return webacl.New(stack, id, &webacl.Props{DeniedAddresses: []string{"192.0.2.0/24"}})
	})
}

// The golden pins the logical ids: a changed one is another web ACL.
func TestTheTemplateOfAWebACL(t *testing.T) {
	stack := cdktest.NewStack(t)
	webacl.New(stack, "WebAcl", &webacl.Props{AllowedAddresses: []string{"192.0.2.0/24"}, TrustedAddresses: []string{"2001:db8::/32"}})
	cdktest.Synth(t, stack).Golden("every-list")
}
