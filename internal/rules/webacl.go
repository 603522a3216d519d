package rules

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// The limits of a web ACL (AWS WAF Developer Guide, "Rate-based rule high-level
// settings" and "AWS WAF quotas"; AWS WAF API Reference, "RateBasedStatement").
const (
	MinRateLimit = 10
	MaxRateLimit = 2_000_000_000
	MaxAddresses = 10_000
)

// WebACL is a web ACL of CloudFront scope.
type WebACL struct {
	RateLimit                                           int
	AllowedAddresses, DeniedAddresses, TrustedAddresses []string
	// Region is that of its stack, where that is known.
	Region string
}

// Problems lists what is wrong with w.
func (w WebACL) Problems(unknown func(string) bool) (p Problems) {
	p.text("", w.Region, unknown, InUSEast1)
	p.number("RateLimit", w.RateLimit, MinRateLimit, MaxRateLimit)
	p.list("AllowedAddresses", w.AllowedAddresses, MaxAddresses, strings.ToLower, unknown, AddressRange)
	p.list("DeniedAddresses", w.DeniedAddresses, MaxAddresses, strings.ToLower, unknown, AddressRange)
	p.list("TrustedAddresses", w.TrustedAddresses, MaxAddresses, strings.ToLower, unknown, AddressRange)
	return p
}

// AddressRange accepts an IPv4 or IPv6 range as AWS WAF takes it: in CIDR notation,
// without host bits, and not all addresses (AWS WAF API Reference, "IPSet").
func AddressRange(cidr string) error {
	if address, err := netip.ParseAddr(cidr); err == nil && address.Zone() == "" {
		return fmt.Errorf("must be a range in CIDR notation, got %q; write \"%s/%d\"", cidr, cidr, address.BitLen())
	}
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || prefix.Addr().Is4In6():
		return fmt.Errorf("must be a range in CIDR notation, got %q; write it as 192.0.2.0/24 or 2001:db8::/32", cidr)
	case prefix.Bits() == 0:
		return fmt.Errorf("must not be all addresses, got %q, which AWS WAF does not take; leave the list out", cidr)
	case prefix.Masked() != prefix:
		return fmt.Errorf("must not have bits beyond its length, got %q; write %q", cidr, prefix.Masked().String())
	}
	return nil
}

// IsIPv6 reports whether an address range is one of IPv6.
func IsIPv6(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Addr().Is6()
}

// AllowList accepts ranges that are the only ones that may connect: of both IP
// versions when the distribution has IPv6 on, since a client that has both connects by
// IPv6 first, gets 403 and does not try IPv4. IPv4 cannot be turned off. off is what
// to set to turn IPv6 off.
func AllowList(ranges []string, ipv6 bool, off string) error {
	v6 := 0
	for _, cidr := range ranges {
		if IsIPv6(cidr) {
			v6++
		}
	}
	switch {
	case len(ranges) == 0:
		return nil
	case v6 == 0 && ipv6:
		return fmt.Errorf("has IPv4 ranges only, and the distribution has IPv6 on: clients that have both connect by IPv6 and get 403; add their IPv6 ranges, or set %s", off)
	case v6 == len(ranges):
		return errors.New("has IPv6 ranges only: clients that connect by IPv4, which CloudFront always takes, get 403; add their IPv4 ranges")
	}
	return nil
}
