package lambdaedge

import (
	"net/http"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Request is a request as a function gets it, and as it leaves it.
type Request struct {
	Method, Path, Query string
	// Host is the Host header.
	Host   string
	Header http.Header
	// IP is the viewer's address.
	IP string
	// Origin is where an origin request goes; nil on viewer events.
	Origin *Origin
}

// Origin is a custom origin as a function sees it.
type Origin struct {
	Domain, Path, Protocol string
	Port                   float64
	ReadTimeout, KeepAlive float64
	TLS                    []string
	Headers                []wire.Field
	// S3 says that the origin is a bucket.
	S3 bool
}

// Input is what a function is given beside the request.
type Input struct {
	Event, DistributionID, DistributionDomain, RequestID string
	// Limit is how long the function may run.
	Limit time.Duration
}

// Outcome is what a function does: it cannot be played, fails, answers the viewer, or
// passes a request on.
type Outcome struct {
	// Open says why the function is not played; "" when it is.
	Open string
	// Refusal says why the function fails; nil when it does not.
	Refusal *trace.Refusal
	// Response is the answer to the viewer; nil for none.
	Response *wire.Response
	// Request is the one to pass on.
	Request Request
	// Changed lists what the function altered, for the report.
	Changed []string
}
