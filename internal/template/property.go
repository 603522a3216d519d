package template

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn/schema"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// Check finds values that CloudFormation or the service would refuse. Where an error
// was found already it adds none: a rule about one property says more than its schema.
func Check(t *cfn.Template, found *trace.Findings) {
	said := slices.Clone(*found)
	for _, r := range t.All() {
		place := "Resources." + r.ID + ".Properties"
		for _, p := range schema.Check(r.Type, t.Written(r), undecided) {
			at := place
			if p.Path != "" && p.Path != "Properties" {
				at += "." + p.Path
			}
			if !slices.ContainsFunc(said, func(f trace.Finding) bool { return f.Rule.Severity == rules.SeverityError && about(f.Place, at) }) {
				_, what, _ := strings.Cut(p.String(), ": ")
				found.AddFixed(Property, at, fix(p), "%s: %s", name(p, r), what)
			}
		}
	}
}

// undecided says of text that another tool was to fill it in: the ${opt:stage} of the
// Serverless Framework.
func undecided(v any) bool {
	text, ok := v.(string)
	return ok && strings.Contains(text, "${")
}

// about says whether what was said of one place is about another: the same, one that
// it is within, or an element of a list.
func about(said, place string) bool {
	return said == place || strings.HasPrefix(said, place+".") || strings.HasPrefix(said, place+"[") || strings.HasPrefix(place, said+"[")
}

// name is the property that a problem is about, or the resource.
func name(p schema.Problem, r *cfn.Resource) string {
	if p.Path == "" || p.Path == "Properties" {
		return r.Type
	}
	return p.Path[strings.LastIndexByte(p.Path, '.')+1:]
}

// fix says what to do about a problem.
func fix(p schema.Problem) string {
	switch p.Rule {
	case schema.Enum:
		return "use one of these values"
	case schema.Type:
		return "use a value of type " + strings.Join(p.Allowed, " or ")
	case schema.Required:
		return "add the property"
	case schema.Unknown:
		if near := p.Nearest(); near != "" {
			return "write " + near + ", or remove it"
		}
		return "remove it, or correct its name"
	case schema.ReadOnly:
		return "remove it"
	case schema.Exclusive:
		return "keep one of " + strings.Join(p.Allowed, ", ")
	case schema.Dependent:
		return "add " + strings.Join(p.Allowed, ", ")
	case schema.OneOf:
		return "add one of " + strings.Join(p.Allowed, ", ")
	case schema.Unique:
		return "list it once"
	}
	return "use " + p.Limit
}
