package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The values that CloudFront knows, under the names that the CDK gives them.
var (
	PriceClasses   = []string{"PRICE_CLASS_100", "PRICE_CLASS_200", "PRICE_CLASS_ALL"}
	HTTPVersions   = []string{"HTTP1_1", "HTTP2", "HTTP2_AND_3", "HTTP3"}
	TLSVersions    = []string{"TLS_V1_2_2018", "TLS_V1_2_2019", "TLS_V1_2_2021", "TLS_V1_2_2025", "TLS_V1_3_2025"}
	IPAddressTypes = []string{"IPV4", "IPV6", "DUALSTACK"}
)

// Distribution is what its viewers see.
type Distribution struct {
	// Paths are those of the further behaviors.
	Paths []string

	DomainNames []string
	// Certificate is an ARN, Account the account it has to be of, where that is
	// known.
	Certificate, Account              string
	HostedZone                        *HostedZone
	MinimumProtocolVersion            string
	HTTPVersion                       string
	PriceClass                        string
	AllowedCountries, DeniedCountries []string
	WebACL                            string
	Comment                           string
}

// HostedZone is a zone of Route 53. Its name may be empty, for unknown.
type HostedZone struct{ ID, Name string }

// MaxPaths is how many paths a distribution has room for: each takes two
// behaviors, one of them for what is below it.
const MaxPaths = (MaxBehaviors - 1) / 2

// Problems lists what is wrong with d.
func (d Distribution) Problems(unknown func(string) bool) (p Problems) {
	const paths Field = "AdditionalBehaviors"
	for _, path := range d.Paths {
		p.Add(paths.Key(path), RoutePath(path))
	}
	if n := len(d.Paths); n > MaxPaths {
		p.Addf(paths, "must have at most %d paths, got %d; join some or use a second distribution (the quota is %d behaviors, and a path takes two)", MaxPaths, n, MaxBehaviors)
	}
	p = append(p, d.nameProblems(unknown)...)
	p.text("MinimumProtocolVersion", d.MinimumProtocolVersion, unknown, oneOf(TLSVersions))
	if d.MinimumProtocolVersion != "" && d.Certificate == "" {
		p.Missingf("MinimumProtocolVersion", []Field{"Certificate"}, "needs %s, got %q without one; drop it, CloudFront's own certificate fixes it at TLSv1", Field("Certificate"), d.MinimumProtocolVersion)
	}
	p.text("HTTPVersion", d.HTTPVersion, unknown, oneOf(HTTPVersions))
	p.text("PriceClass", d.PriceClass, unknown, oneOf(PriceClasses))
	p.list("AllowedCountries", d.AllowedCountries, len(countries), strings.ToUpper, unknown, Country)
	p.list("DeniedCountries", d.DeniedCountries, len(countries), strings.ToUpper, unknown, Country)
	if len(d.AllowedCountries) > 0 && len(d.DeniedCountries) > 0 {
		p.Addf("DeniedCountries", "cannot be set with %s; keep one of the two lists", Field("AllowedCountries"))
	}
	p.text("WebACL", d.WebACL, unknown, func(arn string) error { return WebACLARN(arn, d.Account) })
	p.text("Comment", d.Comment, unknown, Comment)
	return p
}

func (d Distribution) nameProblems(unknown func(string) bool) (p Problems) {
	p.list("DomainNames", d.DomainNames, MaxDomainNames, strings.ToLower, unknown, AlternateDomainName)
	switch {
	case len(d.DomainNames) > 0 && d.Certificate == "":
		p.Missingf("Certificate", []Field{"Certificate"}, "is required with %s, got none; name an ACM certificate in us-east-1 that covers them", Field("DomainNames"))
	case len(d.DomainNames) == 0 && d.Certificate != "":
		p.Missingf("DomainNames", []Field{"DomainNames"}, "is required with %s, got none; list the names that it covers", Field("Certificate"))
	}
	p.text("Certificate", d.Certificate, unknown, func(arn string) error { return CertificateARN(arn, d.Account) })
	if d.HostedZone == nil {
		return p
	}
	if len(d.DomainNames) == 0 {
		p.Missingf("HostedZone", []Field{"DomainNames"}, "needs %s, got none; list the names to make records for", Field("DomainNames"))
	}
	p.text("HostedZone.ID", d.HostedZone.ID, unknown, HostedZoneID)
	zone := d.HostedZone.Name
	if zone == "" || unknown(zone) {
		return p
	}
	if err := HostName(strings.TrimSuffix(zone, ".")); err != nil {
		p.Add("HostedZone.Name", err)
		return p
	}
	for i, name := range d.DomainNames {
		if !unknown(name) && AlternateDomainName(name) == nil {
			p.Add(Field("DomainNames").At(i), WithinZone(name, zone))
		}
	}
	return p
}

// MaxDomainNames is how many alternate domain names a distribution may have
// (CloudFront Developer Guide, "Quotas").
const MaxDomainNames = 100

// MaxComment is how long the comment of a distribution may be (CloudFront API
// Reference, "DistributionConfig").
const MaxComment = 128

// Comment accepts the comment of a distribution.
func Comment(s string) error {
	if n := len([]rune(s)); n > MaxComment {
		return fmt.Errorf("must be at most %d characters, got %d; shorten it", MaxComment, n)
	}
	if strings.ContainsFunc(s, isControl) {
		return fmt.Errorf("must be one line without control characters, got %q; drop them", s)
	}
	return nil
}

// pathCharacters are those of a CloudFront path pattern less its wildcards, and
// less what browsers send percent-encoded (CloudFront API Reference,
// "CacheBehavior").
var pathCharacters = regexp.MustCompile(`^(/[A-Za-z0-9_.$~'@:+&-]+)+$`)

// MaxRoutePath is how long the path of a route may be: a pattern holds 255
// characters, two of which take what is below it.
const MaxRoutePath = 253

// RoutePath accepts the path under which a behavior is reached: "/ws", not a
// pattern. Both it and everything below it go to the behavior.
func RoutePath(path string) error {
	switch {
	case path == "" || path == "/" || path == "*" || path == "/*":
		return fmt.Errorf("must be a path below the root, such as /ws, got %q; to take all paths, make it the default behavior", path)
	case strings.Contains(path, "://"):
		return fmt.Errorf("must be a path and no URL, got %q; write what follows the host, such as /ws", Shown(path))
	case strings.Contains(path, "//"):
		return fmt.Errorf("must not have an empty segment, got %q; write %q", path, slashes.ReplaceAllString(path, "/"))
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("must start with a slash, got %q; write %q", path, "/"+path)
	case strings.HasSuffix(path, "/"):
		return fmt.Errorf("must not end in a slash, got %q; write %q", path, strings.TrimRight(path, "/"))
	case strings.ContainsAny(path, "*?"):
		return fmt.Errorf("must be a plain path without wildcards, got %q; drop them, the path and everything below it are taken", Shown(path))
	case slices.ContainsFunc(strings.Split(path, "/"), isDots):
		return fmt.Errorf("must not have . or .. as a segment, got %q; write the path that is left when a browser has resolved them", path)
	case strings.Contains(path, "%"):
		return fmt.Errorf("must not be percent-encoded, got %q; write a path that needs no encoding", path)
	case len(path) > MaxRoutePath:
		return fmt.Errorf("must be at most %d characters, got %d; shorten it", MaxRoutePath, len(path))
	case !pathCharacters.MatchString(path):
		return fmt.Errorf("must be a path of letters, digits and _-.$~'@:+&, got %q; use those only", path)
	}
	return nil
}

var slashes = regexp.MustCompile(`/{2,}`)

func isDots(segment string) bool { return segment == "." || segment == ".." }
