package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MaxFunctionSettings is how many characters PathParameter and AllowedWebOrigins may
// take in the code of the edge function, [originOverhead] for each origin
// included. CloudFront takes 10 KB of code in all (CloudFront Developer Guide,
// "Quotas", CloudFront Functions); a test of constructs/edge holds that the rest
// of the code leaves that much.
const MaxFunctionSettings = 4_608

// originOverhead is what stands around an origin in the code.
const originOverhead = 1

// EdgeFunction is what the edge function of a behavior checks and rewrites.
type EdgeFunction struct {
	PathParameter     string
	AllowedWebOrigins []string
	RequireWebOrigin  bool
	// QueryStrings are the parameters that viewers may send.
	QueryStrings []string
}

// Problems lists what is wrong with f.
func (f EdgeFunction) Problems(unknown func(string) bool) (p Problems) {
	p.text("PathParameter", f.PathParameter, unknown, PathParameter)
	if slices.ContainsFunc(f.QueryStrings, equalTo(f.PathParameter)) && f.PathParameter != "" {
		p.Addf("PathParameter", "must not be one of %s, got %q; drop it there, the path is forwarded without being listed and a viewer's own parameter of this name never is", Field("Forwarding.QueryStrings"), f.PathParameter)
	}
	p.list("AllowedWebOrigins", f.AllowedWebOrigins, len(f.AllowedWebOrigins), strings.ToLower, unknown, BrowserOrigin)
	size := len(f.PathParameter)
	for _, origin := range f.AllowedWebOrigins {
		size += len(origin) + originOverhead
	}
	if size > MaxFunctionSettings {
		p.Addf("AllowedWebOrigins", "must take at most %d characters in the edge function, got %d for %d origins; drop some, or cover them by a wildcard such as https://*.example.com", MaxFunctionSettings, size, len(f.AllowedWebOrigins))
	}
	if f.RequireWebOrigin && len(f.AllowedWebOrigins) == 0 {
		p.Missingf("RequireWebOrigin", []Field{"AllowedWebOrigins"}, "needs %s, got none; list the origins that may connect", Field("AllowedWebOrigins"))
	}
	return p
}

var parameterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// PathParameter accepts the name of the query string parameter that carries the
// path.
func PathParameter(name string) error {
	if !parameterName.MatchString(name) {
		return fmt.Errorf("must be a name of 1 to 64 letters, digits, hyphens and underscores, got %q; write one such as path", name)
	}
	return nil
}
