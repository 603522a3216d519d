package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed schemas.json
var embedded []byte

// file is the form of schemas.json.
type file struct {
	Sources []string
	Types   map[string]json.RawMessage
}

var (
	load = sync.OnceValue(func() file {
		var f file
		if err := json.Unmarshal(embedded, &f); err != nil {
			panic(fmt.Errorf("schemas.json: %w", err))
		}
		return f
	})
	parsed sync.Map // type name → *Resource
)

// Sources names what the embedded facts were made from, with its version.
func Sources() []string { return slices.Clone(load().Sources) }

// Types lists the resource types that are known, sorted.
func Types() []string { return slices.Sorted(maps.Keys(load().Types)) }

// Of returns what is known of a resource type, such as AWS::CloudFront::Function,
// and whether anything is.
func Of(resourceType string) (*Resource, bool) {
	if r, ok := parsed.Load(resourceType); ok {
		return r.(*Resource), true
	}
	raw, ok := load().Types[resourceType]
	if !ok {
		return nil, false
	}
	r := &Resource{Type: resourceType}
	if err := json.Unmarshal(raw, r); err != nil {
		panic(fmt.Errorf("schemas.json: %s: %w", resourceType, err))
	}
	for _, d := range r.Definitions {
		d.link(r)
	}
	r.Property.link(r)
	kept, _ := parsed.LoadOrStore(resourceType, r)
	return kept.(*Resource), true
}

// A Resource is what AWS accepts for one resource type. Its embedded Property is
// the object that Properties of a template is.
//
// Paths are written with dots, without list indices: Policies.PolicyDocument. A
// star stands for any key of a map.
type Resource struct {
	Type string `json:"-"`
	Property
	Definitions map[string]*Property `json:"definitions,omitempty"`

	// Source is the one of [Sources] that the type was taken from.
	Source string `json:"source"`
	// CreateOnlyPaths are the properties that replace the resource when they change.
	CreateOnlyPaths []string `json:"createOnly,omitempty"`
	// ConditionalCreateOnlyPaths are those that replace it under conditions that
	// the schema does not state.
	ConditionalCreateOnlyPaths []string `json:"conditionalCreateOnly,omitempty"`
	// ReadOnlyPaths are what AWS decides: Fn::GetAtt may read them, a template may not set them.
	ReadOnlyPaths []string `json:"readOnly,omitempty"`
	// WriteOnlyPaths are what AWS does not give back, so drift detection does not see them.
	WriteOnlyPaths []string `json:"writeOnly,omitempty"`
	// PrimaryIdentifier are the properties that together name the resource.
	PrimaryIdentifier []string `json:"primaryIdentifier,omitempty"`
}

// CreateOnly reports whether a change of the property at the path, or of anything
// that the path leads through, replaces the resource.
func (r *Resource) CreateOnly(path string) bool { return covers(r.CreateOnlyPaths, path) }

// ConditionalCreateOnly reports whether a change of the property at the path
// replaces the resource in some cases.
func (r *Resource) ConditionalCreateOnly(path string) bool {
	return covers(r.ConditionalCreateOnlyPaths, path)
}

// ReadOnly reports whether the property at the path is AWS's to decide.
func (r *Resource) ReadOnly(path string) bool { return covers(r.ReadOnlyPaths, path) }

// covers reports whether one of the patterns is the path or leads to it.
func covers(patterns []string, path string) bool {
	steps := strings.Split(path, ".")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		p := strings.Split(pattern, ".")
		if len(p) > len(steps) {
			return false
		}
		for i := range p {
			if p[i] != "*" && p[i] != steps[i] {
				return false
			}
		}
		return true
	})
}

// At returns the property at a path, and whether there is one.
func (r *Resource) At(path string) (*Property, bool) {
	p := &r.Property
	for _, step := range strings.Split(path, ".") {
		p = p.element()
		next, ok := p.Properties[step]
		if !ok {
			next = p.Values
		}
		if next == nil {
			return nil, false
		}
		p = next.resolved()
	}
	return p, true
}

// Paths lists the path of every property that a template may set, sorted. A
// definition that contains itself, as a web ACL's statement does, is entered once
// on each way to it.
func (r *Resource) Paths() []string {
	var out []string
	var walk func(prefix string, p *Property, within []*Property)
	walk = func(prefix string, p *Property, within []*Property) {
		p = p.element()
		if slices.Contains(within, p) {
			return
		}
		within = append(slices.Clone(within), p)
		for name, child := range p.Properties {
			if path := prefix + name; !r.ReadOnly(path) {
				out = append(out, path)
				walk(path+".", child.resolved(), within)
			}
		}
		if p.Values != nil {
			walk(prefix+"*.", p.Values.resolved(), within)
		}
	}
	walk("", &r.Property, nil)
	slices.Sort(out)
	return slices.Compact(out)
}

// A Property is what AWS accepts in one place. The zero value accepts anything.
type Property struct {
	// Kinds are the JSON types: string, number, integer, boolean, object, array. None means any.
	Kinds []string `json:"kinds,omitempty"`
	// Items is what each element of a list has to be.
	Items *Property `json:"items,omitempty"`
	// Properties are the named properties of an object.
	Properties map[string]*Property `json:"properties,omitempty"`
	// Values is what the values of a map have to be, whatever their keys.
	Values *Property `json:"values,omitempty"`
	// Open allows an object names other than those of Properties.
	Open bool `json:"open,omitempty"`
	// Required are the properties that an object must have.
	Required []string `json:"required,omitempty"`

	Enum      []string `json:"enum,omitempty"`
	Pattern   string   `json:"pattern,omitempty"` // ECMA 262, not anchored
	Minimum   *float64 `json:"minimum,omitempty"`
	Maximum   *float64 `json:"maximum,omitempty"`
	MinLength *int     `json:"minLength,omitempty"` // characters
	MaxLength *int     `json:"maxLength,omitempty"`
	MinItems  *int     `json:"minItems,omitempty"`
	MaxItems  *int     `json:"maxItems,omitempty"`
	Unique    bool     `json:"unique,omitempty"`

	// AnyOf and OneOf are alternatives, at least or exactly one of which has to hold.
	AnyOf []*Property `json:"anyOf,omitempty"`
	OneOf []*Property `json:"oneOf,omitempty"`
	// ExactlyOne of these properties an object must have.
	ExactlyOne []string `json:"exactlyOne,omitempty"`
	// DependentRequired are the properties that each of its keys needs.
	DependentRequired map[string][]string `json:"dependentRequired,omitempty"`
	// DependentExcluded are the properties that each of its keys shuts out.
	DependentExcluded map[string][]string `json:"dependentExcluded,omitempty"`

	// Ref names the definition that this property is, and target is that definition.
	Ref    string `json:"ref,omitempty"`
	target *Property
}

// link sets target wherever there is a Ref.
func (p *Property) link(r *Resource) {
	if p == nil {
		return
	}
	if p.Ref != "" {
		if p.target = r.Definitions[p.Ref]; p.target == nil {
			panic(fmt.Errorf("schemas.json: %s: no definition %q", r.Type, p.Ref))
		}
	}
	p.Items.link(r)
	p.Values.link(r)
	for _, child := range p.Properties {
		child.link(r)
	}
	for _, alternative := range slices.Concat(p.AnyOf, p.OneOf) {
		alternative.link(r)
	}
}

// resolved follows references to the definition that says something.
func (p *Property) resolved() *Property {
	for p.target != nil {
		p = p.target
	}
	return p
}

// element leads from a list, or a list of lists, to what is in it.
func (p *Property) element() *Property {
	p = p.resolved()
	for p.Items != nil {
		p = p.Items.resolved()
	}
	return p
}
