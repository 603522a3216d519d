package cloudfront

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

// checkCountry applies the geographic restriction, a tenant's own in the place of the
// distribution's.
func (d *Distribution) checkCountry(v *ViewerRequest) *trace.Refusal {
	g := d.geo
	if n := d.tenantOf(v.Host); n != nil && n.geo.kind != "" {
		g = n.geo
	}
	if !g.refuses(v.Country) {
		return nil
	}
	refusal := trace.Refuse(Geo, g.place, "the distribution is restricted to %s, and the viewer is in %s", strings.Join(g.countries, ", "), v.Country)
	if g.kind == "blacklist" {
		refusal.Reason = "the distribution blocks viewers from " + strings.Join(g.countries, ", ") + ", and the viewer is in " + v.Country
	}
	return refusal
}
