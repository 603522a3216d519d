package waf

import (
	"fmt"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Check finds what is wrong with the template's part of WAF.
func Check(t *cfn.Template, found *trace.Findings) {
	for _, kind := range []string{"AWS::WAFv2::WebACL", "AWS::WAFv2::IPSet", "AWS::WAFv2::RegexPatternSet", "AWS::WAFv2::RuleGroup"} {
		for _, r := range t.Of(kind) {
			// Without a region nothing is known of where the stack is.
			if known(t.Written(r)["Scope"]) == "CLOUDFRONT" && t.Region != "" && t.Region != "us-east-1" {
				found.Add(Region, "Resources."+r.ID+".Properties.Scope", "%s has scope CLOUDFRONT, and its stack is in %s", r.ID, t.Region)
			}
		}
	}
	for _, r := range t.Of("AWS::WAFv2::WebACL") {
		read(t, r).check(found)
	}
	for _, r := range t.Of("AWS::WAFv2::WebACLAssociation") {
		checkAssociation(t, r, found)
	}
}

func (a *ACL) check(found *trace.Findings) {
	names, priorities := map[string]bool{}, map[float64]string{}
	for _, r := range a.rules {
		if other, taken := priorities[r.priority]; taken {
			found.Add(Priority, r.place+".Priority", "rules %s and %s of web ACL %s have the same priority %v", other, r.name, a.ID, r.priority)
		}
		if names[r.name] && r.name != "" {
			found.Add(Priority, r.place+".Name", "two rules of web ACL %s are named %s", a.ID, r.name)
		}
		names[r.name], priorities[r.priority] = true, r.name
		_, managed := r.is["ManagedRuleGroupStatement"]
		_, group := r.is["RuleGroupReferenceStatement"]
		switch {
		case managed || group:
			if r.override == nil || r.action != nil {
				found.AddFixed(Priority, r.place, "set OverrideAction to {None: {}}, and leave Action out", "rule %s is a rule group and needs OverrideAction instead of Action", r.name)
			}
		case r.action == nil && len(r.is) > 0:
			found.AddFixed(Priority, r.place, "set Action to Allow, Block, Count, Captcha or Challenge", "rule %s has no Action", r.name)
		}
		a.references(r.is, r.place, found)
		a.agents(r, found)
	}
}

// agents warns of a rule that refuses clients without User-Agent.
func (a *ACL) agents(r rule, found *trace.Findings) {
	of := cfn.Object(r.is["ManagedRuleGroupStatement"])
	if known(of["Name"]) == "AWSManagedRulesCommonRuleSet" && a.Scope != "REGIONAL" && !counts(of, "NoUserAgent_HEADER") && !flag(r.override, "Count") && of["ScopeDownStatement"] == nil {
		found.Add(NoUserAgent, r.place, "NoUserAgent_HEADER of AWSManagedRulesCommonRuleSet refuses clients that send no User-Agent")
	}
}

// references checks the scope of what a statement refers to.
func (a *ACL) references(v any, place string, found *trace.Findings) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			a.references(item, place, found)
		}
	case map[string]any:
		if arn, ok := v["Arn"]; ok {
			if r := a.template.Resource(a.template.Referred(arn)); r != nil && strings.HasPrefix(r.Type, "AWS::WAFv2::") {
				if scope := known(a.template.Written(r)["Scope"]); scope != "" && a.Scope != "" && scope != a.Scope {
					found.AddFixed(Scope, "Resources."+r.ID+".Properties.Scope", "set Scope to "+a.Scope, "%s has scope %s, and web ACL %s, which refers to it, has scope %s", r.ID, scope, a.ID, a.Scope)
				}
			}
		}
		for _, item := range v {
			a.references(item, place, found)
		}
	}
}

// checkAssociation finds associations with what takes none.
func checkAssociation(t *cfn.Template, r *cfn.Resource, found *trace.Findings) {
	p := t.Properties(r).Aside()
	place := p.Place + ".ResourceArn"
	text := p.Text("ResourceArn")
	if text == "" {
		text = fmt.Sprint(t.Written(r)["ResourceArn"])
	}
	kind := ""
	if target := t.Resource(p.Reference("ResourceArn")); target != nil {
		kind = target.Type
	}
	switch {
	case strings.Contains(text, "::/apis/"):
		found.Add(Association, place, "AWS WAF does not protect stages of WebSocket and HTTP APIs")
	case strings.Contains(text, ":distribution/"), kind == "AWS::CloudFront::Distribution":
		found.Add(Association, place, "a distribution is not associated with a web ACL: it names one in WebACLId")
	case strings.HasPrefix(kind, "AWS::ApiGatewayV2::"):
		found.Add(Association, place, "AWS WAF does not protect WebSocket and HTTP APIs (%s)", kind)
	}
}
