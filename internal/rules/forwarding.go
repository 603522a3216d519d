package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Forwarding is what a behaviour sends on from the viewer to the API.
type Forwarding struct {
	Headers               []string
	AllQueryStrings       bool
	QueryStrings          []string
	AllCookies            bool
	Cookies               []string
	AllExceptHost         bool
	OmitExtensions        bool
	OriginRequestPolicyID string
	// OriginHeaders are the names of the headers that CloudFront adds itself.
	OriginHeaders []string
	// PathParameter is the query string parameter that carries the path; it takes
	// a place of the policy's.
	PathParameter string
}

// Problems lists what is wrong with f. The names of its settings are spelled by
// name, put behind at; strings for which skip is true are not looked at.
func (f Forwarding) Problems(at string, name func(string) string, skip func(string) bool) []error {
	var problems []error
	add := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	headers, queryStrings, cookies := at+name("Headers"), at+name("QueryStrings"), at+name("Cookies")
	lists := len(f.Headers) > 0 || f.AllQueryStrings || len(f.QueryStrings) > 0 || f.AllCookies || len(f.Cookies) > 0 || f.OmitExtensions
	if f.AllExceptHost && lists {
		add(fmt.Errorf("%s forwards everything but Host already; drop the other settings beside it", at+name("AllExceptHost")))
	}
	if f.OriginRequestPolicyID != "" {
		if lists || f.AllExceptHost {
			add(fmt.Errorf("%s decides what is forwarded; drop the other settings beside it", at+name("OriginRequestPolicyID")))
		}
		if !skip(f.OriginRequestPolicyID) {
			if err := OriginRequestPolicyID(f.OriginRequestPolicyID); err != nil {
				add(fmt.Errorf("%s %w", at+name("OriginRequestPolicyID"), err))
			}
		}
	}
	mostQueryStrings := MaxPerKind
	if f.PathParameter != "" {
		mostQueryStrings--
	}
	for _, list := range []struct {
		at    string
		names []string
		most  int
		fold  func(string) string
		check func(string) error
	}{
		{headers, f.Headers, MaxPerKind - len(WebSocketHeaders(f.OmitExtensions)), strings.ToLower, ForwardedHeader},
		{queryStrings, f.QueryStrings, mostQueryStrings, exactly, QueryStringName},
		{cookies, f.Cookies, MaxPerKind, exactly, CookieName},
	} {
		problems = append(problems, Names(list.at, list.names, list.fold, list.check, skip)...)
		if n := len(list.names); n > list.most {
			add(fmt.Errorf("%s lists %d names, and an origin request policy has room for %d (its quota is %d of a kind); drop some, or forward everything but Host",
				list.at, n, list.most, MaxPerKind))
		}
	}
	for i, h := range f.Headers {
		if slices.ContainsFunc(f.OriginHeaders, equalTo(h)) {
			add(fmt.Errorf("%s[%d] %q is a custom header of the origin too, which replaces what the viewer sends; drop it from one of them", headers, i, h))
		}
	}
	return problems
}

// OriginHeaders lists what is wrong with an origin's custom headers, which stand
// under at.
func OriginHeaders(at string, headers map[string]string) []error {
	var problems []error
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if err := OriginHeader(name); err != nil {
			problems = append(problems, fmt.Errorf("%s[%q] %w", at, name, err))
		}
		if first, again := seen[strings.ToLower(name)]; again {
			problems = append(problems, fmt.Errorf("%s[%q] repeats %q; header names know no case, drop one", at, name, first))
		}
		seen[strings.ToLower(name)] = name
		if headers[name] == "" {
			problems = append(problems, fmt.Errorf("%s[%q] must have a value, got none; drop the header or give it one", at, name))
		}
	}
	if len(headers) > MaxOriginHeaders {
		problems = append(problems, fmt.Errorf("%s has %d headers; CloudFront adds at most %d to an origin", at, len(headers), MaxOriginHeaders))
	}
	return problems
}

// Names applies check to each of names, which stand under at, and refuses
// duplicates, compared by fold. A name for which skip is true is not looked at.
func Names(at string, names []string, fold func(string) string, check func(string) error, skip func(string) bool) []error {
	var problems []error
	seen := map[string]int{}
	for i, name := range names {
		if skip(name) {
			continue
		}
		if err := check(name); err != nil {
			problems = append(problems, fmt.Errorf("%s[%d] %w", at, i, err))
		}
		if first, again := seen[fold(name)]; again {
			problems = append(problems, fmt.Errorf("%s[%d] repeats %q of %s[%d]; drop one", at, i, name, at, first))
			continue
		}
		seen[fold(name)] = i
	}
	return problems
}

func exactly(s string) string { return s }
