package handshake

import (
	"fmt"
	"slices"
	"strings"
)

// selection says which headers, query strings or cookies pass.
type selection struct {
	// mode is none, all, whitelist or allExcept.
	mode string
	// names are the ones that pass, or with allExcept the ones that do not.
	names []string
}

// allows says whether name passes. Header names are compared in any case.
func (s selection) allows(name string, anyCase bool) bool {
	listed := slices.ContainsFunc(s.names, func(n string) bool {
		return n == name || anyCase && strings.EqualFold(n, name)
	})
	switch s.mode {
	case "all":
		return true
	case "whitelist":
		return listed
	case "allExcept":
		return !listed
	}
	return false
}

func (s selection) String() string {
	switch s.mode {
	case "all":
		return "all"
	case "whitelist":
		return "only " + strings.Join(s.names, ", ")
	case "allExcept":
		return "all but " + strings.Join(s.names, ", ")
	}
	return "none"
}

// originRequestPolicy is an AWS::CloudFront::OriginRequestPolicy or a managed one.
type originRequestPolicy struct {
	// id is the logical id in the template, or the id of a managed policy.
	id      string
	name    string
	managed bool
	headers selection
	// cloudFront are headers that CloudFront adds, with allViewerAndWhitelistCloudFront.
	cloudFront []string
	queries    selection
	cookies    selection
	problem    error
}

// place is what the policy is called in messages.
func (p *originRequestPolicy) place() string {
	if p.managed {
		return "the managed policy " + p.name
	}
	return "origin request policy " + p.id
}

// cachePolicy is an AWS::CloudFront::CachePolicy or a managed one.
type cachePolicy struct {
	id      string
	name    string
	managed bool
	minTTL  float64
	ttl     float64
	maxTTL  float64
	headers selection
	queries selection
	cookies selection
	// encoding says that the policy normalizes Accept-Encoding and passes it on.
	encoding bool
	problem  error
}

// caches says whether anything may be cached under the policy.
func (p *cachePolicy) caches() bool { return p.maxTTL > 0 || p.ttl > 0 || p.minTTL > 0 }

func (p *cachePolicy) place() string {
	if p.managed {
		return "the managed policy " + p.name
	}
	return "cache policy " + p.id
}

// properties reads the properties of one part of a resource, and remembers
// what could not be resolved.
type properties struct {
	t      *Template
	place  string
	values map[string]any
	errs   *[]error
}

// reader resolves the properties of one resource one by one, so that one that
// cannot be resolved does not hide the others.
func (t *Template) reader(place string, values map[string]any, errs *[]error) properties {
	return properties{t: t, place: place, values: values, errs: errs}
}

func (p properties) has(name string) bool {
	_, ok := p.values[name]
	return ok && p.get(name) != nil
}

// get resolves one property; nil when it is absent or unknown.
func (p properties) get(name string) any {
	raw, ok := p.values[name]
	if !ok {
		return nil
	}
	v, err := p.t.resolve(raw)
	if err != nil {
		err = fmt.Errorf("%s.%s: %w", p.place, name, err)
		if !slices.ContainsFunc(*p.errs, func(e error) bool { return e.Error() == err.Error() }) {
			*p.errs = append(*p.errs, err)
			p.t.unresolved = append(p.t.unresolved, err)
		}
		return nil
	}
	if _, absent := v.(noValue); absent {
		return nil
	}
	return v
}

func (p properties) text(name string) string { return scalar(p.get(name)) }

func (p properties) number(name string, fallback float64) float64 {
	v := p.get(name)
	if v == nil {
		return fallback
	}
	if n, ok := numeric(v); ok {
		return n
	}
	err := fmt.Errorf("%s.%s is not a number: %q", p.place, name, scalar(v))
	*p.errs = append(*p.errs, err)
	return fallback
}

func (p properties) flag(name string, fallback bool) bool {
	switch p.text(name) {
	case "true":
		return true
	case "false":
		return false
	}
	return fallback
}

// texts resolves a property that is a list of texts.
func (p properties) texts(name string) []string {
	var out []string
	for _, item := range list(p.get(name)) {
		out = append(out, scalar(item))
	}
	return out
}

// child reads a property that is an object. If the property as a whole cannot be
// resolved, as with an unknown Fn::If, the parts are read one by one.
func (p properties) child(name string) properties {
	place := p.place + "." + name
	raw := p.values[name]
	if m, ok := raw.(map[string]any); ok && !isIntrinsic(m) {
		return p.t.reader(place, m, p.errs)
	}
	return p.t.reader(place, object(p.get(name)), p.errs)
}

// children reads a property that is a list of objects.
func (p properties) children(name string) []properties {
	raw, ok := p.values[name].([]any)
	if !ok {
		raw = list(p.get(name))
	}
	var out []properties
	for i, item := range raw {
		place := fmt.Sprintf("%s.%s[%d]", p.place, name, i)
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		if isIntrinsic(m) {
			single := p.t.reader(p.place, map[string]any{fmt.Sprintf("%s[%d]", name, i): m}, p.errs)
			v := single.get(fmt.Sprintf("%s[%d]", name, i))
			if m, ok = v.(map[string]any); !ok {
				continue
			}
		}
		out = append(out, p.t.reader(place, m, p.errs))
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

func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case string:
		var f float64
		var rest string
		n, _ := fmt.Sscanf(v, "%g%s", &f, &rest)
		return f, n == 1
	}
	return 0, false
}

func (t *Template) readOriginRequestPolicy(r *resource) *originRequestPolicy {
	var errs []error
	c := t.reader("Resources."+r.id+".Properties", r.properties, &errs).child("OriginRequestPolicyConfig")
	p := &originRequestPolicy{id: r.id, name: c.text("Name")}
	headers := c.child("HeadersConfig")
	p.headers = selection{mode: headers.text("HeaderBehavior"), names: headers.texts("Headers")}
	switch p.headers.mode {
	case "allViewer":
		p.headers = selection{mode: "all"}
	case "allViewerAndWhitelistCloudFront":
		p.cloudFront = p.headers.names
		p.headers = selection{mode: "all"}
	}
	queries := c.child("QueryStringsConfig")
	p.queries = selection{mode: queries.text("QueryStringBehavior"), names: queries.texts("QueryStrings")}
	cookies := c.child("CookiesConfig")
	p.cookies = selection{mode: cookies.text("CookieBehavior"), names: cookies.texts("Cookies")}
	p.problem = joined(errs)
	return p
}

func (t *Template) readCachePolicy(r *resource) *cachePolicy {
	var errs []error
	c := t.reader("Resources."+r.id+".Properties", r.properties, &errs).child("CachePolicyConfig")
	p := &cachePolicy{
		id:     r.id,
		name:   c.text("Name"),
		minTTL: c.number("MinTTL", 0),
		ttl:    c.number("DefaultTTL", 86400),
		maxTTL: c.number("MaxTTL", 31536000),
	}
	k := c.child("ParametersInCacheKeyAndForwardedToOrigin")
	headers := k.child("HeadersConfig")
	p.headers = selection{mode: headers.text("HeaderBehavior"), names: headers.texts("Headers")}
	queries := k.child("QueryStringsConfig")
	p.queries = selection{mode: queries.text("QueryStringBehavior"), names: queries.texts("QueryStrings")}
	cookies := k.child("CookiesConfig")
	p.cookies = selection{mode: cookies.text("CookieBehavior"), names: cookies.texts("Cookies")}
	p.encoding = k.flag("EnableAcceptEncodingGzip", false) || k.flag("EnableAcceptEncodingBrotli", false)
	p.problem = joined(errs)
	return p
}
