package rules

import (
	"slices"
	"strings"
)

// Forwarding is what a behavior sends on from the viewer to the API.
type Forwarding struct {
	Headers             []string
	AllQueryStrings     bool
	QueryStrings        []string
	AllCookies          bool
	Cookies             []string
	AllExceptHost       bool
	OmitExtensions      bool
	OriginRequestPolicy string
	// OriginHeaders are the names of the headers that CloudFront adds itself.
	OriginHeaders []string
	// PathParameter is the query string parameter that carries the path; it takes
	// a place of the policy's.
	PathParameter string
}

// Problems lists what is wrong with f.
func (f Forwarding) Problems(unknown func(string) bool) (p Problems) {
	const headers, queryStrings, cookies Field = "Forwarding.Headers", "Forwarding.QueryStrings", "Forwarding.Cookies"
	listed := set(setting{headers, len(f.Headers) > 0}, setting{queryStrings, f.AllQueryStrings || len(f.QueryStrings) > 0},
		setting{cookies, f.AllCookies || len(f.Cookies) > 0}, setting{"Forwarding.OmitExtensions", f.OmitExtensions})
	if f.AllExceptHost && len(listed) > 0 {
		p.Addf("Forwarding.AllExceptHost", "cannot be set with %s; drop the others, everything but Host is forwarded already", listed)
	}
	if f.AllExceptHost {
		listed = append(listed, "Forwarding.AllExceptHost")
	}
	if f.OriginRequestPolicy != "" && len(listed) > 0 {
		p.Addf("Forwarding.OriginRequestPolicy", "cannot be set with %s; drop the others, the policy decides what is forwarded", listed)
	}
	p.text("Forwarding.OriginRequestPolicy", f.OriginRequestPolicy, unknown, OriginRequestPolicyID)

	own := WebSocketHeaders(f.OmitExtensions)
	room := MaxPerKind - len(own)
	p.list(headers, f.Headers, len(f.Headers), strings.ToLower, unknown, ForwardedHeader)
	if n := len(f.Headers); n > room {
		p.Addf(headers, "must list at most %d headers, got %d; drop some or forward everything but Host (a policy holds %d, with those of the handshake)", room, n, MaxPerKind)
	}
	for i, h := range f.Headers {
		if slices.ContainsFunc(f.OriginHeaders, equalTo(h)) {
			p.Addf(headers.At(i), "must not be a header that CloudFront adds, got %q, which would replace what the viewer sends; drop it here or where it is added", h)
		}
	}
	room = MaxPerKind
	names := slices.Concat(own, f.Headers, f.QueryStrings, f.Cookies)
	if f.PathParameter != "" {
		room--
		names = append(names, f.PathParameter)
	}
	p.list(queryStrings, f.QueryStrings, len(f.QueryStrings), exactly, unknown, QueryStringName)
	if n := len(f.QueryStrings); n > room {
		p.Addf(queryStrings, "must list at most %d names, got %d; drop some or forward everything but Host (a policy holds %d, with the path parameter)", room, n, MaxPerKind)
	}
	p.list(cookies, f.Cookies, MaxPerKind, exactly, unknown, CookieName)
	text := 0
	for _, name := range names {
		if !unknown(name) {
			text += len(name)
		}
	}
	if text > MaxPolicyText {
		p.Addf("Forwarding", "must list names of at most %d characters together, got %d with those of the handshake; shorten some or forward everything but Host", MaxPolicyText, text)
	}
	return p
}
