package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MaxPerKind is how many headers, query strings or cookies one origin request
// policy may list (CloudFront Developer Guide, "Quotas").
const MaxPerKind = 10

// MaxOriginHeaders is how many custom headers one origin may carry (CloudFront
// Developer Guide, "Quotas").
const MaxOriginHeaders = 30

// webSocketHeaders are the headers that AWS recommends to forward (CloudFront
// Developer Guide, "Use WebSockets with CloudFront distributions"). A handshake
// fails without the first two; without the last, no compression is negotiated.
var webSocketHeaders = []string{
	"Sec-WebSocket-Key",
	"Sec-WebSocket-Version",
	"Sec-WebSocket-Protocol",
	"Sec-WebSocket-Accept",
	"Sec-WebSocket-Extensions",
}

// WebSocketHeaders returns the headers of the WebSocket handshake for an origin
// request policy; the extensions header is the one that may be left out.
func WebSocketHeaders(omitExtensions bool) []string {
	if omitExtensions {
		return slices.Clone(webSocketHeaders[:4])
	}
	return slices.Clone(webSocketHeaders)
}

// token is the name of an HTTP header or cookie (RFC 9110, RFC 6265).
var token = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// refused are the headers that an origin request policy of a WebSocket API may
// not list, and why.
var refused = map[string]string{
	"host":            "must not be forwarded: API Gateway answers 403 to a Host other than its own, which CloudFront sends by itself when Host is not listed; drop it",
	"connection":      "cannot be listed: CloudFront handles Connection itself; drop it",
	"upgrade":         "cannot be listed: CloudFront handles Upgrade itself; drop it",
	"authorization":   "cannot be listed in an origin request policy; forward everything but Host (the managed policy carries Authorization), or send the token in a query string",
	"accept-encoding": "cannot be listed in an origin request policy, and a WebSocket has no use for it; drop it",
	"cookie":          "cannot be listed: cookies have a setting of their own; name them there",
}

// ForwardedHeader accepts a header that may be added to the origin request
// policy beside the WebSocket ones (CloudFront Developer Guide, "Control origin
// requests with a policy").
func ForwardedHeader(name string) error {
	if !token.MatchString(name) {
		return fmt.Errorf("must be the name of an HTTP header, got %q", name)
	}
	if strings.Contains(name, "*") {
		return fmt.Errorf("must not be a wildcard, got %q; name each header, or forward everything but Host", name)
	}
	if why, bad := refused[strings.ToLower(name)]; bad {
		return fmt.Errorf("%s (got %q)", why, name)
	}
	if NotListable(name) {
		return fmt.Errorf("cannot be %q: CloudFront removes or replaces that header itself; drop it", name)
	}
	if slices.ContainsFunc(webSocketHeaders, equalTo(name)) {
		return fmt.Errorf("lists %q, which is always forwarded; drop it", name)
	}
	return nil
}

// notAddable are the headers that CloudFront refuses to add to origin requests
// (CloudFront Developer Guide, "Add custom headers to origin requests").
var notAddable = []string{
	"cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since", "if-none-match",
	"if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization",
	"proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding", "upgrade", "via", "x-real-ip",
}

// NotAddable says whether CloudFront refuses to add the header to origin requests.
func NotAddable(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(notAddable, name) || strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "x-edge-")
}

// OriginHeader accepts the name of a header that CloudFront adds to each request
// to the origin.
func OriginHeader(name string) error {
	n := strings.ToLower(name)
	switch {
	case !token.MatchString(name):
		return fmt.Errorf("must be the name of an HTTP header, got %q", name)
	case NotAddable(n):
		return fmt.Errorf("cannot be %q: CloudFront does not add that header to origin requests; choose a name of your own, such as x-api-key", name)
	case slices.ContainsFunc(webSocketHeaders, equalTo(name)):
		return fmt.Errorf("cannot be %q: it would replace what the viewer sent, and the handshake would fail", name)
	}
	return nil
}

// QueryStringName accepts the name of a query string that a policy lists.
func QueryStringName(name string) error {
	if name == "" || len(name) > 128 || strings.ContainsAny(name, "&=#?/ *\t\r\n") {
		return fmt.Errorf("must be the name of a query string parameter, without wildcards, got %q", name)
	}
	return nil
}

// CookieName accepts the name of a cookie that a policy lists.
func CookieName(name string) error {
	if !token.MatchString(name) || strings.Contains(name, "*") {
		return fmt.Errorf("must be the name of a cookie, without wildcards, got %q", name)
	}
	return nil
}
