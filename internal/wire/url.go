package wire

import (
	"net"
	"strings"
)

// ValidURL says whether text, a path or a query string, has no space, control
// character or #.
func ValidURL(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c == '#' || c == 0x7f })
}

// ValidHost says whether text can be a Host without a port.
func ValidHost(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '/' })
}

// HostOnly is a Host header without its port.
func HostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}
