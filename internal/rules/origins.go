package rules

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// BrowserOrigin accepts a web origin as browsers send it in Origin (RFC 6454):
// scheme, host in ASCII and a port unless it is the scheme's own. The leading
// label of the host may be a wildcard.
func BrowserOrigin(origin string) error {
	switch {
	case origin == "*":
		return fmt.Errorf(`must be an origin such as https://app.example.com, got "*"; leave the list out to allow every page`)
	case origin == "null":
		return fmt.Errorf(`must be an origin such as https://app.example.com, got "null", which any page can send from a sandboxed frame`)
	}
	scheme, host, found := strings.Cut(origin, "://")
	if !found {
		return fmt.Errorf("must be an origin with its scheme, such as https://app.example.com, got %q", origin)
	}
	if !slices.Contains([]string{"http", "https"}, strings.ToLower(scheme)) {
		return fmt.Errorf("must start with https:// (or http://), the scheme of the page and not of the socket, got %q", origin)
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		return fmt.Errorf("must be an origin without a path, got %q; write %q", origin, scheme+"://"+host[:i])
	}
	u, err := url.Parse(scheme + "://" + strings.Replace(host, "*", "wildcard", 1))
	if err != nil || u.User != nil {
		return fmt.Errorf("must be an origin such as https://app.example.com, got %q", origin)
	}
	if port := u.Port(); port == "443" && strings.EqualFold(scheme, "https") || port == "80" && strings.EqualFold(scheme, "http") {
		return fmt.Errorf("must not name the port that browsers leave out, got %q; write %q", origin, strings.TrimSuffix(origin, ":"+port))
	}
	name, _, _ := strings.Cut(host, ":")
	if name == "localhost" {
		return nil
	}
	if rest, wild := strings.CutPrefix(name, "*."); wild {
		name = rest
	}
	if err := HostName(name); err != nil {
		if strings.ContainsFunc(name, func(r rune) bool { return r > 127 }) {
			return fmt.Errorf("must name its host as browsers do, in punycode (xn--…), got %q", origin)
		}
		return fmt.Errorf("must be an origin such as https://app.example.com or https://*.example.com, got %q: its host %w", origin, err)
	}
	return nil
}

var parameterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// PathParameter accepts the name of the query string parameter that carries the
// path, which listed, the parameters that viewers may send, must not hold.
func PathParameter(name string, listed []string) error {
	if !parameterName.MatchString(name) {
		return fmt.Errorf("must be a name of 1 to 64 letters, digits, hyphens and underscores, got %q", name)
	}
	if slices.ContainsFunc(listed, equalTo(name)) {
		return fmt.Errorf("%q is a query string that viewers send as well, and theirs never survives; drop it from the list, the path is forwarded by itself", name)
	}
	return nil
}
