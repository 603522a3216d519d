package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MaxPerKind is how many headers, query strings or cookies one origin request
// policy may list (CloudFront Developer Guide, "Quotas").
const MaxPerKind = 10

// MaxPolicyText is how long the names of headers, query strings and cookies of an
// origin request policy may be together (CloudFront Developer Guide, "Quotas").
const MaxPolicyText = 1024

// The limits of the custom headers of an origin (CloudFront Developer Guide,
// "Quotas", headers).
const (
	MaxOriginHeaders     = 30
	MaxHeaderName        = 256
	MaxHeaderValue       = 1_783
	MaxOriginHeadersText = 10_240
)

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
// not list, and why, with a place for the name as it was written.
var refused = map[string]string{
	"host":            "must not be forwarded: API Gateway answers 403 to a Host other than its own, got %q; drop it, CloudFront sends the API's own",
	"connection":      "cannot be listed: CloudFront handles Connection itself, got %q; drop it",
	"upgrade":         "cannot be listed: CloudFront handles Upgrade itself, got %q; drop it",
	"authorization":   "cannot be listed in an origin request policy, got %q; forward everything but Host (that managed policy carries Authorization), or send the token in a query string",
	"accept-encoding": "cannot be listed in an origin request policy, got %q; drop it, a WebSocket has no use for it",
	"cookie":          "cannot be listed, got %q; list the cookies by name in their own setting",
}

// ForwardedHeader accepts a header that may be added to the origin request
// policy beside the WebSocket ones (CloudFront Developer Guide, "Control origin
// requests with a policy").
func ForwardedHeader(name string) error {
	if !token.MatchString(name) {
		return fmt.Errorf("must be the name of an HTTP header, got %q; use letters, digits and hyphens", name)
	}
	if strings.Contains(name, "*") {
		return fmt.Errorf("must not be a wildcard, got %q; name each header, or forward everything but Host", name)
	}
	if why, bad := refused[strings.ToLower(name)]; bad {
		return fmt.Errorf(why, name)
	}
	if NotListable(name) {
		return fmt.Errorf("must not be listed, got %q; drop it, CloudFront removes or replaces that header itself", name)
	}
	if slices.ContainsFunc(webSocketHeaders, equalTo(name)) {
		return fmt.Errorf("must not be listed, got %q; drop it, the headers of the handshake are always forwarded", name)
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
	switch {
	case !token.MatchString(name):
		return fmt.Errorf("must be the name of an HTTP header, got %q; use letters, digits and hyphens", name)
	case len(name) > MaxHeaderName:
		return fmt.Errorf("must be the name of an HTTP header of at most %d characters, got %d; shorten it", MaxHeaderName, len(name))
	case NotAddable(name):
		return fmt.Errorf("must be a header that CloudFront adds to origin requests, got %q; choose another name, such as x-api-key", name)
	case slices.ContainsFunc(webSocketHeaders, equalTo(name)):
		return fmt.Errorf("must not be a header of the handshake, got %q; drop it, it would replace what the viewer sends", name)
	}
	return nil
}

// isReference says whether CloudFormation puts in another text for part of value.
func isReference(value string) bool { return strings.Contains(value, "{{resolve:") }

// headerLength is the length of a header's value, 0 where it is not known.
func headerLength(value string) int {
	if isReference(value) {
		return 0
	}
	return len(value)
}

// HeaderValue accepts the value of a header that CloudFront adds to each request
// to the origin. It does not repeat the value, which may be a secret.
func HeaderValue(value string) error {
	switch {
	case value == "":
		return errors.New("must have a value, got none; drop the header or give it one")
	case strings.ContainsFunc(value, isControl):
		return errors.New("must have a value without line breaks and other control characters, got one with them; write it on one line")
	case strings.ContainsFunc(value, func(r rune) bool { return r > 0x7f }):
		return errors.New("must have a value in ASCII (RFC 9110, section 5.5), got other characters; encode them, as percent-encoding or Base64 does")
	case strings.TrimSpace(value) != value:
		return errors.New("must have a value without a space at either end, got one, which HTTP takes off; drop it")
	case headerLength(value) > MaxHeaderValue:
		return fmt.Errorf("must have a value of at most %d characters, got %d; shorten it", MaxHeaderValue, len(value))
	}
	return nil
}

// QueryStringName accepts the name of a query string that a policy lists.
func QueryStringName(name string) error {
	if name == "" || len(name) > 128 || strings.ContainsAny(name, "&=#?/*") || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("must be the name of a query string parameter, 1 to 128 characters of ASCII without &=#?/* and spaces, got %q; write the name alone", name)
	}
	return nil
}

// CookieName accepts the name of a cookie that a policy lists.
func CookieName(name string) error {
	if !token.MatchString(name) || strings.Contains(name, "*") {
		return fmt.Errorf("must be the name of a cookie, without wildcards, got %q; write the name alone", name)
	}
	return nil
}
