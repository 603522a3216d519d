package function

import (
	"net/http"
	"strings"
	"time"

	"github.com/websocket-distribution/websocket-distribution/internal/trace"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// Request is a viewer request as a function gets it.
type Request struct {
	Method string
	Host   string // without port
	Path   string // as sent, percent-encoded
	Query  string // as sent
	Asks   bool   // there is a "?", with or without a query string behind it
	Header http.Header
	IP     string // the viewer's address
}

// Input is what a function is given beside the request.
type Input struct {
	// DistributionID and DistributionDomain are those of the event's context.
	DistributionID, DistributionDomain string
	// Origins are the ids of the distribution's origins.
	Origins []string
	// RequestID is that of the event's context.
	RequestID string
	// Region is cf.edgeLocation.region.
	Region string
	// Values are what the function finds in its key value store; nil when that is not
	// known.
	Values map[string]string
	// Added are the CloudFront-* headers that a policy asks for.
	Added map[string]string
	// Limit is how long the function may run.
	Limit time.Duration
}

// Outcome is what a function does: it fails, answers the viewer, or passes a
// request on.
type Outcome struct {
	// Refusal says why the function fails; nil when it does not.
	Refusal *trace.Refusal
	// Response is the answer to the viewer; nil for none.
	Response *wire.Response
	// Path, Query and Header are those of the request to pass on.
	Path, Query string
	Header      http.Header
	// Origins are the origins that the function chooses or changes, in the order in
	// which they are tried, none for the behavior's own; Failover are the statuses that
	// make CloudFront try the second.
	Origins  []OriginChange
	Failover []int
	// Open is what the function met that is not known or not played here: what becomes
	// of the request afterwards may be otherwise.
	Open []string
	// Changed lists what the function altered, for the report.
	Changed []string
	// Logs are the lines that the function has logged.
	Logs []string
}

// size is about how many bytes the outcome has.
func (o *Outcome) size() int {
	n := len(o.Path) + len(o.Query)
	headers := []http.Header{o.Header}
	if o.Response != nil {
		n += len(o.Response.Body)
		headers = append(headers, o.Response.Header)
	}
	for _, h := range headers {
		for name, values := range h {
			n += len(name) + len(strings.Join(values, ""))
		}
	}
	for _, c := range o.Origins {
		n += len(c.ID) + len(c.Domain.Value) + len(c.Path.Value) + len(c.Host.Value) + len(strings.Join(c.TLS, ""))
		for _, h := range c.Headers {
			n += len(h.Name) + len(h.Value)
		}
	}
	return n + len(strings.Join(o.Changed, "")) + len(strings.Join(o.Open, ""))
}

// OriginChange is what a function asks for with the cloudfront module.
type OriginChange struct {
	// ID is an origin of the distribution; "" keeps the behavior's.
	ID string
	// Domain, Path and Host replace the origin's domain name, origin path and Host
	// header, where they are set.
	Domain, Path, Host Setting
	// Headers replace the origin's custom headers where ReplaceHeaders says so.
	Headers        []wire.Field
	ReplaceHeaders bool
	// ReadTimeout is in seconds; 0 keeps the origin's.
	ReadTimeout float64
	// Custom says that the connection's settings are replaced by Port, Protocol (http
	// or https) and TLS, each of them if it is given.
	Custom   bool
	Port     float64
	Protocol Setting
	TLS      []string
}

// Setting is a text that may be set, to "" as well.
type Setting struct {
	Set   bool
	Value string
}
