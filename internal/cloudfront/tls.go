package cloudfront

import (
	"crypto/tls"
	"strings"
)

// Protocols are the application protocols that the distribution offers by ALPN, and
// the oldest TLS version of its viewer security policy.
func (d *Distribution) Protocols() (alpn []string, oldest uint16) {
	alpn = []string{"http/1.1"}
	if strings.Contains(d.httpVersion, "http2") {
		alpn = []string{"h2", "http/1.1"}
	}
	switch {
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.3"):
		return alpn, tls.VersionTLS13
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.2"):
		return alpn, tls.VersionTLS12
	case strings.HasPrefix(d.certificate.minimum, "TLSv1.1"):
		return alpn, tls.VersionTLS11
	}
	return alpn, tls.VersionTLS10
}
