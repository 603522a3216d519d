package waf

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Verdict is what a web ACL makes of a request.
type Verdict struct {
	// Refusal is nil for a request that it lets through.
	Refusal *trace.Refusal
	// Response is what the viewer gets with a refusal.
	Response *wire.Response
	// Notes are what may decide otherwise and is not known here.
	Notes []trace.Note
}

// decision is what a rule does to a request: nothing, letting through, or a refusal.
type decision struct {
	allowed bool
	verdict *Verdict
}

// Play evaluates the web ACL's rules in the order of their priorities.
func (a *ACL) Play(r *Request) Verdict {
	e := &evaluation{ACL: a, request: r}
	out := Verdict{}
	doubt := "" // a rule that may have let it through
	for _, rule := range a.rules {
		d, notes, may := e.rule(rule)
		out.Notes = append(out.Notes, notes...)
		if may != "" && doubt == "" {
			doubt = may
		}
		if d.allowed {
			return out
		}
		if d.verdict != nil {
			return out.end(*d.verdict, doubt)
		}
	}
	if !flag(a.defaultAction, "Block") {
		return out
	}
	block := a.block(cfn.Object(a.defaultAction["Block"]), Block, a.Place+".DefaultAction", "the default action of web ACL %s is Block, and no rule allows the handshake", a.ID)
	return out.end(block, doubt)
}

// end is a refusal, undecided when a rule before it may have let the request through.
func (v Verdict) end(refused Verdict, doubt string) Verdict {
	v.Refusal, v.Response = refused.Refusal, refused.Response
	if doubt != "" {
		was := v.Refusal
		v.Refusal = trace.Refuse(trace.Unresolved, was.Place, "cannot decide: %s; if it does not, the answer is %d: %s", doubt, was.Status, was.Reason)
		v.Refusal.Layer, v.Refusal.Fix, v.Response = rules.LayerViewer, was.Fix, nil
	}
	return v
}

// block is the refusal of an action Block, with its custom response.
func (a *ACL) block(action map[string]any, by rules.Rule, place, format string, args ...any) Verdict {
	refusal := trace.Refuse(by, place, format, args...)
	response := &wire.Response{Header: http.Header{}}
	custom := cfn.Object(action["CustomResponse"])
	if code, ok := cfn.Number(custom["ResponseCode"]); ok && code >= 200 && code < 600 {
		refusal.Status = int(code)
	}
	for _, h := range cfn.List(custom["ResponseHeaders"]) {
		if name, value := known(cfn.Object(h)["Name"]), known(cfn.Object(h)["Value"]); wire.ValidHeaderName(name) && wire.ValidHeaderValue(value) {
			response.Header.Set(name, value)
		}
	}
	if body := cfn.Object(a.bodies[known(custom["CustomResponseBodyKey"])]); body != nil {
		response.Body = []byte(known(body["Content"]))
	}
	response.Status = refusal.Status
	return Verdict{Refusal: refusal, Response: response}
}

// rule applies one rule. may says that it may have let the request through.
func (e *evaluation) rule(r rule) (d decision, notes []trace.Note, may string) {
	what := fmt.Sprintf("rule %s of web ACL %s", r.name, e.ID)
	note := func(by rules.Rule, format string, args ...any) {
		notes = append(notes, trace.Note{Rule: by, Text: fmt.Sprintf(format, args...)})
	}
	if of := cfn.Object(r.is["RateBasedStatement"]); of != nil {
		if scope := cfn.Object(of["ScopeDownStatement"]); scope == nil || e.matches(scope) != no {
			note(Rate, "%s counts the handshake: beyond %s in the time window it acts", what, cfn.Text(of["Limit"]))
		}
		return d, notes, ""
	}
	if of := cfn.Object(r.is["ManagedRuleGroupStatement"]); of != nil {
		d, notes = e.managed(r, of, what)
		return d, notes, ""
	}
	if of := cfn.Object(r.is["RuleGroupReferenceStatement"]); of != nil {
		return e.group(r, of, what)
	}
	match := e.matches(r.is)
	if match == no {
		return d, nil, ""
	}
	if match == unknown {
		switch {
		case flag(r.action, "Allow"):
			return d, nil, what + " may allow it"
		case !flag(r.action, "Count"):
			note(NotPlayed, "%s may refuse the handshake: what it looks for is not known here", what)
		}
		return d, notes, ""
	}
	e.labels = append(e.labels, r.labels...)
	return e.act(r.action, r.place, what), nil, ""
}

// act is what a rule's action does to a request that the rule matches.
func (e *evaluation) act(action map[string]any, place, what string) decision {
	switch {
	case flag(action, "Allow"):
		return decision{allowed: true}
	case flag(action, "Block"):
		verdict := e.block(cfn.Object(action["Block"]), Block, place, "%s blocks the handshake", what)
		return decision{verdict: &verdict}
	case flag(action, "Challenge"), flag(action, "Captcha"):
		if _, there := e.request.header("Cookie"); there && strings.Contains(e.request.Header.Get("Cookie"), "aws-waf-token=") {
			return decision{} // the token is taken to be valid
		}
		name, status := "Challenge", http.StatusAccepted
		if flag(action, "Captcha") {
			name, status = "CAPTCHA", http.StatusMethodNotAllowed
		}
		refusal := trace.Refuse(Challenge, place, "%s answers the handshake with a %s, which a WebSocket client cannot solve", what, name)
		refusal.Status = status
		header := http.Header{}
		header.Set("X-Amzn-Waf-Action", strings.ToLower(name))
		return decision{verdict: &Verdict{Refusal: refusal, Response: &wire.Response{Status: status, Header: header}}}
	}
	return decision{}
}

// managed applies a managed rule group, as far as it is known.
func (e *evaluation) managed(r rule, of map[string]any, what string) (decision, []trace.Note) {
	e.foreign = true
	if scope := cfn.Object(of["ScopeDownStatement"]); scope != nil && e.matches(scope) == no || flag(r.override, "Count") {
		return decision{}, nil
	}
	name := known(of["Name"])
	if known(of["VendorName"]) != "AWS" || name != "AWSManagedRulesCommonRuleSet" {
		if slices.Contains(idle, name) {
			return decision{}, nil
		}
		return decision{}, []trace.Note{{Rule: NotPlayed, Text: what + " is the managed rule group " + name + ", which is not played and may refuse the handshake"}}
	}
	var notes []trace.Note
	for _, m := range commonRuleSet {
		if counts(of, m.name) {
			continue
		}
		switch m.matches(e.request) {
		case yes:
			by := Managed
			if m.name == "NoUserAgent_HEADER" {
				by = NoUserAgent
			}
			verdict := e.block(nil, by, r.place, "%s of %s (%s) blocks the handshake", m.name, name, what)
			return decision{verdict: &verdict}, notes
		case unknown:
			notes = append(notes, trace.Note{Rule: NoUserAgent, Text: "a client that sends no User-Agent is refused with 403 by " + m.name + " of " + name})
		}
	}
	return decision{}, notes
}

// group applies the rules of a rule group of the template.
func (e *evaluation) group(r rule, of map[string]any, what string) (decision, []trace.Note, string) {
	resource := e.template.Resource(e.template.Referred(of["Arn"]))
	if resource == nil || resource.Type != "AWS::WAFv2::RuleGroup" {
		if flag(r.override, "Count") {
			return decision{}, nil, ""
		}
		return decision{}, []trace.Note{{Rule: NotPlayed, Text: what + " is a rule group outside the template, which may refuse the handshake"}}, ""
	}
	written := e.template.Written(resource)
	var all []trace.Note
	doubt := ""
	for _, inner := range readRules(written["Rules"], "Resources."+resource.ID+".Properties") {
		if counts(of, inner.name) || flag(r.override, "Count") {
			inner.action = map[string]any{"Count": map[string]any{}}
		}
		d, notes, may := e.rule(inner)
		all = append(all, notes...)
		if may != "" && doubt == "" {
			doubt = may
		}
		if d.allowed || d.verdict != nil {
			return d, all, doubt
		}
	}
	return decision{}, all, doubt
}
