package cfn

import (
	"maps"
	"slices"
)

// Ref is what Ref gives for a resource; "" when only the deploy knows.
func (t *Template) Ref(r *Resource) string { return t.called(map[string]any{"Ref": r.ID}) }

// Attribute is what Fn::GetAtt gives for a resource; "" when only the deploy knows.
func (t *Template) Attribute(r *Resource, name string) string {
	return t.called(map[string]any{"Fn::GetAtt": []any{r.ID, name}})
}

func (t *Template) called(call map[string]any) string {
	v, err := t.resolve(call)
	if err != nil {
		return ""
	}
	return Text(v)
}

// Where is where a resource is deployed.
func (t *Template) Where(*Resource) *Environment { return &t.Environment }

// Gives says whether a value comes from the caller, not from the template.
func (t *Template) Gives(value string) bool {
	for _, values := range []map[string]string{t.Attributes, t.Parameters, t.Imports, t.Secrets} {
		if slices.Contains(slices.Collect(maps.Values(values)), value) {
			return true
		}
	}
	return false
}
