package cloudfront

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// restriction is the geographic restriction of a host, a tenant's own in the place of
// the distribution's.
func (d *Distribution) restriction(host string) geoRestriction {
	if n := d.tenantOf(host); n != nil && n.geo.kind != "" {
		return n.geo
	}
	return d.geo
}

// admitted is the country of a viewer that says none: one that the restriction lets in,
// since a request without a country asks about everything else.
func (d *Distribution) admitted(host string) string {
	g := d.restriction(host)
	for _, country := range append([]string{"US", "DE", "JP", "BR", "IN"}, g.countries...) {
		if !g.refuses(country) {
			return country
		}
	}
	return "US"
}

// checkCountry applies the geographic restriction.
func (d *Distribution) checkCountry(v *ViewerRequest) *trace.Refusal {
	g := d.restriction(v.Host)
	if !g.refuses(v.Country) {
		return nil
	}
	refusal := trace.Refuse(Geo, g.place, "the distribution is restricted to %s, and the viewer is in %s", strings.Join(g.countries, ", "), v.Country)
	if g.kind == "blacklist" {
		refusal.Reason = "the distribution blocks viewers from " + strings.Join(g.countries, ", ") + ", and the viewer is in " + v.Country
	}
	return refusal
}
