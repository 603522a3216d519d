package rules

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var (
	scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
	// appHost is the host of an app's own scheme: chrome-extension://id, app://-.
	appHost = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
	number  = regexp.MustCompile(`^(0[xX][0-9A-Fa-f]*|[0-9]+)$`)
)

// BrowserOrigin accepts a web origin as pages and apps send it in Origin (RFC
// 6454, section 6.2): scheme, host in ASCII, and a port unless it is the scheme's
// own. The host of a page may be a name, also of one label such as localhost, or
// an address; in place of the first label of a name may stand a wildcard. Schemes
// of apps, such as capacitor://localhost, are taken as well.
func BrowserOrigin(origin string) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("must be an origin such as https://app.example.com, got %q; "+format, append([]any{Shown(origin)}, args...)...)
	}
	switch origin {
	case "*":
		return bad("leave the list out to allow every page")
	case "null":
		return bad("drop it: every page can send null, from a sandboxed frame")
	}
	kind, rest, found := strings.Cut(origin, "://")
	lower := strings.ToLower(kind)
	switch {
	case !found:
		return bad("write it with its scheme, https://%s", Shown(origin))
	case lower == "ws" || lower == "wss":
		return bad("write the scheme of the page, %s, and not that of the socket", map[string]string{"ws": "http://", "wss": "https://"}[lower])
	case lower == "file":
		return bad("drop it: every local file has it; serve the page over http://localhost, or the app under a scheme of its own")
	case !scheme.MatchString(kind):
		return bad("start it with a scheme")
	}
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 && !strings.Contains(rest, "@") {
		return bad("drop what follows the host and write %q", kind+"://"+rest[:i])
	}
	if strings.Contains(rest, "@") {
		return bad("drop the user: an origin has none")
	}
	host, port, named := strings.Cut(rest, ":")
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return bad("close the bracket behind the IPv6 address")
		}
		if host, port = rest[:end+1], rest[end+1:]; port != "" && port[0] != ':' {
			return bad("write only a port behind the address")
		}
		port, named = strings.CutPrefix(port, ":")
	}
	if n, err := strconv.ParseUint(port, 10, 16); named && (err != nil || n == 0 || port[0] == '0' || port[0] == '+') {
		return bad("write its port as a number from 1 to 65535 without leading zeros, or leave it out with its colon")
	}
	if port == "443" && lower == "https" || port == "80" && lower == "http" {
		return bad("browsers leave that port out, so write %q", kind+"://"+host)
	}
	if err := pageHost(lower, host); err != nil {
		return bad("%w", err)
	}
	return nil
}

// pageHost accepts the host of an origin.
func pageHost(scheme, host string) error {
	if host == "" {
		return errors.New("name its host")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > 0x7f }) {
		return errors.New("write its host as browsers send it, in punycode (xn--…)")
	}
	if scheme != "http" && scheme != "https" {
		if !appHost.MatchString(host) {
			return errors.New("write the host of the app's scheme in letters, digits and ._~-, as in capacitor://localhost")
		}
		return nil
	}
	if inner, found := strings.CutPrefix(host, "["); found {
		inner = strings.TrimSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		switch {
		case err != nil || !address.Is6() || address.Zone() != "" || address.Is4In6():
			return errors.New("write an IPv6 address without zone and in hexadecimal, as in http://[::1]:3000")
		case address.String() != strings.ToLower(inner):
			return fmt.Errorf("write its address as browsers do, [%s]", address)
		}
		return nil
	}
	labels := strings.Split(host, ".")
	if number.MatchString(labels[len(labels)-1]) {
		if address, err := netip.ParseAddr(host); err != nil || !address.Is4() {
			return errors.New("write an IPv4 address as browsers do, four numbers as in http://127.0.0.1:3000")
		}
		return nil
	}
	if labels[0] == "*" {
		if len(labels) < 3 {
			return errors.New("put the wildcard in front of a domain name, as in https://*.example.com")
		}
		labels = labels[1:]
	}
	for _, l := range labels {
		if !label.MatchString(l) || len(host) > 253 {
			return fmt.Errorf("write its host as a name of letters, digits and hyphens, with a wildcard as first label at most (%q is none)", l)
		}
	}
	return nil
}
