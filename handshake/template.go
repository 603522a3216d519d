package handshake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Facts are what a template does not say by itself. The zero value is enough
// for a template that was synthesized for a fixed environment.
type Facts struct {
	// Region is the region that the stack is deployed to.
	//
	// Default: us-east-1 in names; checks that need the real region are left out.
	Region string

	// Account is the AWS account of the stack.
	//
	// Default: 123456789012.
	Account string

	// StackName is the name of the stack.
	//
	// Default: Stack.
	StackName string

	// Parameters are the values of the template's parameters. A parameter that
	// is not listed takes its default; one that names an SSM parameter has none.
	Parameters map[string]string

	// Imports are the values of other stacks' exports, by export name.
	Imports map[string]string

	// Attributes are values known only after the deploy, by "LogicalId" for Ref
	// and "LogicalId.Attribute" for Fn::GetAtt. They beat the stand-ins that are
	// made for APIs, policies, functions and the like.
	Attributes map[string]string

	// Secrets are the values of dynamic references, by their whole text
	// "{{resolve:…}}". A reference that is not listed stands for itself, so that
	// the same reference is the same value on both sides.
	Secrets map[string]string

	// APIs describe WebSocket APIs that an origin names but the template does
	// not define, by the host name of the origin.
	//
	// Default: the origin's own path is taken as the stage, no key is asked for,
	// and the report notes both.
	APIs map[string]ExternalAPI
}

// ExternalAPI is what is known of a WebSocket API outside the template.
type ExternalAPI struct {
	// Stage is the stage's name, without slashes; for a custom domain the API
	// mapping's key, which may be empty.
	Stage string

	// KeyRequired says that the $connect route asks for an API key.
	KeyRequired bool

	// Keys are the API keys that are enabled in a usage plan of the stage.
	Keys []string
}

// Template is a CloudFormation template with its distributions, policies,
// functions and WebSocket APIs. It is safe for concurrent use.
type Template struct {
	facts      Facts
	resources  map[string]*resource
	parameters map[string]any
	mappings   map[string]any
	conditions map[string]any

	distributions []*distribution
	policies      map[string]*originRequestPolicy
	cachePolicies map[string]*cachePolicy
	functions     map[string]*edgeFunction
	apis          []*api
	otherAPIs     []string
	unresolved    []error
}

// resource is one entry of the template's Resources.
type resource struct {
	id         string
	kind       string
	properties map[string]any
}

// ErrNoDistribution says that a template has no CloudFront distribution.
var ErrNoDistribution = errors.New("template has no AWS::CloudFront::Distribution")

// Load reads the template file at path, such as cdk.out/Stack.template.json.
// facts may be nil. The error names the path; it wraps [ErrNoDistribution] when
// there is nothing to play.
func Load(path string, facts *Facts) (*Template, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t, err := Read(file, facts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Read reads a template as JSON from r. facts may be nil.
func Read(r io.Reader, facts *Facts) (*Template, error) {
	var document map[string]any
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("template is not a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("template has text after its JSON object")
	}
	return Parse(document, facts)
}

// Parse takes a template that is decoded already, such as what ToJSON of CDK's
// assertions.Template returns. The map is not changed and must not be changed
// while the Template is in use. facts may be nil.
func Parse(document map[string]any, facts *Facts) (*Template, error) {
	t := &Template{
		parameters:    object(document["Parameters"]),
		mappings:      object(document["Mappings"]),
		conditions:    object(document["Conditions"]),
		resources:     map[string]*resource{},
		policies:      map[string]*originRequestPolicy{},
		cachePolicies: map[string]*cachePolicy{},
		functions:     map[string]*edgeFunction{},
	}
	if facts != nil {
		t.facts = *facts
	}
	resources, ok := document["Resources"].(map[string]any)
	if !ok {
		return nil, errors.New("template has no Resources; is it a CloudFormation template in JSON?")
	}
	for id, entry := range resources {
		body := object(entry)
		kind, _ := body["Type"].(string)
		r := &resource{id: id, kind: kind, properties: object(body["Properties"])}
		if condition, ok := body["Condition"].(string); ok {
			holds, err := t.condition(condition)
			if err != nil {
				t.unresolved = append(t.unresolved, fmt.Errorf("Resources.%s.Condition: %w", id, err))
			} else if !holds {
				continue
			}
		}
		t.resources[id] = r
	}
	t.read()
	if len(t.distributions) == 0 {
		return nil, ErrNoDistribution
	}
	return t, nil
}

// Distributions returns the logical ids of the template's distributions, sorted.
func (t *Template) Distributions() []string {
	ids := make([]string, 0, len(t.distributions))
	for _, d := range t.distributions {
		ids = append(ids, d.id)
	}
	return ids
}

// Unresolved returns what could not be resolved, each with its place in the
// template and what to give for it in [Facts]. It matters only when a handshake
// meets it; the report says so then.
func (t *Template) Unresolved() []error {
	return slices.Clone(t.unresolved)
}

// read finds the resources that a handshake passes.
func (t *Template) read() {
	for _, r := range t.of("AWS::CloudFront::OriginRequestPolicy") {
		t.policies[r.id] = t.readOriginRequestPolicy(r)
	}
	for _, r := range t.of("AWS::CloudFront::CachePolicy") {
		t.cachePolicies[r.id] = t.readCachePolicy(r)
	}
	for _, r := range t.of("AWS::CloudFront::Function") {
		t.functions[r.id] = t.readFunction(r)
	}
	t.readAPIs()
	for _, r := range t.of("AWS::CloudFront::Distribution") {
		t.distributions = append(t.distributions, t.readDistribution(r))
	}
	slices.SortFunc(t.unresolved, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	t.unresolved = slices.CompactFunc(t.unresolved, func(a, b error) bool { return a.Error() == b.Error() })
}

// of returns the resources of one type, sorted by logical id.
func (t *Template) of(kind string) []*resource {
	var found []*resource
	for _, r := range t.resources {
		if r.kind == kind {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *resource) int { return strings.Compare(a.id, b.id) })
	return found
}

// region is the stack's region, or its stand-in.
func (t *Template) region() string {
	if t.facts.Region != "" {
		return t.facts.Region
	}
	return "us-east-1"
}

// urlSuffix is the DNS suffix of AWS names in the stack's region.
func (t *Template) urlSuffix() string {
	if strings.HasPrefix(t.region(), "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// partition is the ARN partition of the stack's region.
func (t *Template) partition() string {
	switch {
	case strings.HasPrefix(t.region(), "cn-"):
		return "aws-cn"
	case strings.HasPrefix(t.region(), "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// account is the stack's account, or its stand-in.
func (t *Template) account() string {
	if t.facts.Account != "" {
		return t.facts.Account
	}
	return "123456789012"
}

// stackName is the stack's name, or its stand-in.
func (t *Template) stackName() string {
	if t.facts.StackName != "" {
		return t.facts.StackName
	}
	return "Stack"
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
