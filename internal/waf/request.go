package waf

import (
	"net/http"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Request is a handshake as a web ACL sees it.
type Request struct {
	Method, Host, Path, Query string
	Header                    http.Header
	// IP and Country are the viewer's.
	IP, Country string
	// Exact says that Header is all that the client sends; otherwise it may send a
	// User-Agent as well.
	Exact bool
}

// header is one header's value; false when it is not there.
func (r *Request) header(name string) (string, bool) {
	if strings.EqualFold(name, "host") {
		return r.Host, true
	}
	values, ok := r.Header[http.CanonicalHeaderKey(name)]
	return strings.Join(values, ","), ok && len(values) > 0
}

// all are the headers, names and values apart.
func (r *Request) all() []wire.Field {
	fields := []wire.Field{{Name: "Host", Value: r.Host}}
	for _, name := range wire.SortedNames(r.Header) {
		for _, value := range r.Header[name] {
			fields = append(fields, wire.Field{Name: name, Value: value})
		}
	}
	return fields
}
