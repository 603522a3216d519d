package rules

import (
	"errors"
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
		return errors.New("must be a host name, got none; write one such as api.example.com")
	}
	shown, bare := Shown(name), name[strings.LastIndex(name, "@")+1:]
	if scheme, rest, found := strings.Cut(shown, "://"); found {
		host, _, _ := strings.Cut(rest, "/")
		return fmt.Errorf("must be a host name without scheme or path, got %q; drop %q and write %q", shown, scheme+"://", strings.TrimPrefix(host, "***@"))
	}
	if host, _, found := strings.Cut(bare, "/"); found {
		return fmt.Errorf("must be a host name without a path, got %q; write %q", shown, host)
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return fmt.Errorf("must be a host name, got the IP address %q; name the host, CloudFront does not connect by address", name)
	}
	if host, _, found := strings.Cut(bare, ":"); found {
		return fmt.Errorf("must be a host name without a port, got %q; write %q (the port is always 443)", shown, host)
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return fmt.Errorf("must be a fully qualified host name of at most 253 characters, got %q; write one such as api.example.com", shown)
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return fmt.Errorf("must be a host name of letters, digits and hyphens, got %q; correct the label %q", shown, Shown(l))
		}
	}
	return nil
}

// AlternateDomainName accepts what CloudFront takes as an alternate domain
// name: a host name, or a wildcard in place of its first label (CloudFront
// Developer Guide, "Alternate domain names (CNAMEs)").
func AlternateDomainName(name string) error {
	if strings.HasSuffix(strings.ToLower(name), ".cloudfront.net") {
		return fmt.Errorf("must be your own name, got %q; drop it, CloudFront gives names under cloudfront.net itself", name)
	}
	return HostName(strings.TrimPrefix(name, "*."))
}

// WithinZone accepts a domain name that the DNS zone can hold a record for:
// the zone's own name or one below it.
func WithinZone(name, zone string) error {
	n, z := strings.ToLower(strings.TrimSuffix(name, ".")), strings.ToLower(strings.TrimSuffix(zone, "."))
	if n != z && !strings.HasSuffix(n, "."+z) {
		return fmt.Errorf("must be within the hosted zone %q, got %q; name the zone that holds it, or leave the zone out and make the records yourself", zone, name)
	}
	return nil
}
