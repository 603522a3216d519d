package cloudfront

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// ViewerRequest is a handshake as the edge gets it.
type ViewerRequest struct {
	function.Request
	// Secure says that it came over TLS.
	Secure bool
	// HTTP2 says that it asks for an upgrade on HTTP/2.
	HTTP2 bool
	// ID is the request id that CloudFront gives it.
	ID string
	// Country is where the viewer is; EdgeRegion the region of the edge location.
	Country, EdgeRegion string
	// Exact says that Header is all that the client sends.
	Exact bool
}

// URL is the address that the viewer asked for.
func (v *ViewerRequest) URL() string {
	scheme := "wss"
	if !v.Secure {
		scheme = "ws"
	}
	u := scheme + "://" + v.Host + v.Path
	if v.Query != "" {
		u += "?" + v.Query
	}
	return u
}

// size is the request in bytes.
func (v *ViewerRequest) size() int {
	n := len(v.Method) + len(v.Path) + len(v.Query) + len(v.Host)
	for name, values := range v.Header {
		for _, value := range values {
			n += len(name) + len(value) + 4
		}
	}
	return n
}

// handling is what the edge has done to a handshake on its way to the origins.
type handling struct {
	behavior       *Behavior
	function       string // logical id of the function that ran; "" if none
	viewerPath     string
	policy         string // what the origin request policy is called
	droppedHeaders map[string]bool
	droppedQuery   map[string]bool
	root           string // where DefaultRootObject is, if it has made the path
}

// via is the handling as an API sees it, behind one origin.
func (h *handling) via(o *Origin, path string, hostForwarded bool) *apigateway.Via {
	return &apigateway.Via{
		OriginPlace: o.place, BehaviorPlace: h.behavior.place, OriginPath: o.path, Policy: h.policy, HostForwarded: hostForwarded,
		Function: h.function, ViewerPath: h.viewerPath, Rewritten: path,
		DroppedHeaders: h.droppedHeaders, DroppedQuery: h.droppedQuery, SetByOrigin: map[string]bool{},
	}
}

// sameHeaders says whether two sets of headers are equal.
func sameHeaders(a, b http.Header) bool { return maps.EqualFunc(a, b, slices.Equal) }

// known is what CloudFront knows of the viewer, under the names of its headers.
func (v *ViewerRequest) known(name string) (string, bool) {
	switch strings.ToLower(name) {
	case "cloudfront-viewer-country":
		return v.Country, true
	case "cloudfront-viewer-address":
		return v.IP + ":46532", true
	case "cloudfront-forwarded-proto":
		if v.Secure {
			return "https", true
		}
		return "http", true
	case "cloudfront-viewer-http-version":
		return "1.1", true
	}
	return "", false
}

// summary is what the report says of the request.
func (v *ViewerRequest) summary() []string {
	transport, kind := "TLS", "WebSocket upgrade"
	if !v.Secure {
		transport = "plain HTTP"
	}
	if !wire.Upgrades(v.Header) {
		kind = "no WebSocket upgrade"
	}
	return []string{transport, kind}
}
