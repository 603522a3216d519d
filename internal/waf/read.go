package waf

import (
	"slices"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// ACL is an AWS::WAFv2::WebACL.
type ACL struct {
	// ID is the logical id, and Place where its properties are in the template.
	ID, Place string
	// Scope is CLOUDFRONT or REGIONAL, "" when it is not known.
	Scope string

	defaultAction map[string]any
	rules         []rule
	bodies        map[string]any
	template      *cfn.Template
}

// rule is one of a web ACL or of a rule group.
type rule struct {
	name     string
	place    string
	priority float64
	action   map[string]any // the rule's own
	override map[string]any // of a rule that is a group
	labels   []string
	is       statement
}

// statement is one as the template writes it.
type statement = map[string]any

// Find finds a web ACL of the template by its logical id; nil for none.
func Find(t *cfn.Template, id string) *ACL {
	r := t.Resource(id)
	if r == nil || r.Type != "AWS::WAFv2::WebACL" {
		return nil
	}
	return read(t, r)
}

func read(t *cfn.Template, r *cfn.Resource) *ACL {
	written := t.Written(r)
	place := "Resources." + r.ID + ".Properties"
	return &ACL{ID: r.ID, Place: place, Scope: known(written["Scope"]), defaultAction: cfn.Object(written["DefaultAction"]),
		rules: readRules(written["Rules"], place), bodies: cfn.Object(written["CustomResponseBodies"]), template: t}
}

// known is text that the template itself says, "" for any other value.
func known(v any) string {
	if cfn.Later(v) {
		return ""
	}
	return cfn.Text(v)
}

// readRules reads rules in the order in which they are evaluated.
func readRules(v any, place string) []rule {
	var all []rule
	for i, entry := range cfn.List(v) {
		object := cfn.Object(entry)
		if object == nil || cfn.Later(entry) {
			continue
		}
		r := rule{name: known(object["Name"]), place: place + ".Rules[" + cfn.Text(i) + "]", action: cfn.Object(object["Action"]),
			override: cfn.Object(object["OverrideAction"]), is: cfn.Object(object["Statement"])}
		r.priority, _ = cfn.Number(object["Priority"])
		for _, label := range cfn.List(object["RuleLabels"]) {
			r.labels = append(r.labels, known(cfn.Object(label)["Name"]))
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b rule) int {
		switch {
		case a.priority < b.priority:
			return -1
		case a.priority > b.priority:
			return 1
		}
		return 0
	})
	return all
}

// flag says whether an action is the one of a name.
func flag(action map[string]any, name string) bool {
	_, ok := action[name]
	return ok
}
