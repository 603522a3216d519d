package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// HeaderName is a header's name as AWS writes it: Go's canonical form of
// Sec-WebSocket-* is Sec-Websocket-*.
func HeaderName(name string) string {
	if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
		return "Sec-WebSocket-" + rest
	}
	return name
}

// SortedNames are the names of the headers.
func SortedNames(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }

// ValidHeaderName says whether name is a token.
func ValidHeaderName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// ValidHeaderValue says whether value has no line break or other control character.
func ValidHeaderValue(value string) bool {
	return !strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// Upgrades says whether the request asks for a WebSocket.
func Upgrades(h http.Header) bool {
	return hasToken(h, "Connection", "upgrade") && hasToken(h, "Upgrade", "websocket")
}

func hasToken(h http.Header, name, token string) bool {
	return slices.ContainsFunc(List(h, name), func(part string) bool { return strings.EqualFold(part, token) })
}

// List are the parts of a header that is a list.
func List(h http.Header, name string) []string {
	var parts []string
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	return parts
}

// Field is one header that a template or a function sets.
type Field struct{ Name, Value string }
