package cfn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Properties reads the properties of a resource, or of an object within it, one by
// one, and remembers what could not be resolved.
type Properties struct {
	// Place is where they stand: "Resources.Id.Properties".
	Place string

	template *Template
	values   map[string]any
	problems *[]error
	aside    bool
}

// Properties reads a resource.
func (t *Template) Properties(r *Resource) Properties {
	return Properties{Place: "Resources." + r.ID + ".Properties", template: t, values: r.properties, problems: new([]error)}
}

// Apart is the same reader with problems of its own.
func (p Properties) Apart() Properties {
	p.problems = new([]error)
	return p
}

// Aside is the same reader for what does not decide where a handshake goes: its
// problems are its own, and the template does not list them as unresolved.
func (p Properties) Aside() Properties {
	p = p.Apart()
	p.aside = true
	return p
}

// Known says whether a property can be resolved; one that is absent can.
func (p Properties) Known(name string) bool {
	_, err := p.template.resolve(p.values[name])
	return err == nil
}

// Err is what could not be resolved or read so far, nil for nothing.
func (p Properties) Err() error { return errors.Join(*p.problems...) }

// Leave reports that a property is known only after the deploy.
func (p Properties) Leave(name, reason string) {
	u := Unresolved{p.Place + "." + name, short(reason)}
	if !slices.ContainsFunc(*p.problems, func(e error) bool { return e.Error() == u.Error() }) {
		*p.problems = append(*p.problems, u)
		if !p.aside {
			p.template.unresolved = append(p.template.unresolved, u)
		}
	}
}

// Value resolves one property; nil when it is absent or unknown.
func (p Properties) Value(name string) any {
	raw, ok := p.values[name]
	if !ok {
		return nil
	}
	v, err := p.template.resolve(raw)
	if err != nil {
		p.Leave(name, err.Error())
		return nil
	}
	if _, absent := v.(noValue); absent {
		return nil
	}
	return v
}

// Has says whether a property is there.
func (p Properties) Has(name string) bool { return p.Value(name) != nil }

// Text resolves a property that is a text.
func (p Properties) Text(name string) string { return Text(p.Value(name)) }

// Number resolves a property that is a number.
func (p Properties) Number(name string, fallback float64) float64 {
	v := p.Value(name)
	if v == nil {
		return fallback
	}
	if n, ok := Number(v); ok {
		return n
	}
	*p.problems = append(*p.problems, fmt.Errorf("%s.%s is not a number: %q", p.Place, name, short(Text(v))))
	return fallback
}

// Flag resolves a property that is a boolean.
func (p Properties) Flag(name string, fallback bool) bool {
	switch p.Text(name) {
	case "true":
		return true
	case "false":
		return false
	}
	return fallback
}

// Texts resolves a property that is a list of texts.
func (p Properties) Texts(name string) []string {
	var out []string
	for _, item := range List(p.Value(name)) {
		out = append(out, Text(item))
	}
	return out
}

// TextMap resolves a property that is an object of texts.
func (p Properties) TextMap(name string) map[string]string {
	out := map[string]string{}
	for key, item := range Object(p.Value(name)) {
		out[key] = Text(item)
	}
	return out
}

// Child reads a property that is an object. If the property as a whole cannot be
// resolved, as with an unknown Fn::If, the parts are read one by one.
func (p Properties) Child(name string) Properties {
	if m, ok := p.values[name].(map[string]any); ok && !isIntrinsic(m) {
		return p.below(name, m)
	}
	return p.below(name, Object(p.Value(name)))
}

func (p Properties) below(name string, values map[string]any) Properties {
	return Properties{Place: p.Place + "." + name, template: p.template, values: values, problems: p.problems, aside: p.aside}
}

// Empty says whether there are no properties.
func (p Properties) Empty() bool { return len(p.values) == 0 }

// maxChildren is how many entries of a list of objects are read. AWS takes fewer of
// all that are read here, most of them 100 or fewer; quotas of behaviors can be raised.
const maxChildren = 2500

// Children reads a property that is a list of objects.
func (p Properties) Children(name string) []Properties {
	raw, ok := p.values[name].([]any)
	if !ok {
		raw = List(p.Value(name))
	}
	if len(raw) > maxChildren {
		*p.problems = append(*p.problems, fmt.Errorf("%s.%s has %d entries, at most %d are read", p.Place, name, len(raw), maxChildren))
		raw = raw[:maxChildren]
	}
	var out []Properties
	for i, item := range raw {
		entry := fmt.Sprintf("%s[%d]", name, i)
		m, ok := item.(map[string]any)
		if ok && isIntrinsic(m) {
			single := p
			single.values = map[string]any{entry: m}
			m, ok = single.Value(entry).(map[string]any)
		}
		if ok {
			out = append(out, p.below(entry, m))
		}
	}
	return out
}

func isIntrinsic(m map[string]any) bool {
	if len(m) != 1 {
		return false
	}
	for name := range m {
		return name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return false
}
