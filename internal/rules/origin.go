package rules

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// The limits of an origin (CloudFront Developer Guide, "Origin settings";
// CloudFront API Reference, "CustomOriginConfig"). Timeouts above 120 seconds
// need a raised quota; 180 seconds is the most that the CDK passes on.
const (
	MinOriginTimeout     = 1 * time.Second
	MaxOriginTimeout     = 180 * time.Second
	MaxConnectionTimeout = 10 * time.Second
	MaxConnections       = 3
)

// Origin is an API and how CloudFront connects to it.
type Origin struct {
	URL                                              string
	ReadTimeout, KeepaliveTimeout, ConnectionTimeout time.Duration
	ConnectionAttempts                               int
	CustomHeaders                                    map[string]string
	IPAddressType                                    string
	// LockHeader is a header that a lock adds to CustomHeaders.
	LockHeader string
}

// Problems lists what is wrong with o.
func (o Origin) Problems(unknown func(string) bool) (p Problems) {
	p.text("Origin.URL", o.URL, unknown, func(url string) error {
		_, err := ParseEndpoint(url)
		return err
	})
	seconds := func(field Field, d, most time.Duration) {
		if d != 0 {
			p.Add(field, WholeSeconds(d, MinOriginTimeout, most))
		}
	}
	seconds("Origin.ReadTimeout", o.ReadTimeout, MaxOriginTimeout)
	seconds("Origin.KeepaliveTimeout", o.KeepaliveTimeout, MaxOriginTimeout)
	p.number("Origin.ConnectionAttempts", o.ConnectionAttempts, 1, MaxConnections)
	seconds("Origin.ConnectionTimeout", o.ConnectionTimeout, MaxConnectionTimeout)
	p.text("Origin.IPAddressType", o.IPAddressType, unknown, oneOf(IPAddressTypes))
	return append(p, o.headerProblems(unknown)...)
}

func (o Origin) headerProblems(unknown func(string) bool) (p Problems) {
	const field Field = "Origin.CustomHeaders"
	names := slices.Sorted(maps.Keys(o.CustomHeaders))
	seen := map[string]string{}
	text, n := 0, len(names)
	for _, name := range names {
		value := o.CustomHeaders[name]
		p.Add(field.Key(name), OriginHeader(name))
		if first, again := seen[strings.ToLower(name)]; again {
			p.Addf(field.Key(name), "repeats %q; drop one, the case of a header's name does not count", first)
		}
		seen[strings.ToLower(name)] = name
		if strings.EqualFold(name, o.LockHeader) {
			p.Addf(field.Key(name), "is the header that the lock sends; drop it")
		}
		text += len(name)
		// A dynamic reference is looked at as text, and may hold a token: whether it
		// does makes no difference, so the CDK is not asked.
		if isReference(value) || !unknown(value) {
			p.Add(field.Key(name), HeaderValue(value))
			text += headerLength(value)
		}
	}
	if o.LockHeader != "" {
		n++
		text += len(o.LockHeader)
	}
	if n > MaxOriginHeaders {
		p.Addf(field, "must have at most %d headers, that of a lock included, got %d; drop some, CloudFront adds no more to an origin", MaxOriginHeaders, n)
	}
	if text > MaxOriginHeadersText {
		p.Addf(field, "must have at most %d characters in all names and values together, got %d; shorten some", MaxOriginHeadersText, text)
	}
	return p
}
