package cfn

import (
	"slices"
	"strings"
	"sync"
)

// Template is a CloudFormation template in an environment. It is safe for
// concurrent use once it is read.
type Template struct {
	Environment
	resources  map[string]*Resource
	parameters map[string]any
	mappings   map[string]any
	conditions map[string]any
	names      Names
	byType     map[string][]*Resource
	unresolved []Unresolved

	mu      sync.Mutex // of what resolving remembers:
	decided map[string]decision
	made    budget
}

// decision is what a condition is.
type decision struct {
	holds bool
	err   error
}

// Resource is one entry of the template's Resources.
type Resource struct {
	ID, Type   string
	properties map[string]any
	written    map[string]any // see [Template.Written]
	dependsOn  []string
}

// Unresolved is a value that is known only after the deploy. It is an error.
type Unresolved struct {
	// Place is the property in the template.
	Place string
	// Reason says what the value depends on, and what to give.
	Reason string
}

// Error gives place and reason.
func (u Unresolved) Error() string { return u.Place + ": " + u.Reason }

// Unresolved returns what could not be resolved so far, in the order of the places.
func (t *Template) Unresolved() []Unresolved {
	all := slices.Clone(t.unresolved)
	slices.SortFunc(all, func(a, b Unresolved) int { return strings.Compare(a.Error(), b.Error()) })
	return slices.Compact(all)
}

// Of returns the resources of one type whose condition holds, sorted by logical id.
func (t *Template) Of(kind string) []*Resource { return t.byType[kind] }

// Names are what a service calls its resources: the values of Ref, by resource
// type, and of Fn::GetAtt, by resource type and attribute:
// "AWS::S3::Bucket.DomainName". A resource that they do not name has its logical id
// as Ref and no attributes.
type Names map[string]func(n Named) (any, error)

// Named is a resource whose name is asked for.
type Named struct {
	ID string
	*Environment
	// Property resolves one of the resource's properties.
	Property func(name string) (any, error)
}

// DNSLabel makes a stand-in for an id that AWS gives, of a logical id.
func DNSLabel(id string) string {
	label := strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		}
		return -1
	}, id)
	if len(label) > 63 {
		label = label[:63]
	}
	return label
}
