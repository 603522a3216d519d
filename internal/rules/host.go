package rules

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// label is one label of a host name (RFC 1123).
var label = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// HostName accepts a fully qualified host name: no scheme, port or path, and
// not an IP address, none of which CloudFront takes as the domain name of an
// origin (CloudFront Developer Guide, "Origin domain").
func HostName(name string) error {
	if name == "" {
		return fmt.Errorf("must be a host name such as api.example.com, got %q", name)
	}
	shown, bare := shownURL(name), name[strings.LastIndex(name, "@")+1:]
	if scheme, rest, found := strings.Cut(name, "://"); found {
		host, _, _ := strings.Cut(rest[strings.LastIndex(rest, "@")+1:], "/")
		return fmt.Errorf("must be a host name without scheme or path, got %q; drop %q and write %q", shown, scheme+"://", host)
	}
	if host, _, found := strings.Cut(bare, "/"); found {
		return fmt.Errorf("must be a host name without a path, got %q; write %q", shown, host)
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return fmt.Errorf("must be a host name, got the IP address %q; CloudFront connects by name only", name)
	}
	if host, _, found := strings.Cut(bare, ":"); found {
		return fmt.Errorf("must be a host name without a port, got %q; write %q (the port is always 443)", shown, host)
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return fmt.Errorf("must be a fully qualified host name of at most 253 characters, got %q", shown)
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return fmt.Errorf("must be a host name of letters, digits and hyphens, got %q (label %q)", shown, shownURL(l))
		}
	}
	return nil
}

// AlternateDomainName accepts what CloudFront takes as an alternate domain
// name: a host name, or a wildcard in place of its first label (CloudFront
// Developer Guide, "Alternate domain names (CNAMEs)").
func AlternateDomainName(name string) error {
	if strings.HasSuffix(strings.ToLower(name), ".cloudfront.net") {
		return fmt.Errorf("must be a name of your own, got %q; CloudFront gives names under cloudfront.net itself", name)
	}
	return HostName(strings.TrimPrefix(name, "*."))
}

// WithinZone accepts a domain name that the DNS zone can hold a record for:
// the zone's own name or one below it.
func WithinZone(name, zone string) error {
	n, z := strings.ToLower(strings.TrimSuffix(name, ".")), strings.ToLower(strings.TrimSuffix(zone, "."))
	if n != z && !strings.HasSuffix(n, "."+z) {
		return fmt.Errorf("%q is outside the hosted zone %q; name the zone it belongs to, or make the records yourself and leave the zone out", name, zone)
	}
	return nil
}
