package cloudfront

import (
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
)

// geoRestriction says which countries' viewers are let in.
type geoRestriction struct {
	place     string
	kind      string // whitelist, blacklist or none; "" when it is not there
	countries []string
	more      bool // there are countries which are known only after the deploy
}

func readGeo(p cfn.Properties) geoRestriction {
	g := geoRestriction{place: p.Place, kind: p.Text("RestrictionType")}
	g.countries, g.more = p.Items("Locations")
	return g
}

// refuses says whether viewers of a country are kept out.
func (g geoRestriction) refuses(country string) bool {
	listed := slices.ContainsFunc(g.countries, func(c string) bool { return strings.EqualFold(c, country) })
	return g.kind == "blacklist" && listed || g.kind == "whitelist" && !listed && !g.more
}
