package apigateway

import "net/http"

// Request is a handshake as API Gateway gets it.
type Request struct {
	Host   string // without port
	Path   string // as sent, percent-encoded
	Query  string // as sent
	Header http.Header
	Peer   string // the address that connected
	Via    *Via   // what brought it; nil when the client came directly
}

// Via is what stands in front of the API and did to the handshake, so that a
// refusal can name its cause.
type Via struct {
	// OriginPlace and BehaviorPlace are where origin and behavior are in the template.
	OriginPlace, BehaviorPlace string
	// OriginPath is what was put in front of the path.
	OriginPath string
	// Policy is what the origin request policy is called.
	Policy string
	// HostForwarded says that the policy forwards the viewer's Host.
	HostForwarded bool
	// Function is the edge function that ran, "" for none; ViewerPath is the path
	// that it got, Rewritten the one that it left.
	Function, ViewerPath, Rewritten string
	// DroppedHeaders and DroppedQuery were not forwarded: headers by lower-case name.
	DroppedHeaders, DroppedQuery map[string]bool
	// SetByOrigin are the lower-case names of the origin's custom headers.
	SetByOrigin map[string]bool
}

// rewrites says whether the function changed the path.
func (v *Via) rewrites() bool { return v.Function != "" && v.Rewritten != v.ViewerPath }
