package rules

import (
	"fmt"
	"regexp"
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

// WholeSeconds accepts a number of whole seconds within a range.
func WholeSeconds(d, lo, hi time.Duration) error {
	if d < lo || d > hi || d%time.Second != 0 {
		return fmt.Errorf("must be whole seconds from %gs to %gs, got %gs", lo.Seconds(), hi.Seconds(), d.Seconds())
	}
	return nil
}

// Between accepts an integer within a range.
func Between(n, lo, hi int) error {
	if n < lo || n > hi {
		return fmt.Errorf("must be from %d to %d, got %d", lo, hi, n)
	}
	return nil
}

// MaxComment is how long the comment of a distribution may be (CloudFront API
// Reference, "DistributionConfig").
const MaxComment = 128

// Comment accepts the comment of a distribution.
func Comment(s string) error {
	if n := len([]rune(s)); n > MaxComment {
		return fmt.Errorf("must be at most %d characters, got %d; shorten it", MaxComment, n)
	}
	return nil
}

// The values that CloudFront knows, under the names that the CDK gives them.
var (
	PriceClasses   = []string{"PRICE_CLASS_100", "PRICE_CLASS_200", "PRICE_CLASS_ALL"}
	HTTPVersions   = []string{"HTTP1_1", "HTTP2", "HTTP2_AND_3", "HTTP3"}
	TLSVersions    = []string{"TLS_V1_2_2018", "TLS_V1_2_2019", "TLS_V1_2_2021", "TLS_V1_2_2025", "TLS_V1_3_2025"}
	IPAddressTypes = []string{"IPV4", "IPV6", "DUALSTACK"}
)

// OneOf accepts one of a list of values.
func OneOf(value string, allowed []string) error {
	if !slices.Contains(allowed, value) {
		return fmt.Errorf("must be one of %s, got %q", strings.Join(allowed, ", "), value)
	}
	return nil
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// Country accepts the code of a country, ISO 3166-1 alpha-2 in capitals
// (CloudFront API Reference, "GeoRestriction").
func Country(code string) error {
	switch {
	case code == "UK":
		return fmt.Errorf("must be an ISO 3166-1 code, got %q; write \"GB\"", code)
	case country.MatchString(strings.ToUpper(code)) && !country.MatchString(code):
		return fmt.Errorf("must be an ISO 3166-1 code in capitals, got %q; write %q", code, strings.ToUpper(code))
	case !country.MatchString(code):
		return fmt.Errorf("must be an ISO 3166-1 code of two capitals, such as DE, got %q", code)
	}
	return nil
}

// pathCharacters are those of a CloudFront path pattern less its wildcards
// (CloudFront API Reference, "CacheBehavior").
var pathCharacters = regexp.MustCompile(`^(/[A-Za-z0-9_.$~"'@:+&-]+)+$`)

// MaxRoutePath is how long the path of a route may be: a pattern holds 255
// characters, two of which take what is below it.
const MaxRoutePath = 253

// RoutePath accepts the path under which a behaviour is reached: "/ws", not a
// pattern. Both it and everything below it go to the behaviour.
func RoutePath(path string) error {
	switch {
	case path == "" || path == "/" || path == "*" || path == "/*":
		return fmt.Errorf("must be a path below the root, such as /ws, got %q; to take all paths, make it the distribution's default behaviour", path)
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("must start with a slash, got %q; write %q", path, "/"+path)
	case strings.HasSuffix(path, "/"):
		return fmt.Errorf("must not end in a slash, got %q; write %q", path, strings.TrimRight(path, "/"))
	case strings.ContainsAny(path, "*?"):
		return fmt.Errorf("must be a plain path without wildcards, got %q; the path and everything below it are taken", path)
	case len(path) > MaxRoutePath:
		return fmt.Errorf("must be at most %d characters, got %d", MaxRoutePath, len(path))
	case !pathCharacters.MatchString(path):
		return fmt.Errorf("must be a path of letters, digits and _-.$~\"'@:+&, got %q", path)
	}
	return nil
}

var tagCharacters = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// Tag accepts a tag of a stack's resources (AWS General Reference, "Tag naming
// limits and requirements").
func Tag(key, value string) error {
	switch {
	case key == "" || len([]rune(key)) > 128 || !tagCharacters.MatchString(key):
		return fmt.Errorf("must have a key of 1 to 128 letters, digits, spaces and _.:/=+-@, got %q", key)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return fmt.Errorf("must not start with aws:, which AWS keeps for itself, got %q", key)
	case len([]rune(value)) > 256 || !tagCharacters.MatchString(value):
		return fmt.Errorf("must have a value of at most 256 letters, digits, spaces and _.:/=+-@, got %q", value)
	}
	return nil
}

// Routes accepts a number of paths, each of which takes two behaviours.
func Routes(n int) error {
	if most := (MaxBehaviors - 1) / 2; n > most {
		return fmt.Errorf("has %d paths where a distribution has room for %d (its quota is %d behaviours, a path takes two); join some, or use a second distribution", n, most, MaxBehaviors)
	}
	return nil
}
